"""Making a selection again on samples of the rows, and holding it against the chosen one on the rows left out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.calibration import Calibration
from automl.evaluation.metrics import Metric
from automl.evaluation.thresholds import decided

__all__ = ["Again", "Decision", "Known", "Select", "Selection", "selected_again", "within"]


class Selection(Protocol):
    """What a selection hands back: indices of candidates, and a weight for each."""

    @property
    def members(self) -> Sequence[int]:
        """Return indices into the candidates."""

    @property
    def weights(self) -> Sequence[float]:
        """Return one weight for each member, summing to 1."""


class Select(Protocol):
    """Chooses a blend of candidates by the rows it is given."""

    def __call__(
        self,
        predictions: Sequence[FloatArray],
        target: NDArray[Any],
        metric: Metric,
        weight: FloatArray | None = None,
        /,
    ) -> Selection:
        """Return the selection that is best on these rows."""


@dataclass(frozen=True)
class Decision:
    """A threshold for the positive class of two.

    Attributes
    ----------
    threshold : float
    flattery : float
        By how much the score is better on the rows that the threshold was chosen on than on others.
    """

    threshold: float
    flattery: float = 0.0


@dataclass(frozen=True)
class Known:
    """What selections are made from: the candidates' out-of-fold predictions, and how they are judged."""

    predictions: Sequence[FloatArray]
    target: NDArray[Any]
    weights: FloatArray
    metric: Metric
    decision: Decision | None

    def at(self, rows: NDArray[np.intp], times: FloatArray | float = 1.0) -> Known:
        """Return the same of some rows, each counted so many times."""
        chosen = [each[rows] for each in self.predictions]
        return replace(self, predictions=chosen, target=self.target[rows], weights=self.weights[rows] * times)

    def mixed(self, selection: Selection) -> FloatArray:
        """Return what a blend predicts."""
        total = np.zeros(self.predictions[0].shape)
        for member, share in zip(selection.members, selection.weights, strict=True):
            total += share * self.predictions[member]
        return total

    def answers(self, selection: Selection, calibration: Calibration | None) -> FloatArray:
        """Return a blend's prediction as the model would answer, and as the metric is to see it."""
        blended = self.mixed(selection)
        answered = blended if calibration is None else calibration.applied(blended)
        return decided(answered, None if self.decision is None else self.decision.threshold)

    def loss(self, prediction: FloatArray) -> float:
        """Return how far a prediction's score is from the best one."""
        return self.metric.loss(self.target, prediction, self.weights)


@dataclass(frozen=True)
class Again:
    """What selections on samples of the rows came to on the rows left out.

    Attributes
    ----------
    prediction : array of shape (n, n_classes) or (n,)
        Each row's mean prediction by the selections that did not see it; the chosen blend's where each saw it.
    flattery : array of shape (n_replicates,)
        By how much the loss was higher than that of the chosen blend on the same rows; NaN where there was none.
    """

    prediction: FloatArray
    flattery: FloatArray


def selected_again(
    known: Known,
    select: Select,
    calibration: Calibration | None,
    fitted: FloatArray,
    samples: Iterator[FloatArray],
) -> Again:
    """Select, and calibrate, on each sample, and hold that against the chosen blend on the rows left out."""
    total, times, flattery = np.zeros(fitted.shape), np.zeros(len(fitted)), []
    for counts in samples:
        drawn, left = np.flatnonzero(counts), np.flatnonzero(counts == 0)
        seen, unseen = known.at(drawn, counts[drawn]), known.at(left)
        if not seen.weights.any():
            # Where few rows have weight, a sample may miss them all: nothing can be chosen by the others.
            continue
        blend = select(seen.predictions, seen.target, seen.metric, seen.weights)
        learned = calibration
        if calibration is not None:
            learned = calibration.learned_again(seen.target, seen.mixed(blend), seen.weights)
        answers = unseen.answers(blend, learned)
        total[left] += answers
        times[left] += 1
        flattery.append(unseen.loss(answers) - unseen.loss(fitted[left]))
    by_row = times.reshape(-1, *([1] * (total.ndim - 1)))
    honest = np.where(by_row > 0, total / np.maximum(by_row, 1), fitted)
    return Again(honest, np.array(flattery))


def within(samples: Iterator[FloatArray], seconds: float | None) -> Iterator[FloatArray]:
    """Yield samples for as long as one more, at the mean pace so far, ends in time."""
    started = time.monotonic()
    for number, counts in enumerate(samples):
        elapsed = time.monotonic() - started
        if seconds is not None and number and elapsed * (number + 1) / number > seconds:
            return
        yield counts
