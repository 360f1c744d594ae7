"""Writing Universal Binary JSON (https://ubjson.org), draft 12, as far as XGBoost's model files need it."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["array_of", "key", "list_of", "numbers", "object_of", "text"]


def _length(count: int) -> bytes:
    return b"L" + struct.pack(">q", count)


def key(name: str) -> bytes:
    """Return the name of a field."""
    return _length(len(name)) + name.encode("ascii")


def text(content: str) -> bytes:
    """Return a text."""
    return b"S" + key(content)


def object_of(**fields: bytes) -> bytes:
    """Return an object of packed fields."""
    return b"{" + b"".join(key(name) + content for name, content in fields.items()) + b"}"


def list_of(items: list[bytes]) -> bytes:
    """Return a list of packed items."""
    return b"[#" + _length(len(items)) + b"".join(items)


def array_of(kind: bytes, content: bytes, count: int) -> bytes:
    """Return ``count`` big-endian numbers of a kind: ``U`` (uint8), ``l`` (int32), ``L`` (int64), ``d`` (float32)."""
    return b"[$" + kind + b"#" + _length(count) + content


def numbers(numbers: NDArray[Any]) -> bytes:
    """Return a list of whole numbers, each with its kind."""
    marked = np.empty(len(numbers), dtype=[("kind", "S1"), ("value", ">i4")])
    marked["kind"], marked["value"] = b"l", numbers
    return b"[#" + _length(len(numbers)) + marked.tobytes()
