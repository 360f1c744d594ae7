"""Arrays that grow on the disk, to be mapped afterwards: what they hold is in memory only where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["GrowingArray"]


class GrowingArray:
    """A file of NumPy's format to which rows are appended; its header is true once it is finished.

    Parameters
    ----------
    path : Path
    dtype : dtype
    width : int, optional
        Of a matrix.
    """

    def __init__(self, path: Path, dtype: DTypeLike, width: int | None = None) -> None:
        self.rows = 0
        self._dtype, self._shape = np.dtype(dtype), () if width is None else (width,)
        self._stream = path.open("wb")
        self._write_header()

    def append(self, values: NDArray[Any]) -> None:
        """Add rows at the end.

        Raises
        ------
        ValueError
            If they are of another width.
        OSError
            If the disk is full.
        """
        if values.shape[1:] != self._shape:
            raise ValueError(f"rows must be of shape {self._shape}. Got {values.shape[1:]} instead.")
        self._stream.write(np.ascontiguousarray(values, dtype=self._dtype).data)
        self.rows += len(values)

    def finish(self) -> None:
        """Write the true header, and close the file."""
        self._stream.seek(0)
        self._write_header()
        self.close()

    def close(self) -> None:
        """Close the file; without :meth:`finish` before, it holds no rows."""
        self._stream.close()

    def _write_header(self) -> None:
        # NumPy leaves room for a longer first number, so that a header can be written again in its place.
        described = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self.rows, *self._shape),
        }
        np.lib.format.write_array_header_1_0(self._stream, described)
