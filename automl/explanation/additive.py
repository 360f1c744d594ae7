"""Exact contributions for regression blends whose members all know what each of their features adds.

The boosters' own TreeSHAP and the terms of linear models add up to a member's prediction; the blend is a weighted mean
of its members, so their contributions add up to its prediction in the same way. Class probabilities do not: there the
members' sums are log-odds. Features are credited to the original columns that they were made from.

Source: Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature Machine
Intelligence 2, 2020.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.model import Part
from automl.explanation.shapley import spread_background
from automl.explanation.subject import Contributions, FloatArray, Subject
from automl.features.matrix import join_groups

__all__ = ["exact_contributions"]

_BACKGROUND_ROWS = 100
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
        Without error. None for classification, where a member is of another family, or where it learned from features
        of two columns each, which cannot be told apart.
    """
    if subject.space != "target" or not all(_tells_columns_apart(part) for part in subject.model.parts()):
        return None
    usual = spread_background(subject, background, _BACKGROUND_ROWS)
    cells = pd.concat([rows, usual], ignore_index=True)
    prediction = subject.outcomes(cells)[:, 0]
    found = _blended(subject, cells)
    missing = prediction - found.sum(axis=1)
    if np.abs(missing).max(initial=0.0) > _ROUNDING * np.abs(found).sum(axis=1).max(initial=0.0):
        return None
    values = found[: len(rows), :-1] - found[len(rows) :, :-1].mean(axis=0)
    base = float(prediction[len(rows) :].mean())
    values = _completed(values, prediction[: len(rows)] - base)
    return Contributions(
        np.array([base]), prediction[: len(rows), np.newaxis], values[..., np.newaxis], np.zeros((*values.shape, 1))
    )


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
