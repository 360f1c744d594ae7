"""Rows of a header that name some columns only: those that the rows above left without a name."""

from __future__ import annotations

from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.missing import is_any_marker

__all__ = ["names_unnamed"]

_MIN_ROWS = 3
_BODY_SAMPLE = 200

Row = Sequence[str]


def names_unnamed(above: Sequence[Row], row: Row, body: Sequence[Row]) -> bool:
    """Whether a row holds texts in all columns that have no name yet, and lacks cells that each row below has.

    So stand the answers of a question with several ones below it, and the name of an index below those of the columns.

    Parameters
    ----------
    above : sequence of sequence of str
        The header rows so far.
    row : sequence of str
        The one below them.
    body : sequence of sequence of str
        The rows below that.
    """
    body = [cells for cells in body[:_BODY_SAMPLE] if len(cells) == len(row)]
    names = [cell.strip() for cell in row]
    if len(body) < _MIN_ROWS or any(is_typed(name) or is_any_marker(name) for name in names if name):
        return False
    columns = range(len(row))
    in_use = [at for at in columns if any(cells[at].strip() for cells in body)]
    unnamed = [at for at in in_use if not any(len(cells) > at and cells[at].strip() for cells in above)]
    lacking = [at for at in columns if not names[at] and all(cells[at].strip() for cells in body)]
    is_complete = bool(unnamed) and all(names[at] for at in unnamed)
    return is_complete and bool(lacking) and len(lacking) + len(unnamed) > len(row) // 2
