"""What a small model computes, as plain values: features made of cells, models made of features, and their sum.

Every export is derived from a formula: the script holds it and computes with the very code below, other formats write
down what it says. Exported scripts hold this module's text (see ``gathering``): it must not come to need a library.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from automl.export.terms import (
    DatePart,
    DaysBetween,
    Feature,
    Finish,
    IsMissing,
    Lookup,
    Measured,
    Number,
    Numbers,
    Row,
    features_of,
    on_curve,
    single,
)

__all__ = [
    "Averaged",
    "Boosted",
    "Calibrated",
    "Constant",
    "Formula",
    "Linear",
    "Member",
    "Scale",
    "Summed",
    "Tree",
    "described",
    "read_formula",
]

_ITERATIONS_AT_A_TIME = 50
_STEEPEST = 60.0
_TINY = 2.2250738585072014e-308
_NEXT_TO_ONE = 2.0**-53


@dataclass(frozen=True)
class Scale:
    """How a learned number becomes one in the target's units; see :class:`automl.models.arrays.TargetScale`."""

    center: float
    spread: float
    log: float
    highest: float

    def value(self, learned: float) -> float:
        """Return it."""
        if not self.log:
            return learned * self.spread + self.center
        exponent = min(learned, self.highest) * self.spread + self.center
        return math.exp(exponent) if self.log == 2 else math.expm1(exponent)


@dataclass(frozen=True)
class Constant:
    """The same for every row."""

    prior: Sequence[float]

    def predict(self, numbers: Numbers) -> Sequence[float]:  # noqa: ARG002
        """Return the prediction as one number, or a probability for each class."""
        return self.prior


@dataclass(frozen=True)
class Linear:
    """A weighted sum of the features for each class, or one of all."""

    coefficients: Sequence[Sequence[float]]
    intercepts: Sequence[float]
    scale: Scale | None

    def predict(self, numbers: Numbers) -> Sequence[float]:
        """Return the prediction as one number, or a probability for each class."""
        raw = [
            math.fsum([weight * number for weight, number in zip(weights, numbers, strict=True) if number is not None])
            + intercept
            for weights, intercept in zip(self.coefficients, self.intercepts, strict=True)
        ]
        return _probabilities(raw) if self.scale is None else (self.scale.value(raw[0]),)


@dataclass(frozen=True)
class Tree:
    """One tree, node by node; see :class:`automl.models.tree_arrays.TreeArrays`.

    Attributes
    ----------
    left : tuple of int
        Where the first child stands, which the second one follows; -1 for a leaf.
    feature : tuple of int
    below : tuple of float
        Smaller features go to the first child.
    missing_left : tuple of int
        1 where missing features do.
    outputs : tuple of tuple of float
        What a leaf says; empty for other nodes.
    codes : dict of str to sequence of int
        Of nodes that split by categories, those that go to the second child.
    """

    left: Sequence[int]
    feature: Sequence[int]
    below: Sequence[float]
    missing_left: Sequence[int]
    outputs: Sequence[Sequence[float]]
    codes: Mapping[str, Sequence[int]]

    def output(self, numbers: Numbers) -> Sequence[float]:
        """Return what the leaf says that a row reaches."""
        node = 0
        while self.left[node] >= 0:
            number = numbers[self.feature[node]]
            if number is None:
                goes_first = bool(self.missing_left[node])
            elif self.codes and str(node) in self.codes:
                goes_first = int(number) not in self.codes[str(node)]
            else:
                goes_first = number < self.below[node]
            node = self.left[node] + (not goes_first)
        return self.outputs[node]


@dataclass(frozen=True)
class Averaged:
    """Trees whose outputs are averaged: shares of some of the classes, or one number."""

    trees: Sequence[Tree]
    classes: Sequence[int]
    n_classes: int
    scale: Scale

    def predict(self, numbers: Numbers) -> Sequence[float]:
        """Return the prediction as one number, or a probability for each class."""
        outputs = [tree.output(numbers) for tree in self.trees]
        means = [math.fsum(each) / len(outputs) for each in zip(*outputs, strict=True)]
        if not self.n_classes:
            return (self.scale.value(means[0]),)
        probabilities = [0.0] * self.n_classes
        for code, mean in zip(self.classes, means, strict=True):
            probabilities[code] = mean / math.fsum(means)
        return probabilities


@dataclass(frozen=True)
class Boosted:
    """Trees whose outputs are added to each score in turn: in single precision, few at a time, as XGBoost does.

    Attributes
    ----------
    trees : tuple of Tree
    n_scores : int
    scale : Scale or None
    start : float
        What is added to first, the same for every score: it changes nothing but how sums are rounded.
    """

    trees: Sequence[Tree]
    n_scores: int
    scale: Scale | None
    start: float = 0.0

    def predict(self, numbers: Numbers) -> Sequence[float]:
        """Return the prediction as one number, or a probability for each class."""
        scores = [0.0] * self.n_scores
        step = _ITERATIONS_AT_A_TIME * self.n_scores
        for begin in range(0, len(self.trees), step):
            added = [self.start] * self.n_scores
            for place, tree in enumerate(self.trees[begin : begin + step]):
                score = place % self.n_scores
                added[score] = single(added[score] + tree.output(numbers)[0])
            scores = [score + more for score, more in zip(scores, added, strict=True)]
        return _probabilities(scores) if self.scale is None else (self.scale.value(scores[0]),)


@dataclass(frozen=True)
class Summed:
    """Trees whose leaves add to every score, in double precision, as CatBoost does."""

    trees: Sequence[Tree]
    n_scores: int
    scale: Scale | None

    def predict(self, numbers: Numbers) -> Sequence[float]:
        """Return the prediction as one number, or a probability for each class."""
        said = [tree.output(numbers) for tree in self.trees]
        scores = [math.fsum(outputs[score] for outputs in said) for score in range(self.n_scores)]
        return _probabilities(scores) if self.scale is None else (self.scale.value(scores[0]),)


def _probabilities(raw: Sequence[float]) -> list[float]:
    if len(raw) == 1:
        positive = 1.0 / (1.0 + math.exp(-max(-_STEEPEST, min(_STEEPEST, raw[0]))))
        return [1.0 - positive, positive]
    highest = max(raw)
    raised = [math.exp(score - highest) for score in raw]
    return [each / math.fsum(raised) for each in raised]


@dataclass(frozen=True)
class Member:
    """A model, from which of the lists of features it predicts, and its share of the prediction."""

    share: float
    features: int
    model: Constant | Linear | Averaged | Boosted | Summed


@dataclass(frozen=True)
class Calibrated:
    """How probabilities are changed; see :class:`automl.evaluation.calibration.Calibration`.

    Attributes
    ----------
    slope, intercept : float
        Of the log-odds of the second of two labels, or of the logarithms of more.
    places, heights : tuple of float
        A curve along which these log-odds are sent as well, added to the straight line; empty for none.
    """

    slope: float
    intercept: float
    places: Sequence[float] = ()
    heights: Sequence[float] = ()

    def applied(self, probabilities: Sequence[float]) -> list[float]:
        """Return calibrated probabilities."""
        if len(probabilities) == 2:
            positive = max(_TINY, min(1 - _NEXT_TO_ONE, probabilities[1]))
            odds = math.log(positive) - math.log1p(-positive)
            score = self.slope * odds + self.intercept
            if self.places:
                score += on_curve(odds, self.places, self.heights)
            small = math.exp(-abs(score))
            positive = (1.0 if score >= 0 else small) / (1 + small)
            return [1 - positive, positive]
        return _probabilities([self.slope * math.log(max(_TINY, min(1.0, each))) for each in probabilities])


@dataclass(frozen=True)
class Formula:
    """A whole model.

    Attributes
    ----------
    columns : tuple of mapping
        The columns that it reads, as :meth:`automl.tables.schema.Column.to_dict` describes them.
    labels : tuple of str
        Empty for a number.
    threshold : float or None
        From which probability the second of two labels is predicted.
    features : tuple of tuple of Feature
        The lists of features that models are given.
    members : tuple of Member
    calibration : Calibrated or None
    """

    columns: Sequence[Mapping[str, Any]]
    labels: Sequence[str]
    threshold: float | None
    features: Sequence[Sequence[Feature]]
    members: Sequence[Member]
    calibration: Calibrated | None

    def predict(self, row: Row) -> list[float]:
        """Return the prediction for one row of values: one number, or a probability for each label."""
        numbers = [features_of(features, row) for features in self.features]
        total = [0.0] * (len(self.labels) or 1)
        for member in self.members:
            predicted = member.model.predict(numbers[member.features])
            total = [before + member.share * more for before, more in zip(total, predicted, strict=True)]
        return total if self.calibration is None else self.calibration.applied(total)

    def decide(self, predicted: Sequence[float]) -> float | str:
        """Return what :meth:`predict` amounts to: the number, or a label."""
        if not self.labels:
            return predicted[0]
        if self.threshold is not None:
            return self.labels[predicted[1] >= self.threshold]
        return self.labels[max(range(len(predicted)), key=predicted.__getitem__)]


_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(Averaged, Boosted, Calibrated, Constant, DatePart, DaysBetween, Finish, Formula, IsMissing, Linear, Lookup),
        *(Measured, Member, Number, Scale, Summed, Tree),
    )
}


def described(value: Any) -> Any:
    """Return a formula, or a part of one, as JSON-ready values."""
    if type(value) in _KINDS.values():
        parts = [described(getattr(value, field.name)) for field in fields(value)]
        return {"is": type(value).__name__, "of": parts}
    if isinstance(value, list | tuple):
        return [described(each) for each in value]
    return value


def read_formula(value: Any) -> Any:
    """Rebuild what :func:`described` returned."""
    if isinstance(value, list):
        return tuple(read_formula(each) for each in value)
    if isinstance(value, dict) and value.keys() == {"is", "of"}:
        return _KINDS[value["is"]](*map(read_formula, value["of"]))
    return value
