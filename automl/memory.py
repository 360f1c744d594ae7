"""Handing memory back to the system."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

__all__ = ["give_back_memory"]


def give_back_memory() -> None:
    """Hand the memory of what was dropped back to the system, which libraries else keep for themselves."""
    import pyarrow

    pyarrow.default_memory_pool().release_unused()
    if sys.platform.startswith("linux"):
        # Only the C library of GNU knows this.
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
