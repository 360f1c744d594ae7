"""Writing Universal Binary JSON (https://ubjson.org), draft 12, as far as XGBoost's model files need it."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["array_head", "array_of", "key", "length", "list_head", "list_of", "numbers", "object_of", "text"]


def length(count: int) -> bytes:
    """Return how many follow."""
    return b"L" + struct.pack(">q", count)


def key(name: str) -> bytes:
    """Return the name of a field."""
    return length(len(name)) + name.encode("ascii")


def text(content: str) -> bytes:
    """Return a text."""
    return b"S" + key(content)


def object_of(**fields: bytes) -> bytes:
    """Return an object of packed fields."""
    return b"{" + b"".join(key(name) + content for name, content in fields.items()) + b"}"


def list_head(count: int) -> bytes:
    """Return what stands before the items of a list."""
    return b"[#" + length(count)


def list_of(items: list[bytes]) -> bytes:
    """Return a list of packed items."""
    return list_head(len(items)) + b"".join(items)


def array_head(kind: bytes) -> bytes:
    """Return what stands before the length of an array of big-endian numbers.

    Their kind is ``U`` (uint8), ``l`` (int32), ``L`` (int64) or ``d`` (float32).
    """
    return b"[$" + kind + b"#"


def array_of(kind: bytes, content: bytes, count: int) -> bytes:
    """Return an array of ``count`` packed numbers."""
    return array_head(kind) + length(count) + content


def numbers(numbers: NDArray[Any]) -> bytes:
    """Return a list of whole numbers, each with its kind."""
    marked = np.empty(len(numbers), dtype=[("kind", "S1"), ("value", ">i4")])
    marked["kind"], marked["value"] = b"l", numbers
    return list_head(len(numbers)) + marked.tobytes()
