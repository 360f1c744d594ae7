"""Numbers as people write them: which marks a column uses, and what each cell is worth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from automl.tables.durations import parse_durations
from automl.tables.plainnumbers import parse_plain
from automl.tables.schema import NumberFormat
from automl.tables.units import choose_prefix, choose_units
from automl.tables.writtennumbers import QUALIFIER, SPELLED_SPACES, written_number

__all__ = ["find_number_format", "has_leading_zero", "parse_numbers"]

Floats = NDArray[np.float64]

# (decimal mark, thousands mark), the likeliest first: of equally good ones the first wins.
_MARKS = ((".", ""), (".", ","), (",", ""), (",", "."), (",", " "), (".", " "), (".", "'"), (",", "'"))
_LEADING_ZERO = re.compile(r"0\d+", re.ASCII)
_AFFIXED = re.compile(
    r"[(\s]*(?:[<>≤≥~≈]=?\s*)?[+-]?\s*([^\d\s.,()+-][^\d\s,()+-]{0,3})??\s*[+-]?"
    r"(?:\d[\d.,' ]*|[.,]\d+)(?<! )(?:[eE][+-]?\d+)?[\s-]*([^\d\s.,()+-][^\d,()+]{0,14})?[)+]?"
)
_SAMPLE = 2000
_MIN_QUALIFIED_LEVELS = 20
_ENOUGH = 0.95


def parse_numbers(texts: Sequence[str], number: NumberFormat) -> Floats:
    """Read trimmed cell texts as numbers.

    Parameters
    ----------
    texts : sequence of str
    number : NumberFormat
        A cell may leave out the prefix, the suffix and the thousands marks; parentheses and a minus behind mean a
        negative number, ``<5``, ``>5``, ``~5`` and ``5+`` mean 5.

    Returns
    -------
    ndarray of float64, same length
        NaN where a text is not a (finite) number in this format.
    """
    if number.notation == "duration":
        return parse_durations(texts)
    values = parse_plain(texts)
    others = np.flatnonzero(np.isnan(values)) if number.is_default else np.arange(len(texts))
    if not number.is_default:
        values[:] = np.nan
    for at in others.tolist():
        values[at] = written_number(texts[at], number)
    values[np.isinf(values)] = np.nan
    return values


def find_number_format(texts: Sequence[str], counts: NDArray[np.int64]) -> tuple[NumberFormat, float]:
    """Find the format that reads most of a column's cells.

    Parameters
    ----------
    texts : sequence of str
        Distinct trimmed texts that are not missing.
    counts : ndarray of int64, same length
        How many cells hold each.

    Returns
    -------
    (NumberFormat, float)
        The format and the share of cells that it reads, in [0, 1]. Numbers with a qualifier, such as ``<5``, count
        only among at least twenty others, for ``<1``, ``1``, ``2+`` are levels.
    """
    sample, weights = texts[:_SAMPLE], counts[:_SAMPLE]
    if not any(character.isdigit() for text in sample[:100] for character in text):
        return NumberFormat(), 0.0
    plain = _weight(~np.isnan(parse_plain(texts)), counts)
    if plain == 1:
        return NumberFormat(), 1.0
    prefix, suffix, units = _common_affixes(sample, weights)
    formats = [NumberFormat(decimal, thousands, prefix, suffix, units) for decimal, thousands in _MARKS]
    shares = [_share(sample, weights, number) for number in formats]
    best = int(np.argmax(shares))
    if not shares[best] or len(texts) <= _SAMPLE:
        return formats[best], shares[best]
    return formats[best], _share(texts, counts, formats[best])


def has_leading_zero(text: str) -> bool:
    """Whether a text is a digit code such as ``00501``, which a number would shorten."""
    return _LEADING_ZERO.fullmatch(text) is not None


def _share(texts: Sequence[str], counts: NDArray[np.int64], number: NumberFormat) -> float:
    values = parse_numbers(texts, number)
    parsed = ~np.isnan(values)
    qualified = np.array([_is_qualified(text) for text in texts], dtype=bool)
    if len(np.unique(values[parsed & ~qualified])) < _MIN_QUALIFIED_LEVELS:
        parsed &= ~qualified
    return _weight(parsed, counts)


def _is_qualified(text: str) -> bool:
    return text.endswith("+") or QUALIFIER.match(text) is not None


def _weight(mask: NDArray[np.bool_], counts: NDArray[np.int64]) -> float:
    return float(counts[mask].sum() / max(counts.sum(), 1))


def _common_affixes(texts: Sequence[str], counts: NDArray[np.int64]) -> tuple[str, str, tuple[tuple[str, float], ...]]:
    prefixes: Counter[str] = Counter()
    suffixes: Counter[str] = Counter()
    for text, count in zip(texts, counts.tolist(), strict=True):
        match = _AFFIXED.fullmatch(text.translate(SPELLED_SPACES))
        if match:
            prefixes[match[1] or ""] += count
            suffixes[(match[2] or "").strip()] += count
    suffix, units = choose_units(suffixes)
    return choose_prefix(prefixes), suffix, units
