"""The Open Inference protocol (V2): metadata of a model, and predictions of named tensors.

Source: Open Inference Protocol, https://github.com/kserve/open-inference-protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from automl import __version__
from automl.serving.answers import answered_columns, to_json
from automl.serving.hosting import Served
from automl.serving.questions import Given, Question, read_json
from automl.serving.refusals import BAD_REQUEST, UNPROCESSABLE, RefusedError
from automl.serving.tensors import BYTES, FP64, Remainder, Tensor, packed, read_tensor
from automl.tables import ColumnKind

__all__ = ["HEADER_LENGTH", "infer", "model_metadata", "server_metadata"]

#: The header that says how many bytes of JSON stand before the bytes of tensors.
HEADER_LENGTH = "inference-header-content-length"
_PLATFORM = "automl"
_MOST_DIGITS = 20
_OF_KIND = {ColumnKind.NUMERIC: FP64}


def server_metadata() -> dict[str, Any]:
    """Return what the server says of itself."""
    return {"name": _PLATFORM, "version": __version__, "extensions": ["binary_tensor_data"]}


def model_metadata(served: Served) -> dict[str, Any]:
    """Return the tensors that a model takes, one a column, and those that it gives."""
    schema = served.model.schema
    outputs = {"prediction": BYTES if schema.labels else FP64, **{f"proba_{label}": FP64 for label in schema.labels}}
    return {
        "name": served.name,
        "versions": [],
        "platform": _PLATFORM,
        "inputs": [
            {"name": name, "datatype": _OF_KIND.get(schema.column(name).kind, BYTES), "shape": [-1, 1]}
            for name in served.model.required_columns
        ],
        "outputs": [{"name": name, "datatype": kind, "shape": [-1, 1]} for name, kind in outputs.items()],
    }


@dataclass(frozen=True)
class Inference:
    """An answer: JSON, with the bytes of tensors behind it where they were asked for."""

    content: bytes
    headers: dict[str, str]


def infer(served: Served, body: bytes, header_length: str) -> Inference:
    """Return the answer to an inference request.

    Parameters
    ----------
    served : Served
    body : bytes
    header_length : str
        What the header :data:`HEADER_LENGTH` says; empty where the body is JSON alone.

    Raises
    ------
    RefusedError
        If the request is not of the form that the protocol asks for, or does not fit the model.
    """
    length = _checked_length(header_length, len(body))
    document = read_json(body[:length])
    if not isinstance(document, dict) or not isinstance(document.get("inputs"), list):
        raise RefusedError(UNPROCESSABLE, "The body must be an object with a list 'inputs'.", "", "inputs")
    rest = Remainder(body[length:])
    tensors = [read_tensor(each, f"inputs[{at}]", rest) for at, each in enumerate(document["inputs"])]
    question = served.asker.ask(_given(tensors, served.model.required_columns))
    return _answer(served, question, document)


def _checked_length(text: str, size: int) -> int:
    if not text:
        return size
    length = int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None
    if length is None or length > size:
        raise RefusedError(BAD_REQUEST, f"The header {HEADER_LENGTH} is no number of bytes of the body.", "")
    return length


def _given(tensors: list[Tensor], columns: tuple[str, ...]) -> Given:
    """Return the columns that tensors bring: one each, or all in one matrix, in the order of the metadata."""
    if len(tensors) == 1 and tensors[0].shape[1:] == (len(columns),) and tensors[0].name not in columns:
        width, values = len(columns), tensors[0].values
        matrix = {name: values[place::width] for place, name in enumerate(columns)}
        return _of_tensors(matrix, tensors[0].shape[0])
    rows = tensors[0].shape[0] if tensors else 0
    by_name: dict[str, list[Any]] = {}
    for tensor in tensors:
        if tensor.name in by_name:
            raise RefusedError(
                UNPROCESSABLE,
                f"Two tensors are called '{tensor.name[:100]}'.",
                "Give one tensor a column.",
                tensor.name[:100],
            )
        if tensor.shape[1:] not in ((), (1,)):
            raise RefusedError(
                UNPROCESSABLE,
                f"The tensor '{tensor.name[:100]}' has several columns.",
                f"Give one tensor a column, or a single one of {len(columns)} columns: {', '.join(columns[:20])}.",
                tensor.name[:100],
            )
        if tensor.shape[0] != rows:
            raise RefusedError(
                UNPROCESSABLE, f"The tensor '{tensor.name[:100]}' has other rows than the first.", "", "inputs"
            )
        by_name[tensor.name] = tensor.values
    return _of_tensors(by_name, rows)


def _of_tensors(values: Mapping[str, list[Any]], rows: int) -> Given:
    return Given(list(values), rows, values.__getitem__, lambda name, row: f"inputs.{name}[{row}]")


def _answer(served: Served, question: Question, document: Mapping[str, Any]) -> Inference:
    columns = answered_columns(served, question)
    wanted = _wanted(document, list(columns))
    described, behind = [], []
    for name, is_binary in wanted.items():
        datatype = BYTES if name == "prediction" and served.model.labels else FP64
        tensor: dict[str, Any] = {"name": name, "shape": [len(columns[name]), 1], "datatype": datatype}
        if is_binary:
            content = packed(datatype, columns[name])
            tensor["parameters"] = {"binary_data_size": len(content)}
            behind.append(content)
        else:
            tensor["data"] = columns[name]
        described.append(tensor)
    told: dict[str, Any] = {"model_name": served.name, "outputs": described}
    if isinstance(document.get("id"), str):
        told["id"] = document["id"]
    header = to_json(told)
    if not behind:
        return Inference(header, {"content-type": "application/json"})
    headers = {"content-type": "application/octet-stream", HEADER_LENGTH: str(len(header))}
    return Inference(b"".join((header, *behind)), headers)


def _wanted(document: Mapping[str, Any], names: list[str]) -> dict[str, bool]:
    """Return the outputs that are wanted, each with whether its values are to be bytes."""
    as_bytes = _parameter(document, "binary_data_output")
    outputs = document.get("outputs")
    if not outputs:
        return dict.fromkeys(names, as_bytes)
    if not isinstance(outputs, list) or not all(isinstance(each, dict) for each in outputs):
        raise RefusedError(UNPROCESSABLE, "'outputs' must be a list of objects with names.", "", "outputs")
    for each in outputs:
        if each.get("name") not in names:
            asked = f"There is no output '{str(each.get('name'))[:100]}'."
            raise RefusedError(UNPROCESSABLE, asked, f"There are: {', '.join(names[:20])}.", "outputs")
    return {each["name"]: as_bytes or _parameter(each, "binary_data") for each in outputs}


def _parameter(of: Mapping[str, Any], name: str) -> bool:
    parameters = of.get("parameters")
    return isinstance(parameters, dict) and parameters.get(name) is True
