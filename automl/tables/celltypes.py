"""How much a single cell looks like data: what the sniffer judges delimiters and header rows by."""

from __future__ import annotations

import re

__all__ = ["is_typed", "typedness"]

_NUMBER = re.compile(
    r"[(+-]?\s*(?:[$€£¥₹]\s*)?[+-]?(?:\d{1,3}(?:[., ']\d{3})+|\d+)?(?:[.,]?\d+)(?:[eE][+-]?\d+)?\s*[%€$£]?\)?", re.ASCII
)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}.{0,16})?|\d{1,2}:\d{2}(:\d{2})?(\s?[AaPp][Mm])?")
_WORD = re.compile(r"[\w.@#/+-]+")
_PLAIN_TEXT = re.compile(r"[^,;\t|\"]+")


def is_typed(cell: str) -> bool:
    """Whether a cell is a number, a date or a time."""
    cell = cell.strip()
    return bool(cell) and bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def typedness(cell: str) -> float:
    """Return how likely a cell is a whole cell, in [0, 1]: typed 1, a word 0.9, text with delimiters in it little."""
    cell = cell.strip()
    if is_typed(cell):
        return 1.0
    if not cell or _WORD.fullmatch(cell):
        return 0.9
    return 0.8 if _PLAIN_TEXT.fullmatch(cell) else 0.3
