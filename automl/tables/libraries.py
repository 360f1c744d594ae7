"""Libraries that only some inputs need, and what to type where one is missing."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence

from automl.errors import DataError

__all__ = ["install_command", "missing_library", "named_missing", "not_installed"]


def not_installed(libraries: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that are not there, without loading any."""
    return tuple(name for name in libraries if importlib.util.find_spec(name) is None)


def install_command(extra: str) -> str:
    """Return what to type for an extra of this package."""
    return f"pip install 'automl-cli[{extra}]'"


def named_missing(missing: Sequence[str]) -> str:
    """Return the end of a sentence that says what is needed and not installed."""
    if len(missing) == 1:
        return f"{missing[0]}, which is not installed"
    return f"{', '.join(missing[:-1])} and {missing[-1]}, which are not installed"


def missing_library(what: str, missing: Sequence[str], extra: str) -> DataError:
    """Return the error for an input that cannot be read without them."""
    return DataError(
        f"Reading {what} needs {named_missing(missing)}.",
        f"Install it with: {install_command(extra)}.",
    )
