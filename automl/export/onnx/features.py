"""Features of a formula as nodes of a graph: computed in double precision, then rounded, as automl does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from automl.export.onnx.dates import Calendar
from automl.export.onnx.graph import ML, Graph
from automl.export.terms import DatePart, DaysBetween, Feature, Finish, IsMissing, Lookup, Measured, Number, Source

__all__ = ["curve_height", "feature_node"]

_LARGEST = 1e37


def feature_node(graph: Graph, feature: Feature, columns: Mapping[str, str], calendar: Calendar) -> str:
    """Add a feature of shape (n_rows, 1) in single precision; NaN where it is missing.

    Parameters
    ----------
    graph : Graph
    feature : Feature
    columns : mapping of str to str
        What the value of each column is called.
    calendar : Calendar
        Of the graph.
    """
    match feature:
        case Lookup():
            return _lookup(graph, feature, columns[feature.column])
        case IsMissing(source):
            return graph.as_single(graph.node("IsNaN", [_source(graph, source, columns, calendar)]))
        case Measured(source, finish):
            finished = _finished(graph, _source(graph, source, columns, calendar), finish)
            return graph.as_single(_between(graph, finished, -_LARGEST, _LARGEST))


def _lookup(graph: Graph, feature: Lookup, column: str) -> str:
    """Look levels up; the empty text is a missing one."""
    numbers = [math.nan if number is None else number for number in (feature.missing, *feature.numbers)]
    return graph.node(
        "LabelEncoder",
        [column],
        ML,
        keys_strings=["", *feature.levels],
        values_floats=numbers,
        default_float=math.nan if feature.unknown is None else feature.unknown,
    )


def _source(graph: Graph, source: Source, columns: Mapping[str, str], calendar: Calendar) -> str:
    match source:
        case DatePart(column):
            return calendar.part(source, columns[column])
        case DaysBetween(first, second):
            return calendar.between(columns[first], columns[second])
        case Number(column, origin):
            value = columns[column]
            value = graph.node("Where", [graph.node("IsInf", [value]), graph.double(math.nan), value])
            value = _between(graph, value, -_LARGEST, _LARGEST)
            return graph.node("Sub", [value, graph.double(origin)]) if origin else value


def _finished(graph: Graph, value: str, finish: Finish) -> str:
    if finish.fill is not None:
        value = graph.node("Where", [graph.node("IsNaN", [value]), graph.double(finish.fill), value])
    if finish.quantiles:
        value = curve_height(graph, value, finish.quantiles, finish.scores)
    if finish.center is None:
        return value
    value = graph.node("Div", [graph.node("Sub", [value, graph.double(finish.center)]), graph.double(finish.spread)])
    return _between(graph, value, -finish.farthest, finish.farthest)


def curve_height(graph: Graph, value: str, places: Sequence[float], heights: Sequence[float]) -> str:
    """Return the height of straight lines between points.

    Added up is how far a number lies through each of the lines, times the line's slope.
    """
    if len(places) == 1:
        return graph.node("Add", [graph.node("Mul", [value, graph.double(0.0)]), graph.double(heights[0])])
    lengths = np.diff(np.array(places))
    through = graph.node("Sub", [value, graph.double(*places[:-1])])
    through = graph.node("Max", [through, graph.double(0.0)])
    through = graph.node("Min", [through, graph.double(*lengths.tolist())])
    slopes = graph.constant((np.diff(np.array(heights)) / lengths)[:, None])
    return graph.node("Add", [graph.node("MatMul", [through, slopes]), graph.double(heights[0])])


def _between(graph: Graph, value: str, least: float, most: float) -> str:
    if math.isinf(most):
        return value
    bounded = graph.node("Min", [graph.node("Max", [value, graph.double(least)]), graph.double(most)])
    # Whether the greater of a number and NaN is NaN is not the same everywhere.
    return graph.node("Where", [graph.node("IsNaN", [value]), value, bounded])
