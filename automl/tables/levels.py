"""The levels of a category column, where spellings that differ in case or spacing only are one."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["find_levels", "level_key"]


def level_key(text: str) -> str:
    """Return what all spellings of one level share: case folded, runs of white space made one space."""
    return " ".join(text.casefold().split())


def find_levels(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the levels, most frequent first, each in its most frequent spelling.

    Parameters
    ----------
    counts : mapping of str to int
        Cells per distinct trimmed text that is not missing.
    """
    spellings: dict[str, list[str]] = {}
    for text in counts:
        spellings.setdefault(level_key(text), []).append(text)
    totals = {
        max(texts, key=lambda text: (counts[text], text)): sum(counts[text] for text in texts)
        for texts in spellings.values()
    }
    return tuple(sorted(totals, key=lambda text: (-totals[text], text)))
