"""automl: from a table and a target column to the best model your seconds can buy, and a report."""

from __future__ import annotations

from typing import Any

__all__ = ["__version__", "evaluate", "explain", "fit", "load", "profile"]

__version__ = "0.1.0"

_HOMES = dict.fromkeys(("evaluate", "explain", "fit", "load", "profile"), "automl.api")


def __getattr__(name: str) -> Any:
    """Import the Python API on first use, so that ``import automl`` and ``automl --help`` stay light (PEP 562)."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'automl' has no attribute {name!r}")
