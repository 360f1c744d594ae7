"""Files whose cells, or all that are texts, stand between rare characters, with a rare delimiter between those.

So are documents listed for review: with a control character (20) as the delimiter and a thorn as the quote; and tables
of nutrients, with ``^`` and ``~``.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import NamedTuple

from automl.tables.celltypes import is_typed

__all__ = ["Frame", "find_frame"]

_SAMPLE_LINES = 50
_MIN_LINES = 3
_NEARLY_ALL = 0.9
# What stands there in ordinary files is judged by its cells.
_USUAL_QUOTES = "\"'"
_USUAL_DELIMITERS = ",;\t "


class Frame(NamedTuple):
    """The delimiter, and the quote around every cell."""

    delimiter: str
    quote: str


def find_frame(text: str) -> Frame | None:
    """Return the delimiter and the quote where nearly all lines have the same number of cells, framed or numbers.

    Parameters
    ----------
    text : str
        A file, or its beginning.
    """
    lines = [line for line in itertools.islice(text.split("\n", _SAMPLE_LINES), _SAMPLE_LINES) if line.strip("\r")]
    lines = [line.strip("\r\ufeff") for line in lines]
    if len(lines) < _MIN_LINES:
        return None
    quote = lines[0][:1]
    if quote in _USUAL_QUOTES or quote in _USUAL_DELIMITERS or (quote.isascii() and quote.isalnum()):
        return None
    between = Counter(
        middle
        for left, middle, right in zip(lines[0], lines[0][1:], lines[0][2:], strict=False)
        if left == right == quote
    )
    delimiter = next((mark for mark, _ in between.most_common() if not mark.isalnum() and mark not in (quote, " ")), "")
    if not delimiter:
        return None
    counts = Counter(_count_cells(line, delimiter, quote) for line in lines)
    n_cells, n_lines = counts.most_common(1)[0]
    return Frame(delimiter, quote) if n_cells > 1 and n_lines >= _NEARLY_ALL * len(lines) else None


def _count_cells(line: str, delimiter: str, quote: str) -> int:
    """Count the cells of a line; 0 where some are neither between quotes nor empty or numbers."""
    if len(line) > 1 and line[0] == line[-1] == quote:
        cells = line[1:-1].split(quote + delimiter + quote)
        if not any(quote in cell.replace(2 * quote, "") for cell in cells):
            return len(cells)
    cells = line.split(delimiter)
    are_sound = all(_is_framed(cell, quote) or not cell.strip() or is_typed(cell) for cell in cells)
    return len(cells) if are_sound else 0


def _is_framed(cell: str, quote: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == quote and quote not in cell[1:-1].replace(2 * quote, "")
