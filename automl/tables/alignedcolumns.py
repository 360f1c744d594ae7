"""Columns that stand under each other in plain text, filled up with spaces: where each begins and ends."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from automl.tables.celltypes import is_typed
from automl.tables.missing import is_any_marker
from automl.tables.pagetitles import printed_lines

__all__ = ["DELIMITER", "AlignedColumns", "find_aligned_columns"]

#: Stands between the cells of a line once it is rewritten.
DELIMITER = "\t"

_TOKEN = re.compile(r"\S+(?: \S+)*")
_GAP = re.compile(r"\S {2,}\S")
# One group of dashes below each name.
_RULES = re.compile(r" *-{2,}(?: +-{2,})+ *")
_MAX_TITLES = 20
_MIN_LINES = 3
_SAMPLE_LINES = 250
_MAX_LINE = 4_000
_MIN_GUTTER = 2
_WORD = re.compile(r"\S+")
_GROUPED_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?!\d)")
# A comma alone between the digits of a word is its decimal mark.
_DECIMAL_COMMA = re.compile(r"(?<!\S)[-+(€$£]{0,2}\d[\d.]*,\d+[%€$£)-]{0,2}(?!\S)")
_ALIGNED_SHARE = 0.6
_DELIMITED_SHARE = 0.8
_SPLIT_SHARE = 0.8
# A line in so many may reach into the space between two columns.
_OVERFLOWING_SHARE = 0.06
_NAMED_LINES = 3
_MIN_CODES = 10
_MIN_LOGGED = 5

Span = tuple[int, int]


@dataclass(frozen=True)
class AlignedColumns:
    """Where the columns of a text stand.

    Attributes
    ----------
    spans : tuple of (int, int)
        First character and the one behind the last of each column, from the left.
    are_stated : bool
        Whether a ruled line of the text says so: then cells end where it does, whatever stands in them.
    """

    spans: tuple[Span, ...]
    are_stated: bool = False

    def rewritten(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines with their cells trimmed and delimited; a line that fits no columns as it stands."""
        for line in lines:
            text = line.rstrip("\r\n")
            cells = self.cells(text)
            yield line if cells is None else DELIMITER.join(cells) + line[len(text) :]

    def cells(self, text: str) -> list[str] | None:
        """Split a line; None where some part of it reaches over two columns."""
        if self.are_stated:
            return self._stated_cells(text)
        placed = self._placed(text, _TOKEN)
        if placed is None:
            # Names may be one space apart: all columns have one then, as a title that stands above them has not.
            by_word = self._placed(text, _WORD)
            placed = by_word if by_word is not None and len(by_word) == len(self.spans) else None
        if not placed:
            return None
        ranges = (placed.get(number, (0, 0)) for number in range(len(self.spans)))
        return [text[start:end] for start, end in ranges]

    def _placed(self, text: str, part: re.Pattern[str]) -> dict[int, Span] | None:
        """Return where the parts of a line stand, by column; None where one reaches over two, or stands in none."""
        placed: dict[int, Span] = {}
        for match in part.finditer(text):
            columns = [number for number, span in enumerate(self.spans) if _overlap(match.span(), span)]
            if len(columns) != 1:
                return None
            start, _ = placed.get(columns[0], match.span())
            placed[columns[0]] = (start, match.end())
        return placed

    def _stated_cells(self, text: str) -> list[str] | None:
        starts = [0, *(start for start, _ in self.spans[1:])]
        if not text.strip() or any(text[start - 1 : start].strip() for start in starts[1:]):
            return None
        bounds = itertools.pairwise([*starts, len(text)])
        return [text[start:end].strip() for start, end in bounds]


def find_aligned_columns(text: str) -> AlignedColumns | None:
    """Find columns that are parted by two or more spaces at the same place of nearly every line.

    Parameters
    ----------
    text : str
        A file, or its beginning.

    Returns
    -------
    AlignedColumns or None
        None where the text is delimited, or not aligned.
    """
    lines = printed_lines(text[: _SAMPLE_LINES * _MAX_LINE])[:_SAMPLE_LINES]
    ruled = _ruled_columns(lines)
    if ruled is not None:
        return ruled
    wide = [line for line in lines if _GAP.search(line) and DELIMITER not in line]
    if len(wide) < max(_MIN_LINES, _ALIGNED_SHARE * len(lines)) or max(map(len, wide)) > _MAX_LINE:
        return None
    if any(_is_delimited(wide, mark) for mark in ",;|"):
        return None
    filled = _filled_counts(wide)
    tolerated = max(int(len(wide) >= 2 * _MIN_LINES), int(_OVERFLOWING_SHARE * len(wide)))
    found = [AlignedColumns(_spans(filled, limit)) for limit in (0, tolerated)]
    n_named = max(len(_TOKEN.findall(line)) for line in wide[:_NAMED_LINES])
    columns = max(found, key=lambda each: (len(each.spans) == n_named, len(each.spans)))
    words = _word_columns(lines) or _log_columns(wide)
    if words is not None and len(words.spans) > len(columns.spans):
        return words
    narrow = _narrow_columns(wide)
    if narrow is not None and len(narrow.spans) > len(columns.spans):
        return narrow
    n_split = sum(columns.cells(line) is not None for line in wide)
    return columns if len(columns.spans) > 1 and n_split >= _SPLIT_SHARE * len(wide) else None


def _ruled_columns(lines: Sequence[str]) -> AlignedColumns | None:
    """Return the columns that a ruled line below the names states, where nearly all lines fit them."""
    rule = next((at for at, line in enumerate(lines[:_MAX_TITLES]) if _RULES.fullmatch(line)), 0)
    if not 0 < rule < len(lines) - 1 or DELIMITER in "".join(lines):
        return None
    columns = AlignedColumns(tuple(match.span() for match in re.finditer("-+", lines[rule])), are_stated=True)
    names = columns.cells(lines[rule - 1])
    n_split = sum(columns.cells(line) is not None for line in lines)
    is_named = names is not None and all(names) and not any(_is_delimited(lines, mark) for mark in ",;|")
    return columns if is_named and n_split >= _ALIGNED_SHARE * len(lines) else None


def _word_columns(lines: Sequence[str]) -> AlignedColumns | None:
    """Return columns of one word each where every line has as many, below words that are no values.

    Of numbers under names, each is a cell of its own, however narrow the space between two is.
    """
    words = [[match.span() for match in _WORD.finditer(line)] for line in lines]
    n_names = next((at for at, line in enumerate(lines) if any(map(is_typed, line.split()))), 0)
    if not 0 < n_names <= _NAMED_LINES or len(lines) - n_names < _MIN_LINES or len({len(each) for each in words}) > 1:
        return None
    cells = itertools.chain.from_iterable(line.split() for line in lines[n_names:])
    texts = {cell for cell in cells if not (is_typed(cell) or is_any_marker(cell))}
    if len(texts) > 1:  # one may stand for what is missing
        return None
    return _of_words(words)


def _log_columns(lines: Sequence[str]) -> AlignedColumns | None:
    """Return columns of one word each where many lines have as many, below no names: half are numbers, dates or times.

    Nothing else stands in such lines, as a log writes them; that words of other lengths stand there below each other
    shows where each column ends.
    """
    places = [[match.span() for match in _WORD.finditer(line)] for line in lines]
    if len(lines) < _MIN_CODES or len({len(each) for each in places}) > 1 or len(places[0]) < _MIN_LOGGED:
        return None
    n_typed = sum(all(map(is_typed, column)) for column in zip(*(line.split() for line in lines), strict=True))
    return _of_words(places) if 2 * n_typed >= len(places[0]) else None


def _of_words(places: Sequence[Sequence[Span]]) -> AlignedColumns | None:
    """Return the columns of words that stand at such places of each line, where none reaches over two."""
    columns = list(zip(*places, strict=True))
    spans = [(min(start for start, _ in each), max(end for _, end in each)) for each in columns]
    is_apart = all(left[1] < right[0] for left, right in itertools.pairwise(spans))
    return AlignedColumns(tuple(spans), are_stated=True) if is_apart else None


def _narrow_columns(lines: Sequence[str]) -> AlignedColumns | None:
    """Return columns of which some are one space apart where they are widest: each has words above it as its name.

    Elsewhere more spaces part them, as two words of one cell never are.
    """
    for first in range(min(_NAMED_LINES, len(lines) - _MIN_LINES)):
        words = list(_WORD.finditer(lines[first]))
        if any(is_typed(word[0]) for word in words):
            continue
        places = [word.span() for word in words]
        spans = _named_spans(lines[first:], places)
        if len(spans) > 1 and all(any(_overlap(word, span) for word in places) for span in spans):
            return AlignedColumns(spans, are_stated=True)
    return None


def _named_spans(lines: Sequence[str], words: Sequence[Span]) -> tuple[Span, ...]:
    """Return the columns between places that are blank in all lines; a piece without a name belongs to the one before.

    So does one in which no line but the first has a cell, or which nothing shows to be a column of its own.
    """
    spans: list[Span] = []
    for start, end in _spans(_filled_counts(lines), 0, 1):
        is_named = any(_overlap(word, (start, end)) for word in words)
        has_cells = any(line[start:end].strip() for line in lines[1:])
        if spans and not (is_named and has_cells and _are_columns(lines[1:], spans[-1], (start, end))):
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(spans)


def _are_columns(lines: Sequence[str], left: Span, right: Span) -> bool:
    return _are_padded(lines, left, right) or _are_codes(lines, left, right)


def _are_codes(lines: Sequence[str], left: Span, right: Span) -> bool:
    """Whether codes of the same length stand in the left column in all of many lines, and a cell just behind each."""
    codes = [line[slice(*left)] for line in lines]
    cells = [line[slice(*right)] for line in lines]
    are_full = all(len(code) == left[1] - left[0] and " " not in code for code in codes)
    are_beside = are_full and all(cell[:1].strip() for cell in cells)
    return are_beside and len(lines) >= _MIN_CODES and len(set(codes)) > 1 and len(set(cells)) > 1


def _are_padded(lines: Sequence[str], left: Span, right: Span) -> bool:
    """Whether more than a space stands before a cell of the right column, or the left one is aligned to the right."""
    is_apart = any(
        not line[right[0] - _MIN_GUTTER : right[0]].strip() and line[slice(*right)].strip() for line in lines
    )
    cells = [line[slice(*left)] for line in lines]
    return is_apart or (any(cell[:1] == " " for cell in cells) and all(cell[-1:] != " " for cell in cells))


def _is_delimited(lines: Sequence[str], mark: str) -> bool:
    """Whether a delimiter stands equally often in nearly all lines, but for the marks of numbers."""
    without_decimals = (_DECIMAL_COMMA.sub("", line) for line in lines)
    (count, n_lines), *_ = Counter(_GROUPED_NUMBER.sub("", line).count(mark) for line in without_decimals).most_common(
        1
    )
    return count > 0 and n_lines >= _DELIMITED_SHARE * len(lines)


def _filled_counts(lines: Sequence[str]) -> list[int]:
    """Return, for each place of a line, in how many lines something stands there."""
    counts = [0] * max(map(len, lines))
    for line in lines:
        for place, character in enumerate(line):
            counts[place] += character != " "
    return counts


def _spans(filled: Sequence[int], tolerated: int, min_gutter: int = _MIN_GUTTER) -> tuple[Span, ...]:
    """Return the columns between places that are blank but for ``tolerated`` lines; narrower gaps part nothing."""
    spans: list[Span] = []
    for is_blank, group in itertools.groupby(range(len(filled)), key=lambda place: filled[place] <= tolerated):
        places = list(group)
        if is_blank:
            continue
        start, end = places[0], places[-1] + 1
        if spans and start - spans[-1][1] < min_gutter:
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(spans)


def _overlap(first: Span, second: Span) -> bool:
    return first[0] < second[1] and second[0] < first[1]
