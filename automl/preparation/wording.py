"""Small pieces of the sentences that findings and errors are made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

__all__ = ["counted", "join_quoted", "source_name", "verb"]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return ``"1 row"`` or ``"1,234 rows"``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def verb(number: int, singular: str, plural: str) -> str:
    """Return the form of a verb that fits ``number`` things."""
    return singular if number == 1 else plural


def join_quoted(texts: Sequence[str], limit: int = 5) -> str:
    """Return ``"'a', 'b' and 3 more"``."""
    shown = [f"'{text}'" for text in texts[:limit]]
    if len(texts) > limit:
        return f"{', '.join(shown)} and {len(texts) - limit:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def source_name(source: str) -> str:
    """Return what to call a table's source in a sentence: the file's name without its folders."""
    return "the DataFrame" if source == "DataFrame" else PurePath(source).name or source
