"""The levels of a category column, where spellings that differ in case or spacing only are one."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["find_levels", "level_key"]


_POINT = re.compile(r"(?<=[^\W\d_])\.(?=\s|[^\W\d_]|$)|['\u2019](?=[^\W\d_])")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-_](?=[^\W\d_])")


def level_key(text: str) -> str:
    """Return what all spellings of one level share.

    Case is folded, runs of white space are one space, points behind letters and apostrophes are left out and hyphens
    between letters are spaces: ``NY``, ``ny`` and ``N.Y.`` are one level, ``A+`` and ``A-`` are two.
    """
    folded = " ".join(text.casefold().split())
    return folded if folded.isalnum() else _HYPHEN.sub(" ", _POINT.sub("", folded))


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
