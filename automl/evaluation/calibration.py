"""Class probabilities brought nearer to what happens: their logarithms stretched, for two classes moved, or bent.

Two numbers, or a curve that rises, are learned from out-of-fold predictions, and kept only where they help rows that
they were not learned from. The order of rows by the positive class's probability stays as it is; so does the most
probable class, unless probabilities were also moved or bent. More than two classes are only stretched: a curve for each
against the rest would, once they are made to add up to one, be none of these curves, and rank rows anew.

Sources: Platt, "Probabilistic outputs for support vector machines", 1999 (sigmoid); Guo, Pleiss, Sun and Weinberger,
"On calibration of modern neural networks", ICML 2017 (temperature).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import CodeArray, FloatArray
from automl.evaluation.classification import SMALLEST_PROBABILITY
from automl.evaluation.curves import calibration_curve
from automl.evaluation.isotonic import RisingCurve, fit_rising_curve
from automl.evaluation.losses import row_losses
from automl.evaluation.resampling import RowSampler

__all__ = ["Calibration", "Method", "calibrate_out_of_fold", "learn_calibration"]

Method = Literal["temperature", "sigmoid", "isotonic"]

_Expansion: TypeAlias = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""Slope and intercept in; gradient and curvature of the mean log loss out."""

FEWEST_ROWS = 1_000
"""With fewer rows what is learned is mostly noise."""

FEWEST_ROWS_OF_A_CURVE = 2_000
"""With fewer rows a curve has too few steps to be told from one that two numbers draw."""

MOST_CELLS = 200_000
"""Of more probabilities, those of so many rows are drawn: they tell two numbers well enough."""

_FEWEST_DRAWN = 2_000

CERTAINTY = 2.0
"""The gain in log loss must be so many of its standard errors."""

PARTS = 5
STEPS = 25
_LONGEST_STEP = 1.0
_CLOSE = 1e-6
_STRETCH = (0.1, 10.0)
_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Calibration:
    """How probabilities are changed, and what that brought.

    Attributes
    ----------
    method : {"temperature", "sigmoid", "isotonic"}
        ``"temperature"`` multiplies the logarithms of the probabilities by ``slope``; ``"sigmoid"``, for two classes,
        also adds ``intercept`` to the log-odds of the positive one; ``"isotonic"`` sends these along ``curve``.
    slope, intercept : float
    log_loss, log_loss_before : float
        On rows that the numbers were not learned from, and without them.
    error, error_before : float
        Expected calibration error there: the mean distance of predicted probabilities from observed shares.
    rows : int
        That they were learned from.
    curve : RisingCurve or None
        Of ``"isotonic"``.
    """

    method: Method
    slope: float
    intercept: float = 0.0
    log_loss: float = float("nan")
    log_loss_before: float = float("nan")
    error: float = float("nan")
    error_before: float = float("nan")
    rows: int = 0
    curve: RisingCurve | None = None

    @property
    def line(self) -> tuple[float, float] | None:
        """Slope and intercept of the log-odds of two classes; None where they are sent along a curve."""
        return (self.slope, self.intercept) if self.curve is None else None

    def applied(self, prediction: FloatArray) -> FloatArray:
        """Return calibrated probabilities of the same shape (n, n_classes)."""
        if prediction.shape[1] == 2:
            odds = _log_odds(prediction, _TINY)
            moved = self.slope * odds + self.intercept if self.curve is None else self.curve.applied(odds)
            positive = _logistic(moved)
            return np.column_stack([1 - positive, positive])
        return _softmax(self.slope * _logarithms(prediction, _TINY))

    def learned_again(self, target: CodeArray, prediction: FloatArray, weight: FloatArray | None = None) -> Calibration:
        """Return the same method learned from other rows; as :func:`learn_calibration`, but without any checks."""
        kept = slice(None, None, -(-len(target) // _most_rows(prediction)))
        weights = np.ones(len(target)) if weight is None else weight
        found = _learned(target[kept], prediction[kept], weights[kept], self.method)
        return replace(self, slope=found.slope, intercept=found.intercept, curve=found.curve)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values, the curve only where there is one: older programs know no other file."""
        return {name: value for name, value in asdict(self).items() if name != "curve" or value is not None}

    def summary(self) -> dict[str, Any]:
        """Return what a person wants to know of it as JSON-ready values."""
        return {name: value for name, value in asdict(self).items() if name != "curve"}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Calibration:
        """Rebuild it from JSON values.

        Raises
        ------
        KeyError, TypeError, ValueError
            If something is missing, of another type or out of range.
        """
        curve = values.get("curve")
        numbers = {name: float(values[name]) for name in ("slope", "intercept")}
        found = cls(**{**values, **numbers, "curve": None if curve is None else RisingCurve.from_dict(curve)})
        if found.method not in ("temperature", "sigmoid", "isotonic"):
            raise ValueError(f"an unknown method: {found.method!r}")
        if (found.method == "isotonic") != (found.curve is not None):
            raise ValueError("a curve is expected where the method is isotonic, and nowhere else")
        if not (np.isfinite([found.slope, found.intercept]).all() and found.slope > 0):
            raise ValueError("finite numbers and a slope above 0 are expected")
        return found


def learn_calibration(
    target: CodeArray,
    prediction: FloatArray,
    weight: FloatArray | None = None,
    *,
    keep_labels: bool = False,
    seed: int = 0,
    groups: NDArray[Any] | None = None,
) -> Calibration | None:
    """Learn how to calibrate from out-of-fold predictions; None with too few rows, or where it does not help.

    Parameters
    ----------
    target : integer array of shape (n,)
        Class codes.
    prediction : array of shape (n, n_classes)
        For rows that the models were not fitted to.
    weight : array of shape (n,), optional
    keep_labels : bool
        Leave out the methods that may change which class is the most probable.
    seed : int
        Of the rows, where they are many, and of the parts.
    groups : array of shape (n,), optional
        Rows with equal values are not independent of each other: it has to help groups that nothing was learned from,
        by more than what differs from group to group.
    """
    if len(target) < FEWEST_ROWS or not np.isfinite(prediction).all():
        return None
    weights = np.ones(len(target)) if weight is None else weight
    if len(target) > _most_rows(prediction):
        drawn = np.random.default_rng(seed).choice(len(target), _most_rows(prediction), replace=False)
        target, prediction, weights = target[drawn], prediction[drawn], weights[drawn]
        groups = None if groups is None else groups[drawn]
    sampler = RowSampler.of(len(target), groups)
    if sampler.units < PARTS:
        return None
    before = row_losses(target, prediction)
    methods = _methods(prediction, keep_labels)
    tried = {method: calibrate_out_of_fold(target, prediction, weights, method, seed, groups) for method in methods}
    losses = {method: row_losses(target, calibrated) for method, calibrated in tried.items()}
    method = _best(losses, weights, sampler)
    if not _helps(before - losses[method], weights, sampler):
        return None
    total = weights.sum()
    return replace(
        _learned(target, prediction, weights, method),
        log_loss=float(np.dot(weights, losses[method]) / total),
        log_loss_before=float(np.dot(weights, before) / total),
        error=_calibration_error(target, tried[method], weights),
        error_before=_calibration_error(target, prediction, weights),
        rows=len(target),
    )


def calibrate_out_of_fold(
    target: CodeArray,
    prediction: FloatArray,
    weight: FloatArray | None,
    method: Method,
    seed: int = 0,
    groups: NDArray[Any] | None = None,
) -> FloatArray:
    """Return calibrated probabilities, each part of the rows by what was learned from the other parts.

    Parameters
    ----------
    target, prediction, weight, seed, groups
        As for :func:`learn_calibration`.
    method : {"temperature", "sigmoid", "isotonic"}
    """
    like = Calibration(method, 1.0)
    calibrated = np.empty(prediction.shape)
    part = RowSampler.of(len(target), groups).parted(PARTS, np.random.default_rng(seed))
    for number in np.unique(part):
        inside = part == number
        other = None if weight is None else weight[~inside]
        learned = like.learned_again(target[~inside], prediction[~inside], other)
        calibrated[inside] = learned.applied(prediction[inside])
    return calibrated


def _methods(prediction: FloatArray, keep_labels: bool) -> tuple[Method, ...]:
    if prediction.shape[1] != 2 or keep_labels:
        return ("temperature",)
    return ("temperature", "sigmoid", *(("isotonic",) if len(prediction) >= FEWEST_ROWS_OF_A_CURVE else ()))


def _best(losses: Mapping[Method, FloatArray], weight: FloatArray, sampler: RowSampler) -> Method:
    """Return the method of the lowest loss; a curve only where it is better than two numbers by more than chance."""
    straight = [method for method in losses if method != "isotonic"]
    best = min(straight, key=lambda method: float(np.dot(weight, losses[method])))
    if "isotonic" in losses and _helps(losses[best] - losses["isotonic"], weight, sampler):
        return "isotonic"
    return best


def _most_rows(prediction: FloatArray) -> int:
    return max(_FEWEST_DRAWN, int(MOST_CELLS // prediction.shape[1]))


def _helps(gains: FloatArray, weight: FloatArray, sampler: RowSampler) -> bool:
    """Say whether the mean gain is above what chance brings, which groups of rows have as a whole."""
    total = float(weight.sum())
    mean = float(np.dot(weight, gains)) / total
    beside = weight * (gains - mean)
    if sampler.codes is not None:
        beside = np.bincount(sampler.codes, beside, sampler.units)
    error = float(np.sqrt((beside**2).sum())) / total
    return mean > CERTAINTY * error and mean > 0


def _calibration_error(target: CodeArray, prediction: FloatArray, weight: FloatArray) -> float:
    """Return the expected calibration error of the positive class of two, or the mean over the classes of more."""
    codes = [1] if prediction.shape[1] == 2 else range(prediction.shape[1])
    curves = [calibration_curve(target == code, prediction[:, code], weight=weight) for code in codes]
    return float(np.mean([curve.summary or 0.0 for curve in curves]))


def _log_odds(prediction: FloatArray, smallest: float) -> FloatArray:
    """Return the positive class's log-odds: of its own probability alone, so that no two rows change places."""
    largest = 1 - max(smallest, float(np.finfo(np.float64).epsneg))
    positive = np.clip(prediction[:, 1].astype(np.float64), smallest, largest)
    return np.asarray(np.log(positive) - np.log1p(-positive))


def _logarithms(prediction: FloatArray, smallest: float) -> FloatArray:
    return np.asarray(np.log(np.clip(prediction.astype(np.float64), smallest, 1.0)))


def _logistic(scores: FloatArray) -> FloatArray:
    small = np.exp(-np.abs(scores))
    return np.asarray(np.where(scores >= 0, 1.0, small) / (1 + small))


def _softmax(scores: FloatArray) -> FloatArray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _learned(target: CodeArray, prediction: FloatArray, weight: FloatArray, method: Method) -> Calibration:
    if method == "isotonic":
        curve = fit_rising_curve(target, _log_odds(prediction, SMALLEST_PROBABILITY), weight)
        return Calibration(method, 1.0, curve=curve)
    return Calibration(method, *_fit(target, prediction, weight, method))


def _fit(target: CodeArray, prediction: FloatArray, weight: FloatArray, method: Method) -> tuple[float, float]:
    """Return slope and intercept of the lowest log loss, by Newton's method; what is asked for is convex."""
    share = weight / weight.sum()
    if prediction.shape[1] == 2:
        expand = _sigmoid_expansion(target, _log_odds(prediction, SMALLEST_PROBABILITY), share, method)
    else:
        expand = _temperature_expansion(target, _logarithms(prediction, SMALLEST_PROBABILITY), share)
    numbers = np.array([1.0, 0.0])
    for _ in range(STEPS):
        gradient, curvature = expand(numbers)
        step = np.linalg.lstsq(curvature, gradient)[0]
        numbers = numbers - step * min(1.0, _LONGEST_STEP / (np.abs(step).max() + _TINY))
        if np.abs(step).max() < _CLOSE:
            break
    return float(np.clip(numbers[0], *_STRETCH)), float(numbers[1])


def _sigmoid_expansion(target: CodeArray, odds: FloatArray, share: FloatArray, method: Method) -> _Expansion:
    moves = np.column_stack([odds, np.full(len(odds), float(method == "sigmoid"))])

    def expand(numbers: FloatArray) -> tuple[FloatArray, FloatArray]:
        positive = _logistic(numbers[0] * moves[:, 0] + numbers[1] * moves[:, 1])
        spread = share * positive * (1 - positive)
        gradient = np.einsum("i,ij->j", share * (positive - target), moves)
        return np.asarray(gradient), np.asarray(np.einsum("i,ij,ik->jk", spread, moves, moves))

    return expand


def _temperature_expansion(target: CodeArray, logarithms: FloatArray, share: FloatArray) -> _Expansion:
    chosen = float((share * logarithms[np.arange(len(target)), target]).sum())

    def expand(numbers: FloatArray) -> tuple[FloatArray, FloatArray]:
        weighed = _softmax(numbers[0] * logarithms) * logarithms
        mean = weighed.sum(axis=1)
        spread = np.einsum("ij,ij->i", weighed, logarithms) - mean**2
        return np.array([(share * mean).sum() - chosen, 0.0]), np.diag([(share * spread).sum(), 0.0])

    return expand
