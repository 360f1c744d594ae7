"""usage: PYTHON installed.py [PACKAGE]: how many packages it needs, itself included, and the megabytes of their files.

Without a name, those of all packages that are installed.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement


def needed_by(name: str, extras: frozenset[str], found: dict[str, Distribution]) -> None:
    """Add a package and all that it requires, of those that are installed."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    try:
        found.setdefault(key, distribution(name))
    except PackageNotFoundError:
        return
    for text in found[key].requires or ():
        wanted = Requirement(text)
        asked = [{"extra": extra} for extra in ("", *extras)]
        known = re.sub(r"[-_.]+", "-", wanted.name).lower() in found
        if not known and (wanted.marker is None or any(wanted.marker.evaluate(each) for each in asked)):
            needed_by(wanted.name, frozenset(wanted.extras), found)


def bytes_of(one: Distribution) -> int:
    """Return the size of a package's files."""
    paths = (Path(str(one.locate_file(file))) for file in one.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file())


def told(packages: dict[str, Distribution]) -> str:
    """Return how many there are, and how large."""
    return f"{len(packages)} packages, {sum(map(bytes_of, packages.values())) / 1e6:.0f} MB"


if __name__ == "__main__":
    found: dict[str, Distribution] = {}
    if sys.argv[1:]:
        needed_by(sys.argv[1], frozenset(), found)
        sys.stdout.write(f"{found[sys.argv[1]].version}, {told(found)}\n")
    else:
        sys.stdout.write(f"{told({each.name: each for each in distributions()})}\n")
