"""Whole rows inside a quoted cell: two stray quotes in one column join all that stands between them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from automl.tables.records import Record
from automl.tables.shapes import ColumnProfile
from automl.tables.tokens import Tokenizer

__all__ = ["are_rows", "with_rows_apart"]

_MIN_WITNESSES = 3
_MAX_WITNESSES = 200
_SHARE = 0.8
# How well, on the average of its cells, a line has to fit the columns: rows of the table do at about 0.
_MIN_FIT = -1.2


def with_rows_apart(
    records: Iterable[Record], tokenizer: Tokenizer, profiles: Sequence[ColumnProfile]
) -> Iterator[Record]:
    """Yield the records; one that joined whole rows comes line by line, its stray quotes as unsound ones.

    Parameters
    ----------
    records : iterable of Record
    tokenizer : Tokenizer
    profiles : sequence of ColumnProfile
        Empty where too few rows are known to say; nothing is taken apart then.
    """
    for record in records:
        lines = _lines(record.text) if len(record.text) > _MIN_WITNESSES else []
        if len(lines) < _MIN_WITNESSES + 2 or not are_rows(lines[1:-1], tokenizer, profiles):
            yield record
            continue
        for number, line in enumerate(lines):
            cells = tokenizer.strict(line) if line.strip("\r\n") else []
            if cells != []:
                yield Record(record.line + number, line, cells or tokenizer.lenient(line), cells is not None)


def are_rows(lines: Sequence[str], tokenizer: Tokenizer, profiles: Sequence[ColumnProfile]) -> bool:
    """Whether lines have one cell for each column and look as rows of the table do.

    Parameters
    ----------
    lines : sequence of str
        The lines inside a quoted cell, without those in which it begins and ends.
    tokenizer : Tokenizer
    profiles : sequence of ColumnProfile
        One a column.
    """
    filled = [line for line in lines[:_MAX_WITNESSES] if line.strip()]
    if len(profiles) < 2 or len(filled) < _MIN_WITNESSES:
        return False
    return sum(_fits(tokenizer.strict(line), profiles) for line in filled) >= _SHARE * len(filled)


def _fits(cells: Sequence[str] | None, profiles: Sequence[ColumnProfile]) -> bool:
    if cells is None or len(cells) != len(profiles):
        return False
    fits = (profile.fit(cell) for profile, cell in zip(profiles, cells, strict=True))
    return sum(fits) >= _MIN_FIT * len(profiles)


def _lines(text: str) -> list[str]:
    """Split a record into its lines; most have one."""
    if "\n" not in text[:-2] and "\r" not in text[:-2]:
        return [text]
    return list(io.StringIO(text, newline=""))
