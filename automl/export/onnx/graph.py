"""An ONNX graph that is put together node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

__all__ = ["ML", "Graph"]

#: The domain of operators for trees and categories.
ML = "ai.onnx.ml"

_OPSET, _ML_OPSET = 17, 3
_IR_VERSION = 8
_TYPES = {"double": TensorProto.DOUBLE, "string": TensorProto.STRING, "moment": TensorProto.INT64}


class Graph:
    """Nodes, constants, inputs and outputs; every value has a name of its own."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._count = 0
        self._taken: set[str] = set()

    def input(self, name: str, kind: str) -> str:
        """Add a column of shape (n_rows, 1) that is given, before any node."""
        self._taken.add(name)
        self._inputs.append(helper.make_tensor_value_info(name, _TYPES[kind], ["rows", 1]))
        return name

    def output(self, name: str, value: str, kind: str, width: int | None) -> None:
        """Give a value out under a name, of shape (n_rows, width), or (n_rows,) where that is None."""
        shape: list[Any] = ["rows"] if width is None else ["rows", width]
        self._outputs.append(helper.make_tensor_value_info(name, _TYPES[kind], shape))
        self._nodes.append(helper.make_node("Identity", [value], [name]))

    def constant(self, values: NDArray[Any]) -> str:
        """Add a constant."""
        name = self._name("constant")
        self._constants.append(numpy_helper.from_array(values, name))
        return name

    def double(self, *numbers: float) -> str:
        """Add a row of constant numbers, of shape (1, n)."""
        return self.constant(np.array([numbers], dtype=np.float64))

    def node(self, operator: str, inputs: Sequence[str], domain: str = "", **attributes: Any) -> str:
        """Add a node; return the name of what it computes."""
        name = self._name(operator.lower())
        self._nodes.append(helper.make_node(operator, list(inputs), [name], domain=domain, **attributes))
        return name

    def as_single(self, value: str) -> str:
        """Round to single precision."""
        return self.node("Cast", [value], to=TensorProto.FLOAT)

    def as_double(self, value: str) -> str:
        """Take numbers of single precision as double ones."""
        return self.node("Cast", [value], to=TensorProto.DOUBLE)

    def side_by_side(self, values: Sequence[str]) -> str:
        """Join values along their columns."""
        return values[0] if len(values) == 1 else self.node("Concat", values, axis=1)

    def model(self, name: str) -> ModelProto:
        """Return the whole."""
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        imports = [helper.make_opsetid("", _OPSET), helper.make_opsetid(ML, _ML_OPSET)]
        return helper.make_model(graph, opset_imports=imports, ir_version=_IR_VERSION, producer_name="automl")

    def _name(self, stem: str) -> str:
        while True:
            self._count += 1
            name = f"{stem}_{self._count}"
            if name not in self._taken:
                return name
