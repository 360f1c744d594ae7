"""Encoders as bytes: readable structure, raw arrays, and no object that is not one of ours.

skops would do the same, but importing it takes most of a second out of every prediction, since it lists every estimator
that scikit-learn has.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.features.categories import CategoryCodes, Indicators, OrderedLevels
from automl.features.dates import CyclicDateParts, DateGaps, DateParts
from automl.features.encoders import Encoder
from automl.features.generated import CategoryCrosses, GroupDistances, NumberPairs
from automl.features.numbers import FilledNumbers, Numbers, ScaledNumbers
from automl.features.parts import Finished
from automl.features.target_means import TargetMeans
from automl.features.texts import TextFeatures
from automl.features.vocabulary import Vocabulary

__all__ = ["read_encoder", "write_encoder"]

#: Every class that a stored encoder may be composed of. The names are part of the file format and stay.
_CLASSES: dict[str, type] = {
    each.__name__: each
    for each in (
        CategoryCodes,
        CategoryCrosses,
        CyclicDateParts,
        DateGaps,
        DateParts,
        Encoder,
        FilledNumbers,
        Finished,
        GroupDistances,
        Indicators,
        NumberPairs,
        Numbers,
        OrderedLevels,
        ScaledNumbers,
        TargetMeans,
        TextFeatures,
        Vocabulary,
    )
}

_LENGTH_BYTES = 8
_PLAIN_KINDS = "biuf"
_DEEPEST = 50


def write_encoder(encoder: Encoder) -> bytes:
    """Return an encoder as bytes: the length of a JSON text, the text, and the arrays it points to, end to end.

    Raises
    ------
    TypeError
        If the encoder holds anything but plain values, numeric arrays, lists, tuples, dictionaries and our own parts.
    """
    arrays: list[bytes] = []
    structure = json.dumps(_described(encoder, arrays, [0])).encode()
    return b"".join([len(structure).to_bytes(_LENGTH_BYTES, "little"), structure, *arrays])


def read_encoder(content: bytes) -> Encoder:
    """Rebuild what :func:`write_encoder` wrote; nothing in the content is executed.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the content is damaged, or names a class that is not ours.
    """
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    arrays = _Arrays(memoryview(content)[end:])
    encoder = _rebuilt(json.loads(content[_LENGTH_BYTES:end]), arrays, 0)
    if not isinstance(encoder, Encoder):
        raise TypeError("the content is not an encoder")
    return encoder


def _described(value: Any, arrays: list[bytes], offset: list[int]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return _described_array(value, arrays, offset)
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_described(each, arrays, offset) for each in value]}
    if isinstance(value, dict):
        return {"dict": {str(key): _described(each, arrays, offset) for key, each in value.items()}}
    name = type(value).__name__
    if _CLASSES.get(name) is not type(value):
        raise TypeError(f"a stored encoder cannot hold a {name}")
    state: Any = value.__getstate__()
    return {"object": name, "state": {key: _described(each, arrays, offset) for key, each in state.items()}}


def _described_array(value: NDArray[Any], arrays: list[bytes], offset: list[int]) -> dict[str, Any]:
    if value.dtype.kind not in _PLAIN_KINDS:
        raise TypeError(f"a stored encoder cannot hold an array of {value.dtype}")
    content = np.ascontiguousarray(value).tobytes()
    place = {"array": value.dtype.str, "shape": list(value.shape), "offset": offset[0]}
    arrays.append(content)
    offset[0] += len(content)
    return place


def _rebuilt(value: Any, arrays: _Arrays, depth: int) -> Any:
    if not isinstance(value, dict):
        return value
    if depth > _DEEPEST:
        raise ValueError("an encoder is nested too deeply")
    if "array" in value:
        return arrays.next(value["array"], value["shape"], value["offset"])
    if "object" in value:
        made: Any = object.__new__(_CLASSES[value["object"]])
        vars(made).update({key: _rebuilt(each, arrays, depth + 1) for key, each in value["state"].items()})
        return made
    if "dict" in value:
        return {key: _rebuilt(each, arrays, depth + 1) for key, each in value["dict"].items()}
    kind = list if "list" in value else tuple
    return kind(_rebuilt(each, arrays, depth + 1) for each in value[kind.__name__])


class _Arrays:
    """The arrays of an encoder, one after the other: many that shared their bytes would take more room than the file.

    Parameters
    ----------
    content : memoryview
    """

    def __init__(self, content: memoryview) -> None:
        self._content = content
        self._position = 0

    def next(self, kind: str, shape: list[int], offset: int) -> NDArray[Any]:
        """Return the next array; ValueError where it is of a forbidden kind or does not follow the last one."""
        dtype = np.dtype(kind)
        if dtype.kind not in _PLAIN_KINDS or min(shape, default=0) < 0 or offset != self._position:
            raise ValueError("an encoder holds an array of a forbidden kind, shape or place")
        array = np.frombuffer(self._content, dtype, int(np.prod(shape, dtype=np.int64)), offset).reshape(shape).copy()
        self._position += array.nbytes
        return array
