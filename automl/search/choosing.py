"""What becomes of the candidates: a blend, or one of them alone, by what the user wants most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.ensemble.greedy import Blend, greedy_selection, select_blend
from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric
from automl.models.registry import family
from automl.search.blending import blend_of
from automl.search.board import Evidence, Trial

__all__ = ["CHOICES", "SELECTIONS", "choose", "select_best"]


def select_best(
    predictions: Sequence[FloatArray], target: NDArray[Any], metric: Metric, weight: FloatArray | None = None
) -> Blend:
    """Select the candidate of lowest loss: a blend of one."""
    losses = [metric.loss(target, prediction, weight) for prediction in predictions]
    best = int(np.nanargmin(losses))
    return Blend((best,), (1.0,), losses[best])


def choose(optimize: str, complete: Sequence[Trial], evidence: Evidence) -> Blend:
    """Choose among the complete candidates.

    Parameters
    ----------
    optimize : str
        A key of :data:`CHOICES`.
    complete : sequence of Trial
    evidence : Evidence
    """
    return CHOICES[optimize](complete, evidence)


def _blend(complete: Sequence[Trial], evidence: Evidence) -> Blend:
    return blend_of(complete, evidence, select_blend)


def _best(complete: Sequence[Trial], evidence: Evidence) -> Blend:
    return blend_of(complete, evidence, select_best)


def _smallest(complete: Sequence[Trial], evidence: Evidence) -> Blend:
    """Choose the smallest candidate within one standard error of the best (Breiman et al. 1984)."""
    best = min(complete, key=lambda trial: trial.loss)
    error = float(np.std(best.fold_losses)) / np.sqrt(len(best.fold_losses))
    good_enough = [number for number, trial in enumerate(complete) if trial.loss <= best.loss + error]
    chosen = min(good_enough, key=lambda number: (_bytes(complete[number], evidence), complete[number].loss))
    return Blend((chosen,), (1.0,), complete[chosen].loss)


def _bytes(trial: Trial, evidence: Evidence) -> int:
    suffix = family(trial.candidate.family).suffix
    return sum(evidence.folder.model(trial.number, fold, suffix).stat().st_size for fold in trial.results)


#: What ``--optimize`` chooses at the end.
CHOICES: dict[str, Callable[[Sequence[Trial], Evidence], Blend]] = {
    "accuracy": _blend,
    "speed": _best,
    "size": _smallest,
}

#: The quick selection that stands for it while the search goes on.
SELECTIONS: dict[str, Callable[..., Blend]] = {
    "accuracy": greedy_selection,
    "speed": select_best,
    "size": select_best,
}
