"""Class labels: which texts are one label, how labels are sorted, and which of two is the positive one."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.arguments import did_you_mean
from automl.errors import UsageError
from automl.findings import FEWEST_OF_LEVEL, Change
from automl.preparation.wording import counted, join_quoted, verb
from automl.tables.booleans import find_boolean_words
from automl.tables.converting import convert
from automl.tables.levels import level_key
from automl.tables.schema import Column, ColumnKind
from automl.tables.uniques import UniqueTexts, unique_texts

__all__ = ["count_labels", "encode_labels", "order_labels", "respelled_labels", "sort_naturally"]

POSITIVE_WORDS = frozenset({"1", "1.0", "yes", "true", "y", "t"})
_DIGITS = re.compile(r"(\d+)", re.ASCII)


def count_labels(cells: pd.Series, column: Column) -> dict[str, int]:
    """Count the rows of each label.

    Spellings that differ only in case or spacing are one label, and so are numbers and booleans of one value. A label
    is called by its most frequent spelling, as it stands in the file.

    Parameters
    ----------
    cells : Series of str
    column : Column

    Returns
    -------
    dict of str to int
        Rows per label, in order of first appearance. Missing cells, and cells that the column's kind cannot read,
        belong to none.
    """
    by_key: dict[str, dict[str, int]] = {}
    uniques = unique_texts(cells)
    for key, text, count in zip(_keys(uniques, column), uniques.trimmed, uniques.counts.tolist(), strict=True):
        if key is not None:
            spellings = by_key.setdefault(key, {})
            spellings[text] = spellings.get(text, 0) + count
    return {
        max(spellings, key=lambda text: (spellings[text], text)): sum(spellings.values())
        for spellings in by_key.values()
    }


def encode_labels(cells: pd.Series, column: Column, labels: Sequence[str]) -> NDArray[np.int64]:
    """Return each cell's position in ``labels``, -1 where it is missing or none of them."""
    known = pd.Series(list(labels), dtype="str")
    code_of = {key: code for code, key in enumerate(_keys(unique_texts(known), column)) if key is not None}
    uniques = unique_texts(cells)
    codes = [-1 if key is None else code_of.get(key, -1) for key in _keys(uniques, column)]
    return np.array(codes, dtype=np.int64)[uniques.codes]


def respelled_labels(cells: pd.Series, column: Column, labels: Sequence[str]) -> tuple[Change, ...]:
    """Return the log lines for cells that spell their label otherwise than ``labels`` does."""
    uniques = unique_texts(cells)
    codes = encode_labels(pd.Series(uniques.raw, dtype="str"), column, labels)
    pairs = [
        (raw, labels[code], count)
        for raw, text, code, count in zip(uniques.raw, uniques.trimmed, codes, uniques.counts.tolist(), strict=True)
        if code >= 0 and text != labels[code]
    ]
    if not pairs:
        return ()
    cells_changed = sum(count for *_, count in pairs)
    message = (
        f"{counted(cells_changed, 'label')} {verb(cells_changed, 'was', 'were')} given the most frequent spelling."
    )
    examples = tuple((raw, label) for raw, label, _ in pairs[:3])
    kept = tuple((raw, label) for raw, label, count in pairs[:3] if count >= FEWEST_OF_LEVEL)
    return (Change("target", column.name, cells_changed, message, examples, kept),)


def order_labels(counts: dict[str, int], positive: str | None) -> tuple[str, ...]:
    """Sort labels naturally; of two, put the positive one last.

    Parameters
    ----------
    counts : dict of str to int
        Rows per label.
    positive : str or None
        The label the user calls positive. By default 1, yes, true, y or t, or what says yes in another language beside
        its negative, such as ja and nein; else the rarer label.

    Raises
    ------
    UsageError
        If ``positive`` is not a label, or there are not two labels.
    """
    labels = sort_naturally(counts)
    if positive is not None and len(labels) != 2:
        raise UsageError(
            f"A positive label fits a target with two labels; this one has {len(labels):,}.", "Leave out --positive."
        )
    if len(labels) != 2:
        return labels
    last = _default_positive(labels, counts) if positive is None else _find_positive(labels, positive)
    return (*(label for label in labels if label != last), last)


def sort_naturally(labels: Sequence[str] | dict[str, int]) -> tuple[str, ...]:
    """Sort labels by value where all are numbers, else as text in which runs of digits count as numbers."""
    numbers = pd.to_numeric(pd.Series(list(labels), dtype="object"), errors="coerce")
    if numbers.notna().all():
        return tuple(label for _, label in sorted(zip(numbers.tolist(), labels, strict=True)))
    return tuple(sorted(labels, key=_natural_key))


def _natural_key(label: str) -> tuple[list[tuple[int, int, str]], str]:
    return [_part_key(part) for part in _DIGITS.split(label) if part], label


def _part_key(part: str) -> tuple[int, int, str]:
    """Return what sorts numbers before words; by their length first, as Python makes no number of very many digits."""
    if not part.isdigit():
        return 1, 0, part.casefold()
    digits = part.lstrip("0")
    return 0, len(digits), digits


def _keys(uniques: UniqueTexts, column: Column) -> list[str | None]:
    """Return what all spellings of a label share, for each distinct text; None where it is no label."""
    converted = convert(column, uniques.trimmed)
    if column.kind in (ColumnKind.NUMERIC, ColumnKind.BOOLEAN):
        return [None if value != value else repr(value) for value in np.asarray(converted.values).tolist()]
    absent = pd.isna(pd.Series(list(converted.values), dtype="object"))
    return [None if gone else level_key(text) for text, gone in zip(uniques.trimmed, absent, strict=True)]


def _default_positive(labels: Sequence[str], counts: dict[str, int]) -> str:
    # Words of other languages count only beside their negative: "da" is yes beside "nu", and a place beside "Rom".
    yes, _ = find_boolean_words(labels)
    words = [label for label in labels if label.casefold() in POSITIVE_WORDS.union(yes)]
    if len(words) == 1:
        return words[0]
    return min(reversed(labels), key=lambda label: counts[label])


def _find_positive(labels: Sequence[str], positive: str) -> str:
    if positive in labels:
        return positive
    same = [label for label in labels if level_key(label) == level_key(positive)]
    if len(same) == 1:
        return same[0]
    hint = did_you_mean(positive, labels) or f"Name one of them with --positive: {join_quoted(labels)}."
    raise UsageError(f"The positive label '{positive}' is not among the target's labels {join_quoted(labels)}.", hint)
