"""NUL characters in text: removed and counted, unless they escape quotes."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["NulRemover", "without_nuls"]


def without_nuls(text: str) -> tuple[str, int]:
    """Return a text without NUL characters and their number; as it is where each stands just before a quote."""
    count = text.count("\0")
    if not count or text.count('\0"') + text.count("\0'") == count:
        return text, 0
    return text.replace("\0", ""), count


class NulRemover:
    """An iterator over lines that removes NUL characters and counts them.

    Parameters
    ----------
    lines : iterator of str
    keeps : bool
        Whether they stay: where they escape quotes.
    """

    def __init__(self, lines: Iterator[str], *, keeps: bool) -> None:
        self._lines = lines
        self._keeps = keeps
        self._count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if "\0" not in line or self._keeps:
            return line
        self._count += line.count("\0")
        return line.replace("\0", "")

    def take_count(self) -> int:
        """Return how many were removed since the last call."""
        count, self._count = self._count, 0
        return count
