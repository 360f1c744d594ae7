"""How many cells the rows of a table have, where lines of other kinds stand around it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.records import Record

__all__ = ["is_block", "usual_width"]

# Settings, a key and its value a line, are so narrow.
_SETTINGS_WIDTH = 2
_MIN_BLOCK = 5
_BLOCK_SHARE = 0.25
_FILLED_SHARE = 0.5


def usual_width(records: Sequence[Record]) -> int:
    """Return the width of most records; of equally frequent ones the larger: a preamble is narrow.

    Many narrow lines around a short table do not outvote it: its rows follow each other, and hold numbers or dates.
    """
    widths = Counter(len(record.cells) for record in records)
    width = max(widths, key=lambda width: (widths[width], width))
    if width > _SETTINGS_WIDTH or _have_run(records, width):
        return width
    wider = (other for other, _ in widths.most_common() if other > _SETTINGS_WIDTH)
    return next((other for other in wider if is_block(records, other)), width)


def is_block(records: Sequence[Record], width: int) -> bool:
    """Whether records of a width follow each other as the rows of a table do, and make up a good part of a file."""
    return width > _SETTINGS_WIDTH and _have_run(records, width)


def _have_run(records: Sequence[Record], width: int) -> bool:
    runs = (list(run) for same, run in itertools.groupby(records, lambda each: len(each.cells) == width) if same)
    longest = max(runs, key=len, default=[])
    n_needed = max(_MIN_BLOCK, _BLOCK_SHARE * len(records))
    return len(longest) >= n_needed and _has_typed_column([record.cells for record in longest[1:]])


def _has_typed_column(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column holds nothing but numbers or dates where it is filled, as it mostly is."""
    return any(_is_typed_column(column) for column in zip(*rows, strict=True))


def _is_typed_column(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) >= _FILLED_SHARE * len(cells) and all(map(is_typed, filled))
