"""UTF-8 text with single bytes of the western code page in it, as where lines of several exports were put together.

Importing this module makes the encoding known to Python, by the name :data:`MIXED`.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = ["MIXED", "is_mostly_utf8", "is_partly_utf8", "stand_alone"]

MIXED = "utf-8-or-cp1252"
_HANDLER = "automl.cp1252"
_MOST = 0.5
_GOOD_PART = 0.1
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_MIN_WORD = 2


def is_mostly_utf8(content: bytes) -> bool:
    """Whether more characters beyond ASCII are written in UTF-8 than bytes are none of it."""
    text = content.decode("utf-8", errors="replace")
    n_replaced = text.count("\ufffd")
    n_beyond = len(text) - len(text.encode("ascii", errors="ignore"))
    return n_beyond - n_replaced > _MOST * n_beyond


def is_partly_utf8(content: bytes) -> bool:
    """Whether lines in UTF-8 stand among lines of the western code page, though they may be the fewer.

    In that code page the bytes of such a line would be a capital A with an accent before a sign, or the like, which
    happens in no word. Other code pages and East Asian encodings put what is beyond ASCII side by side.
    """
    lines = [line for line in content.splitlines() if not line.isascii()]
    others = [line for line in lines if not _is_utf8(line)]
    n_western = sum(map(_is_western_utf8, lines))
    return n_western >= _GOOD_PART * len(lines) and stand_alone(b"\n".join(others))


def stand_alone(sample: bytes) -> bool:
    """Whether what is beyond ASCII stands between ASCII characters, as accents do, and not in words of its own."""
    runs = _BEYOND_ASCII.findall(sample)
    return sum(map(len, runs)) < _MIN_WORD * len(runs)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_western_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 for nothing but what the western code page has, too."""
    try:
        line.decode("utf-8").encode("cp1252")
    except UnicodeError:
        return False
    return True


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


class _IncrementalDecoder(codecs.BufferedIncrementalDecoder):
    """Decodes a stream; a character cut off at the end of a chunk waits for the next one."""

    def _buffer_decode(self, input: Buffer, errors: str, final: bool) -> tuple[str, int]:  # noqa: A002, ARG002
        return codecs.utf_8_decode(input, _HANDLER, final)


def _decode(content: Buffer, errors: str = "strict") -> tuple[str, int]:  # noqa: ARG001
    return codecs.utf_8_decode(content, _HANDLER, True)


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    return codecs.utf_8_encode(text, errors)


def _search(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != MIXED:
        return None
    return codecs.CodecInfo(_encode, _decode, incrementaldecoder=_IncrementalDecoder, name=MIXED)


codecs.register_error(_HANDLER, _as_cp1252)
codecs.register(_search)
