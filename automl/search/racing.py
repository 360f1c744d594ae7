"""Racing: dropping a candidate after its first fold, where it cannot help the blend.

A candidate that is worse than the best alone may still be worth its time, if its errors are its own. So the question is
not how good it is, but whether any mixture of the blend and the candidate is better than the blend on the fold's rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.ensemble.greedy import Blend, blend_predictions
from automl.evaluation.arrays import FloatArray
from automl.search.board import Evidence, Trial

__all__ = ["Rivals", "is_hopeless", "presumed_loss"]

_FEWEST_RIVALS = 4
_SHARES = (0.1, 0.25, 0.5)
_NEVER_RACED = ("constant", "linear")


@dataclass(frozen=True)
class Rivals:
    """The complete candidates a new one is held against, and the blend made of them."""

    members: tuple[Trial, ...]
    blend: Blend


def is_hopeless(trial: Trial, rivals: Rivals, evidence: Evidence) -> bool:
    """Whether no mixture with the candidate is better than the blend on the rows of the first fold.

    The candidate is judged at its own best stage, which flatters it a little: a doubtful one goes on.
    """
    if trial.candidate.family in _NEVER_RACED or len(rivals.members) < _FEWEST_RIVALS or not rivals.blend.members:
        return False
    valid = evidence.splits.folds[0][1]
    blended = _blended(rivals, np.searchsorted(evidence.rows, valid))
    candidate = trial.first_fold_prediction(evidence)
    unmixed = evidence.loss(blended, valid)
    mixed = [evidence.loss((1 - share) * blended + share * candidate, valid) for share in _SHARES]
    return min(mixed) >= unmixed


def presumed_loss(trial: Trial, rivals: Rivals, evidence: Evidence) -> float:
    """Return what a dropped candidate's loss would have been: the best rival's, plus the distance on the first fold."""
    best = min(rivals.members, key=lambda rival: rival.loss)
    valid = evidence.splits.folds[0][1]
    return best.loss + evidence.loss(trial.first_fold_prediction(evidence), valid) - best.fold_losses[0]


def _blended(rivals: Rivals, rows: NDArray[np.intp]) -> FloatArray:
    chosen = [rivals.members[member].prediction for member in rivals.blend.members]
    return blend_predictions([each[rows] for each in chosen if each is not None], rivals.blend.weights)
