"""The versions of everything that a fit depends on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from automl import __version__

__all__ = ["versions"]

_LIBRARIES = (
    "numpy",
    "pandas",
    "scikit-learn",
    "lightgbm",
    "catboost",
    "xgboost",
    "xgboost-cpu",
    "optuna",
    "pyarrow",
)


def versions() -> dict[str, str]:
    """Return the versions of the program, of Python and of the libraries that are installed, none of them loaded."""
    found = {"automl": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
