"""UTF-8 text with single bytes of the western code page in it, as where lines of several exports were put together.

Importing this module makes the encoding known to Python, by the name :data:`MIXED`.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = ["MIXED", "is_mostly_utf8"]

MIXED = "utf-8-or-cp1252"
_HANDLER = "automl.cp1252"
_MOST = 0.5


def is_mostly_utf8(content: bytes) -> bool:
    """Whether more characters beyond ASCII are written in UTF-8 than bytes are none of it."""
    text = content.decode("utf-8", errors="replace")
    n_replaced = text.count("\ufffd")
    n_beyond = len(text) - len(text.encode("ascii", errors="ignore"))
    return n_beyond - n_replaced > _MOST * n_beyond


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
