"""Using no more memory than what is held needs."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["give_back_memory", "put_together", "without_rows"]


def give_back_memory() -> None:
    """Hand the memory of what was dropped back to the system, which libraries else keep for themselves."""
    import pyarrow

    pyarrow.default_memory_pool().release_unused()
    if sys.platform.startswith("linux"):
        # Only the C library of GNU knows this.
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def put_together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all frames, the texts of each column in one piece: small pieces take more than their texts.

    Parameters
    ----------
    frames : sequence of DataFrame
        At least one, all of the same columns.
    """
    import pandas as pd
    import pyarrow as pa

    together = pd.concat(frames, ignore_index=True)
    for name in together.columns:
        values = together[name]
        if isinstance(values.dtype, pd.StringDtype):
            pieces = pa.array(values)
            whole = pieces.combine_chunks() if isinstance(pieces, pa.ChunkedArray) else pieces
            together[name] = pd.Series(pd.array(whole, dtype=values.dtype), index=together.index)
    return together


def without_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns alone. A slice of no rows would hold the texts of all of them, and so would its copy."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in frame.dtypes.items()})
