"""A model as an ONNX file, held against automl by ONNX Runtime before it is handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from automl.errors import UsageError
from automl.export.checking import check, trial_rows
from automl.export.deriving import derive
from automl.tables.libraries import install_command, named_missing, not_installed
from automl.tables.schema import Column, ColumnKind

if TYPE_CHECKING:
    from automl.bundle.model import Model
    from automl.export.formula import Calibrated, Formula
    from automl.export.onnx.graph import Graph
    from automl.tables import Table

__all__ = ["TOLERANCE", "onnx_inputs", "onnx_of"]

#: Largest difference of a prediction, of numbers beyond 1 as a share of them.
TOLERANCE = 1e-4

_MOST_NUMBERS = 5_000_000
_OUTPUTS = ("prediction", "probabilities")
_INPUTS = {ColumnKind.CATEGORY: "string", ColumnKind.DATETIME: "moment"}
_TINY = 2.2250738585072014e-308
_NEXT_TO_ONE = 1 - 2.0**-53


def onnx_of(model: Model, golden: Table) -> bytes:
    """Return a graph that predicts what the model does.

    Parameters
    ----------
    model : Model
    golden : Table
        The rows that the model file was tried on.

    Raises
    ------
    UsageError
        If a library is missing, a part of the model cannot be written so, or what would be written differs by more than
        :data:`TOLERANCE`.
    """
    if missing := not_installed(("onnx", "onnxruntime")):
        raise UsageError(f"This needs {named_missing(missing)}.", f"Type: {install_command('onnx')}")
    formula = derive(model, "ONNX", _MOST_NUMBERS)
    check(formula, model, golden)
    content: bytes = _graph_of(formula).SerializeToString()
    _try_out(content, formula, model, trial_rows(formula, golden))
    return content


def onnx_inputs(formula: Formula, frame: pd.DataFrame) -> dict[str, Any]:
    """Return typed rows as the graph takes them.

    Numbers and truth values are doubles, dates microseconds since 1970, levels texts.

    Parameters
    ----------
    formula : Formula
    frame : DataFrame
        As :meth:`automl.bundle.model.Model.read` returns it.
    """
    inputs: dict[str, Any] = {}
    for column in formula.columns:
        name = str(column["name"])
        if column["kind"] == ColumnKind.CATEGORY:
            inputs[name] = frame[name].fillna("").to_numpy(dtype=object)[:, None]
        elif column["kind"] == ColumnKind.DATETIME:
            inputs[name] = frame[name].to_numpy(dtype="datetime64[us]").astype(np.int64)[:, None]
        else:
            inputs[name] = frame[name].to_numpy(dtype=np.float64)[:, None]
    return inputs


def _graph_of(formula: Formula) -> Any:
    from automl.export.onnx.dates import Calendar
    from automl.export.onnx.features import feature_node
    from automl.export.onnx.graph import Graph
    from automl.export.onnx.markers import unmarked, with_markers_as_levels
    from automl.export.onnx.models import model_node
    from automl.export.onnx.splitting import without_category_splits

    graph = Graph()
    formula = with_markers_as_levels(without_category_splits(formula))
    schema = [Column.from_dict(dict(column)) for column in formula.columns]
    names = {column.name: _INPUTS.get(column.kind, "double") for column in schema}
    outputs = _OUTPUTS if formula.labels else _OUTPUTS[:1]
    if taken := [name for name in outputs if name in names]:
        raise UsageError(
            f"This model cannot be written as ONNX: the column '{taken[0]}' has the name of what the graph gives out.",
            "Rename it in the data and fit again, or export the model in another format.",
        )
    if not names:
        raise UsageError("This model says the same of every row: there is nothing to export.", "Fit another one.")
    given = {name: graph.input(name, kind) for name, kind in names.items()}
    columns = {column.name: unmarked(graph, column, given[column.name]) for column in schema}
    calendar = Calendar(graph)
    matrices = [
        graph.side_by_side([feature_node(graph, feature, columns, calendar) for feature in features])
        if features
        else ""
        for features in formula.features
    ]
    any_matrix = next(filter(None, matrices))
    terms = [
        graph.node(
            "Mul",
            [model_node(graph, member.model, matrices[member.features] or any_matrix), graph.double(member.share)],
        )
        for member in formula.members
    ]
    total = graph.node("Sum", terms) if len(terms) > 1 else terms[0]
    if not formula.labels:
        graph.output("prediction", total, "double", 1)
        return graph.model("automl")
    if formula.calibration is not None:
        total = _calibrated(graph, formula.calibration, total, len(formula.labels))
    graph.output("prediction", _decided(graph, formula, total), "string", None)
    graph.output("probabilities", total, "double", len(formula.labels))
    return graph.model("automl")


def _calibrated(graph: Graph, calibration: Calibrated, shares: str, n_classes: int) -> str:
    from automl.export.onnx.features import curve_height
    from automl.export.onnx.models import softmax

    bounded = graph.node("Max", [shares, graph.double(_TINY)])
    bounded = graph.node("Min", [bounded, graph.double(_NEXT_TO_ONE if n_classes == 2 else 1.0)])
    if n_classes > 2:
        return softmax(graph, graph.node("Mul", [graph.node("Log", [bounded]), graph.double(calibration.slope)]))
    positive = graph.node("Gather", [bounded, graph.constant(np.array([1], dtype=np.int64))], axis=1)
    against = graph.node("Sub", [graph.double(1.0), positive])
    odds = graph.node("Sub", [graph.node("Log", [positive]), graph.node("Log", [against])])
    score = graph.node("Mul", [odds, graph.double(calibration.slope)])
    score = graph.node("Add", [score, graph.double(calibration.intercept)])
    if calibration.places:
        score = graph.node("Add", [score, curve_height(graph, odds, calibration.places, calibration.heights)])
    return softmax(graph, graph.side_by_side([graph.node("Mul", [score, graph.double(0.0)]), score]))


def _decided(graph: Graph, formula: Formula, shares: str) -> str:
    labels = graph.constant(np.array(formula.labels, dtype=object))
    if formula.threshold is None:
        return graph.node("Gather", [labels, graph.node("ArgMax", [shares], axis=1, keepdims=0)])
    second = graph.node("Gather", [shares, graph.constant(np.array(1, dtype=np.int64))], axis=1)
    reached = graph.node("GreaterOrEqual", [second, graph.constant(np.array([formula.threshold], dtype=np.float64))])
    from onnx import TensorProto

    return graph.node("Gather", [labels, graph.node("Cast", [reached], to=TensorProto.INT64)])


def _try_out(content: bytes, formula: Formula, model: Model, rows: Table) -> None:
    """Hold what ONNX Runtime answers against the model."""
    from onnxruntime import InferenceSession

    session = InferenceSession(content, providers=["CPUExecutionProvider"])
    expected = model.predict_table(rows)
    answers = session.run(None, onnx_inputs(formula, model.read(rows).frame))
    theirs = expected.values if expected.probabilities is None else expected.probabilities
    ours = answers[-1].reshape(theirs.shape)
    apart = float(np.max(np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs.astype(np.float64)))))
    if not apart <= TOLERANCE:
        raise UsageError(
            f"As ONNX this model would predict something else: by {apart:.1e}, and {TOLERANCE:.0e} is the most.",
            "Export it in another format.",
        )
