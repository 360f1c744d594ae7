"""Reading Universal Binary JSON (https://ubjson.org), draft 12, as XGBoost writes it, with every length checked.

XGBoost's own reader believes the lengths that a file states. This one takes only the forms that XGBoost writes, and
refuses all else, so that both read the same.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["PackedArray", "Reader", "read_document", "read_value"]

#: Reads the value at a position of its own way: returns it, and where it ends.
Reader = Callable[[bytes, int], tuple[Any, int]]

_NUMBERS = {ord(kind): struct.Struct(f">{form}") for kind, form in zip("iUIlLd", "bBhiqf", strict=True)}
_LONG_NUMBER = _NUMBERS[ord("L")]
_OBJECT, _OBJECT_END, _LIST, _TEXT, _COUNT, _KIND, _LONG, _TRUE, _FALSE = b"{}[S#$LTF"
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class PackedArray:
    """Numbers of one kind that stand one after the other.

    Attributes
    ----------
    content : bytes
        Big-endian.
    kind : int
        The letter of their type: one of ``i U I l L d`` (8, 8 unsigned, 16, 32 and 64 bits, float32).
    count : int
    """

    content: bytes
    kind: int
    count: int


def read_document(content: bytes, readers: Mapping[str, Reader]) -> Any:
    """Return what a document holds: dicts, lists, texts, numbers and packed arrays.

    Parameters
    ----------
    content : bytes
    readers : mapping of str to callable
        What reads the values of keys of these names, in place of the general reader.

    Raises
    ------
    ValueError
        If it is not well-formed, a length leads out of it, a key stands twice, or something follows its end.
    """
    value, end = read_value(content, 0, readers)
    if end != len(content):
        raise ValueError("something follows the document")
    return value


def read_value(content: bytes, position: int, readers: Mapping[str, Reader]) -> tuple[Any, int]:
    """Return the value at a position, and where it ends; arguments and errors as for :func:`read_document`."""
    try:
        return _value(content, position, readers, 0)
    except (IndexError, KeyError, struct.error) as error:
        raise ValueError("the document ends too early, or holds what is not known") from error


def _value(content: bytes, position: int, readers: Mapping[str, Reader], depth: int) -> tuple[Any, int]:
    """Return the value at a position, and where it ends."""
    kind = content[position]
    if depth > _DEEPEST:
        raise ValueError("too deep")
    if kind == _LIST:
        return _list(content, position + 1, readers, depth + 1)
    if kind == _OBJECT:
        return _object(content, position + 1, readers, depth + 1)
    if kind == _TEXT:
        return _text(content, position + 1)
    if kind in (_TRUE, _FALSE):
        return kind == _TRUE, position + 1
    form = _NUMBERS[kind]
    return form.unpack_from(content, position + 1)[0], position + 1 + form.size


def _length(content: bytes, position: int) -> int:
    if content[position] != _LONG:
        raise ValueError("a length of another type")
    (length,) = _LONG_NUMBER.unpack_from(content, position + 1)
    if not 0 <= length <= len(content):
        raise ValueError("a length beyond the document")
    return int(length)


def _text(content: bytes, position: int) -> tuple[str, int]:
    length = _length(content, position)
    begin = position + 1 + _LONG_NUMBER.size
    if begin + length > len(content):
        raise ValueError("a text beyond the document")
    return content[begin : begin + length].decode("utf-8"), begin + length


def _object(content: bytes, position: int, readers: Mapping[str, Reader], depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while content[position] != _OBJECT_END:
        key, position = _text(content, position)
        if key in found:
            raise ValueError("a key that stands twice")
        if key in readers:
            found[key], position = readers[key](content, position)
        else:
            found[key], position = _value(content, position, readers, depth)
    return found, position + 1


def _list(
    content: bytes, position: int, readers: Mapping[str, Reader], depth: int
) -> tuple[list[Any] | PackedArray, int]:
    if content[position] == _KIND:
        return _packed(content, position + 1)
    if content[position] != _COUNT:
        raise ValueError("a list of unknown length")
    count = _length(content, position + 1)
    position += 2 + _LONG_NUMBER.size
    items = []
    for _ in range(count):
        item, position = _value(content, position, readers, depth)
        items.append(item)
    return items, position


def _packed(content: bytes, position: int) -> tuple[PackedArray, int]:
    kind, size = content[position], _NUMBERS[content[position]].size
    if content[position + 1] != _COUNT:
        raise ValueError("an array of unknown length")
    count = _length(content, position + 2)
    begin = position + 3 + _LONG_NUMBER.size
    end = begin + count * size
    if end > len(content):
        raise ValueError("an array beyond the document")
    return PackedArray(content[begin:end], kind, count), end
