"""Tables with headings, as written text that every format shows."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Section"]


@dataclass(frozen=True)
class Section:
    """A table with its heading and a sentence on how to read it.

    Attributes
    ----------
    identifier : str
    title : str
    note : str
    header : tuple of str
    rows : tuple of tuple of str
    figures : tuple of int
        Columns that are set flush right.
    """

    identifier: str
    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...] = ()
