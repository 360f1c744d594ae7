"""What a regression is trained to make small, as data: the metric decides, and each library is told in its own words.

A model that minimises squared errors predicts the mean. The absolute error is lowest at the median, the pinball loss at
a quantile (Koenker and Bassett 1978), and the deviances of Poisson, gamma and Tweedie distributions at the mean of
targets whose variance grows with it (Jorgensen 1987), which is learned as its logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["SQUARED_ERROR", "Objective", "deviances"]

Name = Literal[
    "squared_error", "squared_log_error", "absolute_error", "relative_error", "quantile", "poisson", "gamma", "tweedie"
]

_SMALLEST_PROBABILITY = 1e-7
_SMALLEST_TARGET = 1e-3
_SMALLEST_MEAN = 1e-6
_TINY = 1e-300


@dataclass(frozen=True)
class Objective:
    """The loss that models are trained by. Class probabilities are always trained by log loss, whatever it says.

    Attributes
    ----------
    name : str
    parameter : float
        Of a quantile its level, of a Tweedie deviance its power, between 1 and 2; else without meaning.
    """

    name: Name
    parameter: float = 0.0

    @property
    def of_logarithm(self) -> bool:
        """Whether models learn the logarithm of the mean."""
        return self.name in ("poisson", "gamma", "tweedie")

    @property
    def level(self) -> float | None:
        """The quantile at which a constant prediction is best; None where that is the mean."""
        return {"absolute_error": 0.5, "relative_error": 0.5, "quantile": self.parameter}.get(self.name)

    @property
    def power(self) -> float:
        """How the variance grows with the mean, as a power of it."""
        return {"poisson": 1.0, "gamma": 2.0, "tweedie": self.parameter}.get(self.name, 0.0)

    def best_constant(self, target: NDArray[Any], weight: NDArray[np.float64] | None = None) -> float:
        """Return the number whose loss is lowest as the prediction of every row.

        Parameters
        ----------
        target : array of shape (n_rows,)
        weight : array of shape (n_rows,), optional
            How much each row counts, as :meth:`weights` returns it.
        """
        if self.level is None:
            return float(np.average(target, weights=weight))
        if weight is None:
            return float(np.quantile(target, self.level))
        return float(np.quantile(target, self.level, weights=weight, method="inverted_cdf"))

    def row_losses(self, prediction: NDArray[Any], target: NDArray[Any]) -> NDArray[np.float64]:
        """Return the training loss of each row.

        Parameters
        ----------
        prediction : array of shape (n_rows,) or (n_rows, n_classes)
            Numbers, or probabilities, whose loss is the negative log likelihood.
        target : array of shape (n_rows,)
        """
        if prediction.ndim == 2:
            hit = prediction[np.arange(len(target)), target].astype(np.float64)
            return np.asarray(-np.log(np.clip(hit, _SMALLEST_PROBABILITY, 1.0)))
        missing: NDArray[np.float64] = np.asarray(target - prediction.astype(np.float64))
        match self.name:
            case "squared_error":
                return np.asarray(missing**2)
            case "squared_log_error":
                return np.asarray((np.log1p(np.maximum(target, 0.0)) - np.log1p(np.maximum(prediction, 0.0))) ** 2)
            case "absolute_error":
                return np.asarray(np.abs(missing))
            case "relative_error":
                return np.asarray(np.abs(missing) * _reciprocals(target))
            case "quantile":
                return np.asarray(np.maximum(self.parameter * missing, (self.parameter - 1.0) * missing))
            case _:
                return deviances(target, prediction, self.power)

    def weights(self, target: NDArray[Any], weight: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        """Return how much each row counts in training: relative errors are absolute ones, weighted by 1 / target.

        Parameters
        ----------
        target : array of shape (n_rows,)
        weight : array of shape (n_rows,) or None
            The rows' own weights.
        """
        if self.name != "relative_error":
            return weight
        relative = _reciprocals(target)
        relative = relative / relative.mean()
        return relative if weight is None else np.asarray(relative * weight)


SQUARED_ERROR = Objective("squared_error")


def _reciprocals(target: NDArray[Any]) -> NDArray[np.float64]:
    """Return 1 / target, bounded: one target near zero would be all that counts."""
    sizes = np.abs(target.astype(np.float64))
    return np.asarray(1.0 / np.maximum(sizes, max(_SMALLEST_TARGET * float(sizes.mean()), _TINY)))


def deviances(target: NDArray[Any], prediction: NDArray[Any], power: float) -> NDArray[np.float64]:
    """Return each row's deviance from a distribution whose variance is the mean to the power of ``power``.

    Parameters
    ----------
    target : array of shape (n_rows,)
        None below 0; for a power of 2 all above 0.
    prediction : array of shape (n_rows,)
        The mean. A millionth of the mean target is the least that counts: for 0 and below it is not defined.
    power : float
        1 for Poisson, 2 for gamma, between them for Tweedie.
    """
    true = target.astype(np.float64)
    smallest = max(_SMALLEST_MEAN * float(true.mean()), _TINY)
    mean = np.maximum(prediction.astype(np.float64), smallest)
    if power == 1.0:
        ratio = np.where(true > 0, true / mean, 1.0)
        return np.asarray(2 * (true * np.log(ratio) - true + mean))
    if power == 2.0:
        positive = np.maximum(true, smallest)
        return np.asarray(2 * (np.log(mean / positive) + positive / mean - 1))
    first = true ** (2 - power) / ((1 - power) * (2 - power))
    return np.asarray(2 * (first - true * mean ** (1 - power) / (1 - power) + mean ** (2 - power) / (2 - power)))
