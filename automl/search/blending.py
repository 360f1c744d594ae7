"""The blend as it stands after each candidate, and what the search wants to know of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from automl.ensemble.greedy import Blend
from automl.models.registry import family
from automl.search.board import Evidence, Trial
from automl.search.racing import Rivals

__all__ = ["Blending", "blend_of", "contenders"]

_NOTHING = Blend((), (), float("inf"))


def blend_of(complete: Sequence[Trial], evidence: Evidence, select: Callable[..., Blend]) -> Blend:
    """Select among complete candidates by their out-of-fold predictions."""
    if not complete:
        return _NOTHING
    predictions = [trial.prediction for trial in complete]
    weight = None if evidence.weight is None else evidence.weight[evidence.rows]
    return select(predictions, evidence.target[evidence.rows], evidence.metric, weight)


def contenders(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Return the complete candidates that may be chosen: the constant baseline only where there is no other.

    Its predictions differ from fold to fold, which a ranking metric takes for a signal: in a blend it would bend the
    probabilities for nothing.
    """
    complete = tuple(trial for trial in trials if trial.prediction is not None)
    return tuple(trial for trial in complete if trial.candidate.family != "constant") or complete


class Blending:
    """Keeps the blend of the complete candidates up to date.

    Parameters
    ----------
    evidence : Evidence
    select : callable
        As :func:`~automl.ensemble.greedy.greedy_selection`.

    Attributes
    ----------
    blend : Blend
        Its members are positions in ``complete``.
    complete : tuple of Trial
    progress : list of (seconds, score)
        When the blend's selection score changed, in the metric's own units.
    """

    def __init__(self, evidence: Evidence, select: Callable[..., Blend]) -> None:
        self._evidence, self._select = evidence, select
        self.blend = _NOTHING
        self.complete: tuple[Trial, ...] = ()
        self.progress: list[tuple[float, float]] = []

    def refresh(self, trials: Sequence[Trial], elapsed: float) -> float | None:
        """Select again, ``elapsed`` seconds after the start; return by how much the loss fell, if there was a blend."""
        before = self.blend.loss
        self.complete = contenders(trials)
        self.blend = blend_of(self.complete, self._evidence, self._select)
        if self.score is not None and (not self.progress or self.score != self.progress[-1][1]):
            self.progress.append((elapsed, self.score))
        return before - self.blend.loss if math.isfinite(before) else None

    @property
    def rivals(self) -> Rivals:
        """What a new candidate is held against."""
        return Rivals(self.complete, self.blend)

    @property
    def score(self) -> float | None:
        """The blend's selection score; None while there is no blend."""
        return self._evidence.metric.to_score(self.blend.loss) if self.blend.members else None

    def shares(self) -> dict[str, float]:
        """Return each family's share of the blend."""
        shares: dict[str, float] = {}
        for member, weight in zip(self.blend.members, self.blend.weights, strict=True):
            name = self.complete[member].candidate.family
            shares[name] = shares.get(name, 0.0) + weight
        return shares

    def model_files(self) -> list[Path]:
        """Return the fold models that a model file of this blend would hold."""
        chosen = [self.complete[member] for member in self.blend.members]
        return [
            self._evidence.folder.model(trial.number, fold, family(trial.candidate.family).suffix)
            for trial in chosen
            for fold in trial.results
        ]
