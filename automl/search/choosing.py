"""What becomes of the candidates: a blend, or one of them alone, by what the user wants most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.ensemble.greedy import Blend, greedy_selection, select_blend
from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric
from automl.evaluation.paired import compare_scores
from automl.models.registry import family
from automl.search.blending import blend_of
from automl.search.board import Evidence, Trial

__all__ = ["CHOICES", "SELECTIONS", "choose", "select_best"]

#: How often one standard error to either side holds the truth.
_ONE_STANDARD_ERROR = 0.6827
_REPLICATES = 40


def select_best(
    predictions: Sequence[FloatArray], target: NDArray[Any], metric: Metric, weight: FloatArray | None = None
) -> Blend:
    """Select the candidate of lowest loss: a blend of one. A loss that is not defined counts as the highest."""
    losses = [metric.loss(target, prediction, weight) for prediction in predictions]
    best = min(range(len(losses)), key=lambda number: _or_infinite(losses[number]))
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
    best = min(complete, key=lambda trial: _or_infinite(trial.loss))
    sizes = [_bytes(trial, evidence) for trial in complete]
    by_size = sorted(range(len(complete)), key=lambda number: (sizes[number], complete[number].loss))
    chosen = next(number for number in by_size if _is_as_good(complete[number], best, evidence))
    return Blend((chosen,), (1.0,), complete[chosen].loss)


def _is_as_good(trial: Trial, best: Trial, evidence: Evidence) -> bool:
    """Whether a candidate is within one standard error of the best.

    The folds tell how far losses are from each other; one fold alone does not, but the rows of it do.
    """
    if trial is best:
        return True
    if len(best.fold_losses) == 1:
        return _differs_by_luck(trial, best, evidence)
    losses = np.array(best.fold_losses)
    losses = losses[np.isfinite(losses)]
    return len(losses) > 0 and trial.loss <= best.loss + float(np.std(losses)) / np.sqrt(len(losses))


def _differs_by_luck(trial: Trial, best: Trial, evidence: Evidence) -> bool:
    assert trial.prediction is not None
    assert best.prediction is not None
    target, weight = evidence.target[evidence.rows], evidence.weight_of(evidence.rows)
    compared = compare_scores(
        target,
        best.prediction,
        trial.prediction,
        evidence.metric,
        weight,
        replicates=_REPLICATES,
        level=_ONE_STANDARD_ERROR,
    )
    return compared.low <= 0 <= compared.high


def _or_infinite(loss: float) -> float:
    return float("inf") if np.isnan(loss) else loss


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
