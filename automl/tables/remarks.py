"""Lines inside a table that are none of its rows: comments, ruled lines, page numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from automl.tables.records import Record

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["is_remark", "is_rule", "is_ruled", "may_be_remarks"]

_COMMENT_MARKS = ("#", "//", "%%")
_RULE_STARTS = ("--", "==", "__", "**", "~~", "+-", "+=", ":-")
_RULE = re.compile(r"[\s\"'+|,;:]*(?:(?P<mark>[-=_*~])(?P=mark)+[\s\"'+|,;:]*)+")
_LONG_RULE = re.compile(r"---|===|___|\*\*\*|~~~")
_PAGE_TEXT = (
    r"(?:[-\u2013=]+ *)?(?:page|seite|página|pagina|strona|sida|side) +\d{1,5}(?: *(?:of|von|de|di|sur|/) *\d{1,5})?"
    r"(?: *[-\u2013=]+)?"
)
_PAGE = re.compile(_PAGE_TEXT, re.IGNORECASE)
# The first cell of a remark in as many cells as a row has; for RE2, which does not know such escapes.
_PAGE_CELL = _PAGE_TEXT.replace(r"\u2013", "\u2013")
_FIRST_CELL = rf"(?i)^[\s\"']*(?:#|[+|:]*(?:[-=_*~]{{3,}}[\s\"'+|,;:]*)+|{_PAGE_CELL})[\s\"']*$"


def is_remark(record: Record, width: int, *, is_full_row: bool = False) -> bool:
    """Whether a line is no row of the table: marked as a comment, a row of dashes, or the number of a page.

    Parameters
    ----------
    record : Record
    width : int
        Number of columns: a line of so many cells is a row, whatever it begins with.
    is_full_row : bool
        Whether that holds for sentences after a comment mark and for numbers of pages too.
    """
    is_full = len(record.cells) == width
    text = record.text.lstrip(' "')
    if text.startswith(_COMMENT_MARKS):
        if _are_marked_names(record) or (is_full and (is_full_row or _is_quoted(record))):
            return False
        is_sentence = text.startswith("# ") and (width == 1 or record.cells[0].lstrip(' "') == "#")
        return not is_full or is_sentence
    return width > 1 and (is_ruled(record, width) or (_is_page(record) and not (is_full and is_full_row)))


def _is_quoted(record: Record) -> bool:
    """Whether the first cell stood in quotes, which say that it is one, whatever mark it begins with."""
    return record.is_sound and record.text.lstrip(" ").startswith('"') and not record.cells[0].startswith('"')


def is_ruled(record: Record, width: int) -> bool:
    """Whether a record is a ruled line; dashes in the first of as many cells as a row has are a cell of a row.

    Parameters
    ----------
    record : Record
    width : int
        Number of columns.
    """
    is_first_alone = record.n_filled == 1 and len(record.cells) == width > 1 and bool(record.cells[0].strip())
    return not is_first_alone and is_rule(record.text.lstrip(' "'))


def _are_marked_names(record: Record) -> bool:
    """Whether each of several cells begins with the mark, as where a bank marks the names of columns."""
    cells = [cell.strip() for cell in record.cells if cell.strip()]
    return len(cells) > 1 and all(len(cell) > 1 and cell[0] == "#" and cell[1] != "#" for cell in cells)


def is_rule(text: str) -> bool:
    """Whether a line holds nothing but dashes or the like, as under a header or around a table."""
    if not text.lstrip("|' \t").startswith(_RULE_STARTS):
        return False
    return _LONG_RULE.search(text) is not None and _RULE.fullmatch(text) is not None


def _is_page(record: Record) -> bool:
    if not record.cells or not _PAGE.fullmatch(record.cells[0].strip()):
        return False
    return record.n_filled == 1


def may_be_remarks(firsts: pa.Array | pa.ChunkedArray) -> bool:
    """Whether rows as wide as others may be remarks, by their first cells: then each has to be looked at."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(firsts, _FIRST_CELL)).as_py())
