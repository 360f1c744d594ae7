"""Tensors of the Open Inference protocol (V2): as JSON, and as bytes behind it (its binary data extension).

Source: Open Inference Protocol, https://github.com/kserve/open-inference-protocol.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.serving.refusals import UNPROCESSABLE, RefusedError
from automl.tables.formats.records import NumberText

__all__ = ["BYTES", "FP64", "Remainder", "Tensor", "packed", "read_tensor"]

BYTES = "BYTES"
FP64 = "FP64"
_SINGLE = "FP32"
_BOOL = "BOOL"
_NUMBERS = {
    **{f"UINT{8 * size}": f"<u{size}" for size in (1, 2, 4, 8)},
    **{f"INT{8 * size}": f"<i{size}" for size in (1, 2, 4, 8)},
    **{f"FP{8 * size}": f"<f{size}" for size in (2, 4, 8)},
}
_TYPES = (_BOOL, BYTES, *_NUMBERS)
_LENGTH = struct.Struct("<I")
_MOST_DIGITS = 12
_DEEPEST = 8


@dataclass(frozen=True)
class Tensor:
    """A named tensor.

    Attributes
    ----------
    name : str
    shape : tuple of int
    values : list
        In row order: text, bool, None or :class:`NumberText`.
    """

    name: str
    shape: tuple[int, ...]
    values: list[Any]


class Remainder:
    """The bytes behind the JSON, which tensors take in their order.

    Parameters
    ----------
    content : bytes
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._start = 0

    def take(self, size: int, place: str) -> bytes:
        """Return the next bytes for the tensor at a place; RefusedError where there are fewer."""
        end = self._start + size
        if end > len(self._content):
            raise _refused(f"Behind the JSON stand fewer bytes than '{place}' announces.", place)
        taken = self._content[self._start : end]
        self._start = end
        return taken


def read_tensor(described: Any, place: str, rest: Remainder) -> Tensor:
    """Return the tensor that a member of ``inputs`` describes.

    Parameters
    ----------
    described : object
        JSON, with numbers as :class:`NumberText`.
    place : str
        Where it stands in the request.
    rest : Remainder

    Raises
    ------
    RefusedError
        If it is not of the form that the protocol asks for.
    """
    if not isinstance(described, dict) or not isinstance(described.get("name"), str):
        raise _refused(f"'{place}' must be an object with a name.", place)
    datatype = described.get("datatype")
    if datatype not in _TYPES:
        raise _refused(f"'{place}.datatype' must be one of {', '.join(_TYPES)}.", f"{place}.datatype")
    shape = _shape(described.get("shape"), place)
    size = _binary_size(described)
    if size is None:
        values = [_shortest(value, datatype) for value in _flat(described.get("data"), place)]
    else:
        values = _unpacked(datatype, rest.take(size, place), place)
    if len(values) != math.prod(shape):
        raise _refused(
            f"'{place}' holds {len(values):,} values, its shape has place for {math.prod(shape):,}.", f"{place}.shape"
        )
    return Tensor(described["name"], shape, values)


def packed(datatype: str, values: Sequence[Any]) -> bytes:
    """Return the values of an output as bytes."""
    if datatype == BYTES:
        texts = [str(value).encode() for value in values]
        return b"".join(part for text in texts for part in (_LENGTH.pack(len(text)), text))
    return np.asarray(values, dtype="<f8").tobytes()


def _refused(message: str, field: str) -> RefusedError:
    return RefusedError(UNPROCESSABLE, message, "See /v2/models/NAME for names and types.", field)


def _shape(shape: Any, place: str) -> tuple[int, ...]:
    sizes = shape if isinstance(shape, list) else []
    if not 1 <= len(sizes) <= 2 or not all(isinstance(size, NumberText) and size.isdecimal() for size in sizes):
        raise _refused(f"'{place}.shape' must be a list of one or two counts: rows, columns.", f"{place}.shape")
    if any(len(size) > _MOST_DIGITS for size in sizes):
        raise _refused(f"'{place}.shape' is larger than any request.", f"{place}.shape")
    return tuple(int(size) for size in sizes)


def _binary_size(described: dict[str, Any]) -> int | None:
    parameters = described.get("parameters")
    size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
    return int(size) if isinstance(size, NumberText) and size.isdecimal() and len(size) <= _MOST_DIGITS else None


def _flat(data: Any, place: str, depth: int = 0) -> Iterator[Any]:
    """Yield the values of nested lists in their order."""
    if not isinstance(data, list) or depth > _DEEPEST:
        raise _refused(f"'{place}.data' must be a list of values.", f"{place}.data")
    for value in data:
        if isinstance(value, list):
            yield from _flat(value, place, depth + 1)
        else:
            yield value


def _unpacked(datatype: str, content: bytes, place: str) -> list[Any]:
    if datatype == BYTES:
        return list(_texts(content, place))
    if datatype == _BOOL:
        return [bool(byte) for byte in content]
    kind = np.dtype(_NUMBERS[datatype])
    if len(content) % kind.itemsize:
        raise _refused(f"'{place}' announces {len(content):,} bytes, no whole number of {datatype}.", place)
    numbers = np.frombuffer(content, dtype=kind)
    if np.isinf(numbers.astype(np.float64)).any():
        raise _refused(f"'{place}' holds a number that is not finite.", place)
    # As text a number of NumPy is the shortest that says it in its own precision.
    return [None if text == "nan" else NumberText(text) for text in numbers.astype(str).tolist()]


def _shortest(value: Any, datatype: str) -> Any:
    """Return a number of single precision as the shortest text that says it: 5.1, not the double next to it."""
    if datatype != _SINGLE or not isinstance(value, NumberText):
        return value
    single = np.float32(value)
    return NumberText(str(single)) if np.isfinite(single) else value


def _texts(content: bytes, place: str) -> Iterator[str]:
    start = 0
    while start < len(content):
        end = start + _LENGTH.size
        length = _LENGTH.unpack_from(content, start)[0] if end <= len(content) else len(content)
        if end + length > len(content):
            raise _refused(f"'{place}' holds a text that is longer than what is left.", place)
        try:
            yield content[end : end + length].decode()
        except UnicodeDecodeError as error:
            raise _refused(f"'{place}' holds a text that is not UTF-8.", place) from error
        start = end + length
