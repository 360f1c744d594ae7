"""A table as it was read: text cells, and how they were found in the file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.findings import Change, Finding
from automl.tables.uniques import CellColumn, cell_columns

__all__ = ["Dialect", "Draw", "Table", "TypedTable"]

_LONG = 1 << 18


@dataclass(frozen=True)
class Dialect:
    """How a delimited text file is written; found, or given by the user.

    The marks of numbers are given here only where the user states them; typing finds them column by column.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    encoding: str = "utf-8"
    has_header: bool = True
    skip_rows: int = 0
    header_rows: int = 1
    decimal: str = ""
    thousands: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the dialect as JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True)
class Draw:
    """How rows were drawn from an input that holds more than there is memory for.

    Attributes
    ----------
    rows : int
        How many the input holds; about, where not all of it was read.
    positions : ndarray of int64, shape (n_drawn_rows,), or None
        Where the drawn rows stand in it, ascending; None where not all of it was read.
    quick : bool
        Whether the reader of regular files read it.
    seconds : float
        What that took.
    """

    rows: int
    positions: NDArray[np.int64] | None
    quick: bool
    seconds: float


@dataclass(frozen=True)
class Table:
    """A table as text.

    Attributes
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
        Every cell as a str, as it stood in the file (untrimmed, never NaN; a cell that is not there is ``""``), under
        unique column names and a RangeIndex.
    source : str
        What the user named: a file name, ``"-"`` or ``"DataFrame"``.
    sha256 : str
        Hex digest of the bytes read.
    dialect : Dialect
    findings : tuple of Finding
        What the reader found: guesses, repairs, renamed columns.
    draw : Draw or None
        How the rows were drawn at random, where the input holds more than there is memory for.
    """

    cells: pd.DataFrame
    source: str
    sha256: str
    dialect: Dialect = Dialect()
    findings: tuple[Finding, ...] = ()
    draw: Draw | None = None

    @property
    def drawn_from(self) -> int | None:
        """From how many rows these were drawn; None where they are all."""
        return None if self.draw is None else self.draw.rows

    @property
    def is_long(self) -> bool:
        """Whether what reading one column takes beside its cells is worth handing back before the next one is read."""
        return len(self.cells) >= _LONG

    @cached_property
    def columns(self) -> dict[str, CellColumn]:
        """The cells column by column, in lists where they are few."""
        return cell_columns(self.cells)


@dataclass(frozen=True)
class TypedTable:
    """Text cells read by a schema.

    Attributes
    ----------
    frame : DataFrame
        Columns of the schema that were asked for. By kind: numeric and boolean float64 (NaN where missing, booleans
        0/1), datetime datetime64[us] without a zone (UTC), every other kind pandas' str dtype with NaN where missing.
    unparsed : dict of str to int
        Cells per column that are neither missing nor readable by the schema; they became missing.
    unseen : dict of str to int
        Cells per category column whose level the schema does not know; the text is kept in ``frame``.
    missing_columns, extra_columns : tuple of str
        Schema columns that the table lacks (all-missing in ``frame``), and table columns that the schema lacks.
    other_notation : tuple of str
        Columns whose cells are all written as programs write them, and not as the training table had them; read so.
    changes : tuple of Change
        The cleaning log of this reading: trimmed, marked as missing, unified, parsed.
    """

    frame: pd.DataFrame
    unparsed: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    missing_columns: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    other_notation: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
