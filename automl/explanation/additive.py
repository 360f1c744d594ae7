"""Exact contributions for models whose members all know what each of their features adds.

The boosters' own TreeSHAP and the terms of linear models add up to a member's prediction; a blend of numbers is a
weighted mean of its members, so their contributions add up to its prediction in the same way. For two classes the sums
are log-odds, and a mean of several models' probabilities is no sum of these; so there it takes a single model, whose
log-odds a calibration may have stretched and moved. Features are credited to the original columns they were made from.

Source: Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature Machine
Intelligence 2, 2020.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.model import Model, Part
from automl.explanation.shapley import spread_background
from automl.explanation.subject import Contributions, FloatArray, Subject
from automl.features.matrix import join_groups

__all__ = ["exact_contributions"]

_BACKGROUND_ROWS = 100
# In log-odds: a probability so near to 0 or 1 tells them less precisely than the contributions' own sum does.
_CERTAIN = 20.0
# XGBoost computes in single precision; what is missing by more than this share of the spread is no rounding.
_ROUNDING = 1e-4


@runtime_checkable
class _Additive(Protocol):
    """A fitted model that knows what each feature adds."""

    def contributions(self, values: NDArray[np.float32], iterations: int) -> FloatArray:
        """Return contributions of shape (n_rows, n_features + 1), what all start from in the last column."""


def exact_contributions(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame) -> Contributions | None:
    """Return what each column contributed, or None where the blend does not let it be computed.

    Parameters
    ----------
    subject : Subject
    rows, background : DataFrame
        Typed rows to explain, and typed rows that stand for what is usual. A column's contribution is told from its
        average one over the background, so that the base is the average prediction there.

    Returns
    -------
    Contributions or None
        Without error: of numbers in the target's units, of two classes in the positive one's log-odds. None for several
        models or more classes than two, along a curve of calibration, where a member is of another family, or where it
        learned from features of two columns each, which cannot be told apart.
    """
    line = _line(subject.model)
    if line is None or not all(_tells_columns_apart(part) for part in subject.model.parts()):
        return None
    usual = spread_background(subject, background, _BACKGROUND_ROWS)
    cells = pd.concat([rows, usual], ignore_index=True)
    found = _blended(subject, cells) * line[0]
    found[:, -1] += line[1]
    prediction = subject.outcomes(cells)[:, 0]
    if subject.space == "probability":
        prediction = _log_odds(prediction, found.sum(axis=1))
    missing = prediction - found.sum(axis=1)
    if np.abs(missing).max(initial=0.0) > _ROUNDING * np.abs(found).sum(axis=1).max(initial=0.0):
        return None
    values = found[: len(rows), :-1] - found[len(rows) :, :-1].mean(axis=0)
    base = float(prediction[len(rows) :].mean())
    values = _completed(values, prediction[: len(rows)] - base)
    return Contributions(
        np.array([base]),
        prediction[: len(rows), np.newaxis],
        values[..., np.newaxis],
        np.zeros((*values.shape, 1)),
        "log_odds" if subject.space == "probability" else "target",
    )


def _line(model: Model) -> tuple[float, float] | None:
    """Return by what the members' contributions are multiplied, and what is added, to come to what is explained."""
    if not model.labels:
        return 1.0, 0.0
    if len(model.labels) > 2 or model.n_models > 1:
        return None
    calibration = model.postprocessing.calibration
    return (1.0, 0.0) if calibration is None else calibration.line


def _log_odds(probability: FloatArray, sums: FloatArray) -> FloatArray:
    """Return the logarithms of the odds; of what is nearly certain, what the contributions say of it."""
    rounding = np.finfo(np.float64)
    inside = np.clip(probability, rounding.tiny, 1 - rounding.epsneg)
    odds = np.log(inside) - np.log1p(-inside)
    certain = (np.abs(odds) > _CERTAIN) & (np.sign(odds) * sums > _CERTAIN - 1)
    return np.asarray(np.where(certain, sums, odds))


def _tells_columns_apart(part: Part) -> bool:
    return isinstance(part.fitted, _Additive) and (part.encoder is None or part.encoder.name != "generated")


def _blended(subject: Subject, cells: pd.DataFrame) -> FloatArray:
    """Return the blend's contributions by original column, and what all start from in the last column."""
    total = np.zeros((len(cells), len(subject.columns) + 1))
    for part in subject.model.parts():
        total += part.share * _by_column(part, cells, subject.columns)
    return total


def _by_column(part: Part, cells: pd.DataFrame, columns: tuple[str, ...]) -> FloatArray:
    assert isinstance(part.fitted, _Additive)
    encoded = join_groups([], len(cells)) if part.encoder is None else part.encoder.transform(cells)
    found = part.fitted.contributions(encoded.values, part.iterations)
    summed = np.zeros((len(cells), len(columns) + 1))
    for feature, source in enumerate(encoded.sources):
        summed[:, columns.index(source)] += found[:, feature]
    summed[:, -1] = found[:, -1]
    return summed


def _completed(values: FloatArray, wanted: FloatArray) -> FloatArray:
    """Spread what rounding left over the contributions by their sizes, so that they add up to what is wanted."""
    sizes = np.abs(values)
    total = sizes.sum(axis=1, keepdims=True)
    shares = np.divide(sizes, total, out=np.zeros_like(sizes), where=total > 0)
    return np.asarray(values + shares * (wanted - values.sum(axis=1))[:, np.newaxis])
