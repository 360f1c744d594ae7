"""Columns typed by hand, each at a tab stop: as many tabs stand between two cells as it takes to get there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["TabStops", "find_tab_stops"]

_TABS = re.compile("\t+")
_CELL = re.compile(r"[^\t]+")
_TAB_SIZES = (8, 4)
_SAMPLE_LINES = 250
_SAMPLE_CHARACTERS = 1 << 20
_MIN_LINES = 5


@dataclass(frozen=True)
class TabStops:
    """Columns at tab stops.

    Attributes
    ----------
    n_columns : int
    """

    n_columns: int

    def rewritten(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines with one tab between two cells."""
        for line in lines:
            text = line.rstrip("\r\n\t")
            end = line[len(line.rstrip("\r\n")) :]
            yield _TABS.sub("\t", text) + end


def find_tab_stops(text: str) -> TabStops | None:
    """Find columns that begin at the same place of each line, though different numbers of tabs stand before them.

    A cell that is empty in a file delimited by tabs moves those behind it to other places, or leaves the line one cell
    short.

    Parameters
    ----------
    text : str
        A file, or its beginning.

    Returns
    -------
    TabStops or None
        None where one tab delimits two cells.
    """
    if "\t\t" not in text:
        return None
    lines = [line.rstrip() for line in text[:_SAMPLE_CHARACTERS].split("\n")[:_SAMPLE_LINES]]
    lines = [line for line in lines if "\t" in line]
    if len(lines) < _MIN_LINES or len({line.count("\t") for line in lines}) == 1:
        return None
    is_aligned = any(_are_aligned(lines, size) for size in _TAB_SIZES)
    return TabStops(len(_CELL.findall(lines[0]))) if is_aligned else None


def _are_aligned(lines: Sequence[str], size: int) -> bool:
    """Whether each cell begins where those above and below it do, with tabs of a size."""
    return len({_places(line, size) for line in lines}) == 1


def _places(line: str, size: int) -> tuple[int, ...]:
    return tuple(len(line[: cell.start()].expandtabs(size)) for cell in _CELL.finditer(line))
