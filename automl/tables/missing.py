"""Cell texts that mean "missing", and in which columns they do."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["CLEAR_MARKERS", "find_level_markers", "find_value_markers", "is_any_marker", "is_clear_marker"]

#: In any column.
CLEAR_MARKERS = frozenset({"n/a", "nan", "null", "#n/a", "#na", "<na>", "?", "(null)", "nat"})
# Where the other cells are numbers, dates or yes/no.
_ANY = CLEAR_MARKERS | frozenset(
    {
        "na",
        "none",
        "nil",
        "-",
        "--",
        "---",
        "\u2013",
        "\u2014",
        ".",
        "..",
        "*",
        "n.a.",
        "n.a",
        "n.d.",
        "missing",
        "unknown",
    }
    | {
        "undefined",
        "k.a.",
        "k. a.",
        "keine angabe",
        "unbekannt",
        "inconnu",
        "desconocido",
        "s/d",
        "n/d",
        "tbd",
        "tba",
        "not available",
        "not applicable",
        "blank",
        "#value!",
        "#ref!",
        "#div/0!",
        "#null!",
        "#num!",
        "#name?",
    }
)
_UPPER_CODE = re.compile(r"[A-Z]{2,3}")
_LOWER_CODE = re.compile(r"[a-z]{2}")
_MOST = 0.9


def is_any_marker(text: str) -> bool:
    """Whether a trimmed text means "missing" among numbers, dates and booleans."""
    return text.casefold() in _ANY


def is_clear_marker(text: str) -> bool:
    """Whether a trimmed text means "missing" in any column."""
    return text.casefold() in CLEAR_MARKERS


def find_value_markers(texts: Sequence[str]) -> tuple[str, ...]:
    """Return those of the distinct trimmed texts that mean "missing" among numbers, dates and booleans."""
    return tuple(text for text in texts if text and is_any_marker(text))


def find_level_markers(texts: Sequence[str]) -> tuple[str, ...]:
    """Return those of the distinct trimmed texts that mean "missing" among levels and free texts.

    ``NA`` counts, except among two- and three-letter codes, where it is Namibia or North America.
    """
    clear = [text for text in texts if text and is_clear_marker(text)]
    ambiguous = [text for text in texts if text in ("NA", "na")]
    if not ambiguous:
        return tuple(clear)
    known = {*clear, *ambiguous}
    others = [text for text in texts if text and text not in known and not is_any_marker(text)]
    code = _UPPER_CODE if "NA" in ambiguous else _LOWER_CODE
    codes = sum(code.fullmatch(text) is not None for text in others)
    if others and codes >= _MOST * len(others):
        return tuple(clear)
    return tuple(clear + ambiguous)
