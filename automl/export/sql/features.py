"""Features of a formula as SQL expressions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from automl.export.sql.writing import cases, listed, literal
from automl.export.terms import Feature, Finish, IsMissing, Lookup, Measured, Source

__all__ = ["curve_height", "cut_off", "feature_value"]


def feature_value(feature: Feature, values: Mapping[str, str], sources: Mapping[Source, str]) -> str:
    """Return a feature's number in double precision, not yet cut off; NULL where it is missing.

    Parameters
    ----------
    feature : Feature
    values : mapping of str to str
        What the value of each column is called.
    sources : mapping of Source to str
        What the number of each source is called.
    """
    match feature:
        case Lookup():
            return _lookup(feature, values[feature.column])
        case IsMissing(source):
            return f"CASE WHEN {sources[source]} IS NULL THEN 1e0 ELSE 0e0 END"
        case Measured(source, finish):
            return _finished(sources[source], finish)


def cut_off(feature: Feature, number: str) -> str:
    """Return what is left of a feature's number where it is cut off far from zero."""
    if not isinstance(feature, Measured) or math.isinf(feature.finish.farthest):
        return number
    farthest, nearest = literal(feature.finish.farthest), literal(-feature.finish.farthest)
    return cases([(f"{number} > {farthest}", farthest), (f"{number} < {nearest}", nearest)], number)


def _lookup(feature: Lookup, value: str) -> str:
    by_number: dict[float | None, list[str]] = {}
    for level, number in zip(feature.levels, feature.numbers, strict=True):
        by_number.setdefault(number, []).append(level)
    pairs = [(f"{value} IN {listed(levels)}", literal(number)) for number, levels in by_number.items()]
    return cases([(f"{value} IS NULL", literal(feature.missing)), *pairs], literal(feature.unknown))


def _finished(value: str, finish: Finish) -> str:
    if finish.fill is not None:
        value = f"COALESCE({value}, {literal(finish.fill)})"
    if finish.quantiles:
        value = curve_height(value, finish.quantiles, finish.scores)
    if finish.center is None:
        return value
    return f"(({value} - {literal(finish.center)}) / {literal(finish.spread)})"


def curve_height(value: str, places: Sequence[float], heights: Sequence[float]) -> str:
    """Return the height of straight lines between points, one after the other."""
    pairs = [(f"{value} < {literal(places[0])}", literal(heights[0]))]
    points = list(zip(places, heights, strict=True))
    for (left, low), (right, high) in pairwise(points):
        slope = (high - low) / (right - left)
        piece = f"({literal(slope)} * ({value} - {literal(left)}) + {literal(low)})"
        pairs.append((f"{value} < {literal(right)}", piece))
    return cases(pairs, literal(heights[-1]))
