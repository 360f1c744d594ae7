"""The array types that evaluation and ensemble share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["CodeArray", "FloatArray", "ScoreOfWeights", "undefined"]

FloatArray: TypeAlias = NDArray[np.floating[Any]]
"""Predictions, weights, regression targets: float32 or float64."""

CodeArray: TypeAlias = NDArray[np.integer[Any]]
"""Class codes 0 .. n_classes - 1, or group codes."""

ScoreOfWeights: TypeAlias = Callable[[FloatArray], float]
"""Row weights of shape (n,) in, the metric's value out; what does not depend on the weights is computed once."""


def undefined(weight: FloatArray) -> float:  # noqa: ARG001 - the signature is ScoreOfWeights'
    """Return NaN whatever the weights: the score of rows for which a metric is not defined."""
    return float("nan")
