"""The libraries that a model is served with, pinned to the versions installed here and to their hashes.

An installed library does not know the hash of the file it came from. So pip is asked, which asks the index that it is
set up with, for the files that it would install on the platform of the image.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from importlib.metadata import distributions, packages_distributions
from pathlib import Path
from typing import Any

from automl.errors import DataError

__all__ = ["PLATFORM", "pinned", "wanted_libraries"]

#: Of the image, as container engines call it.
PLATFORM = "linux/amd64"

_WHEELS = ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
#: What reading rows, predicting and serving import, whatever the model is.
_ALWAYS = (
    *("charset-normalizer", "click", "defusedxml", "jinja2", "numpy", "pandas", "psutil", "pyarrow", "rich", "scipy"),
    *("threadpoolctl", "starlette", "uvicorn", "httptools"),
)
_SECONDS = 600


def wanted_libraries(modules: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the libraries that an image needs, by what they are installed as.

    Parameters
    ----------
    modules : iterable of str
        What the model's families import, beside what every model needs.
    """
    installed = packages_distributions()
    own = (installed.get(module, [module])[0] for module in modules)
    return tuple(dict.fromkeys((*_ALWAYS, *own)))


def pinned(libraries: Sequence[str]) -> str:
    """Return requirements of these libraries and all they need, each with its version and hash.

    Raises
    ------
    DataError
        If pip cannot find them.
    """
    lines = [_line(entry) for entry in _report(libraries)["install"]]
    return "".join(sorted(lines))


def _line(entry: Any) -> str:
    metadata, digest = entry["metadata"], entry["download_info"]["archive_info"]["hashes"]["sha256"]
    return f"{metadata['name'].lower()}=={metadata['version']} \\\n    --hash=sha256:{digest}\n"


def _report(libraries: Sequence[str]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "installed.txt"
        names = {each.name: each.version for each in distributions() if each.name}
        constraints.write_text(
            "".join(f"{name}=={version}\n" for name, version in names.items() if name != "automl-cli")
        )
        platforms = [word for each in _WHEELS for word in ("--platform", each)]
        command = [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--disable-pip-version-check"),
            *("--ignore-installed", "--only-binary", ":all:", "--report", "-", "--target", folder),
            *("--implementation", "cp", "--python-version", f"{sys.version_info.major}.{sys.version_info.minor}"),
            *("--constraint", str(constraints), *platforms, *libraries),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)  # noqa: S603
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            said = str(error.stderr or "").strip().splitlines() or ["it did not end in time"]
            raise DataError(
                f"pip could not say the hashes of the libraries that the image needs: {said[-1][:200]}",
                "An image needs the package index that pip is set up with; check the network.",
            ) from error
    return json.loads(done.stdout)
