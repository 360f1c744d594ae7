"""usage: PYTHON installed.py PACKAGE: how many packages it needs, itself included, and the megabytes of their files."""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
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


if __name__ == "__main__":
    packages: dict[str, Distribution] = {}
    needed_by(sys.argv[1], frozenset(), packages)
    size = sum(map(bytes_of, packages.values())) / 1e6
    sys.stdout.write(f"{packages[sys.argv[1]].version}, {len(packages)} packages, {size:.0f} MB\n")
