"""First records told from names by what stands below them: codes that are alike, and blocks of which one is named."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.records import Record

__all__ = ["is_record_of_codes", "names_first_block"]

_MIN_ROWS = 3
_NEARLY_ALL = 0.9
_CODE_LENGTHS = (2, 3)
_MIN_CODES = 2
_SAMPLE = 200

Row = Sequence[str]


def is_record_of_codes(first: Row, body: Sequence[Row]) -> bool:
    """Whether a row lacks a cell amid others that are codes, as long and in such letters as nearly all below are.

    Names stand above all columns in use but the first, and hardly two of them are as short as the codes below.

    Parameters
    ----------
    first : sequence of str
        A row of texts.
    body : sequence of sequence of str
        The rows below it.
    """
    columns = [
        [row[at].strip() for row in body[:_SAMPLE] if len(row) > at and row[at].strip()] for at in range(len(first))
    ]
    lacks_name = any(below and not cell.strip() for cell, below in zip(first[1:], columns[1:], strict=True))
    n_codes = sum(_is_code(cell.strip(), below) for cell, below in zip(first, columns, strict=True))
    return lacks_name and n_codes >= _MIN_CODES


def _is_code(cell: str, below: Sequence[str]) -> bool:
    if not (cell.isalpha() and len(cell) in _CODE_LENGTHS and len(below) >= _MIN_ROWS):
        return False
    n_alike = sum(len(other) == len(cell) and other.isalpha() and other.isupper() == cell.isupper() for other in below)
    return n_alike >= _NEARLY_ALL * len(below)


def names_first_block(records: Sequence[Record], width: int) -> bool:
    """Whether a record names the columns of rows that go on: the last columns with a name come again, block by block.

    So are votes published: the town, the names of the first candidate's columns, and a block of cells for each of them.

    Parameters
    ----------
    records : sequence of Record
        The record and those below it.
    width : int
        Number of cells that most of them have.
    """
    names = records[0].cells
    rows = [record.cells for record in itertools.islice(records, 1, 1 + _SAMPLE)]
    is_narrower = 1 < len(names) < width and len(set(names)) == len(names)
    if not is_narrower or any(is_typed(name) or not name.strip() for name in names):
        return False
    if len(rows) < _MIN_ROWS or any(len(row) != width for row in rows):
        return False
    kinds = [_kind([row[at] for row in rows]) for at in range(width)]
    n_more = width - len(names)
    sizes = (size for size in range(2, len(names)) if n_more % size == 0)
    return any(_comes_again(kinds[len(names) - size :], size) for size in sizes)


def _kind(cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell.strip()]
    return "typed" if filled and all(map(is_typed, filled)) else "text"


def _comes_again(kinds: Sequence[str], size: int) -> bool:
    """Whether kinds of columns repeat the first ones, numbers and texts among them."""
    return len(set(kinds)) > 1 and all(kind == kinds[at % size] for at, kind in enumerate(kinds))
