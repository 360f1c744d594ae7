"""Texts as far as a judgement of what they are needs them: no number, date or level is longer than a few pages."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["beginnings", "is_long", "shortened"]

_GLANCE_CHARACTERS = 10_000
_SHOWN_CHARACTERS = 200


def is_long(text: str) -> bool:
    """Whether a text is longer than any value or level; it is judged by its beginning, and is free text."""
    return len(text) > _GLANCE_CHARACTERS


def beginnings(texts: Sequence[str]) -> Sequence[str]:
    """Return texts of which the long ones are cut off one character behind what is looked at, so that they stay long.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    sequence of str, same length
        The argument itself where none is long: a search through 50 MB of one cell would take minutes, and tell nothing
        that its beginning does not.
    """
    if not any(map(is_long, texts)):
        return texts
    return [text[: _GLANCE_CHARACTERS + 1] for text in texts]


def shortened(text: str) -> str:
    """Return a text as an example of itself: its first 200 characters."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
