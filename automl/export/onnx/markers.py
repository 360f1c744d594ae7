"""Markers of missing values in a graph: whoever fills its columns need not know them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from automl.export.formula import Formula
from automl.export.marked import marked_values
from automl.export.onnx.dates import MISSING
from automl.export.onnx.graph import Graph
from automl.export.terms import Feature, Lookup
from automl.tables.schema import Column, ColumnKind

__all__ = ["unmarked", "with_markers_as_levels"]


def unmarked(graph: Graph, column: Column, value: str) -> str:
    """Return a column of numbers or moments with missing ones where markers were; levels as they are."""
    if column.kind == ColumnKind.CATEGORY or not (marked := marked_values(column)):
        return value
    is_date = column.kind == ColumnKind.DATETIME
    kind, missing = (np.int64, MISSING) if is_date else (np.float64, math.nan)
    for each in marked:
        found = graph.node("Equal", [value, graph.constant(np.array([[each]], dtype=kind))])
        value = graph.node("Where", [found, graph.constant(np.array([[missing]], dtype=kind)), value])
    return value


def with_markers_as_levels(formula: Formula) -> Formula:
    """Return a formula that gives markers among the texts of a category the number of a missing level."""
    marked = {}
    for values in formula.columns:
        column = Column.from_dict(dict(values))
        marked[column.name] = column.missing_markers if column.kind == ColumnKind.CATEGORY else ()
    features = tuple(tuple(_with_levels(feature, marked) for feature in each) for each in formula.features)
    return replace(formula, features=features)


def _with_levels(feature: Feature, marked: dict[str, tuple[str, ...]]) -> Feature:
    if not isinstance(feature, Lookup) or not marked[feature.column]:
        return feature
    levels, numbers = (*feature.levels, *marked[feature.column]), list(feature.numbers)
    return replace(feature, levels=levels, numbers=(*numbers, *[feature.missing] * (len(levels) - len(numbers))))
