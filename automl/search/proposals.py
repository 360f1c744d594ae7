"""Which candidate is tried next: the portfolio in order, then the family that promises most for the blend."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.features import ENCODING_NAMES
from automl.models.family import Choice, Family, Parameter
from automl.models.objectives import Objective
from automl.models.portfolio import LOG_TARGET_FAMILIES, PORTFOLIO, Candidate, suited, with_first, with_log_targets
from automl.models.registry import family
from automl.preparation.splits import SplitPlan
from automl.search.board import RACED_OUT, Trial
from automl.search.smaller import smaller_candidate
from automl.search.studies import FamilyStudy

__all__ = ["Proposals", "is_skewed", "log_choices"]

_CURIOSITY = 0.08

#: Worker seconds of a candidate of each family in relation to LightGBM's, on tables of 3,000 to 20,000 rows.
_COST = {
    "lightgbm": 1.0,
    "xgboost": 1.3,
    "catboost": 2.5,
    "extra_trees": 0.6,
    "random_forest": 0.8,
    "hist_gradient_boosting": 1.5,
    "multilayer_perceptron": 1.0,
}
_SAFETY = 1.15
_MOST_ATTEMPTS = 8

Key = tuple[str, str, tuple[tuple[str, Any], ...]]


def is_skewed(target: NDArray[Any], n_classes: int) -> bool:
    """Whether a regression target has no negative value and a long tail of large ones: a skewness above 1."""
    if n_classes or target.min() < 0:
        return False
    deviation = target - target.mean()
    return bool((deviation**3).mean() > target.std() ** 3)


def log_choices(target: NDArray[Any], n_classes: int, objective: Objective) -> tuple[bool, ...]:
    """Return whether candidates learn the target (False), its logarithm (True) or one or the other.

    Squared errors of logarithms ask for logarithms; deviances have a logarithm of their own, that of the mean.
    """
    if objective.name == "squared_log_error":
        return (True,)
    return (False, True) if is_skewed(target, n_classes) and not objective.of_logarithm else (False,)


class Proposals:
    """Proposes candidates and learns from what became of them.

    Parameters
    ----------
    families : tuple of str
    seed : int
    splits : SplitPlan
        Its size rules out families that would be too slow.
    logs : tuple of bool
        As :func:`log_choices` returns them.
    encodings : tuple of str
        That candidates may learn from.
    first : tuple of Candidate
        Known to be good: tried right after the baseline, before the rest of the portfolio.
    classes : bool
        Whether classes are learned.
    """

    def __init__(
        self,
        families: tuple[str, ...],
        seed: int,
        splits: SplitPlan,
        logs: tuple[bool, ...] = (False,),
        encodings: tuple[str, ...] = ENCODING_NAMES,
        first: tuple[Candidate, ...] = (),
        *,
        classes: bool = True,
    ) -> None:
        rows = len(splits.folds[0][0])
        self._families = tuple(name for name in families if rows <= family(name).max_rows)
        known = tuple(each for each in suited(first, encodings) if _learns_one_of(logs, each))
        self._portfolio = with_first(with_log_targets(suited(PORTFOLIO, encodings), logs), known)
        self._queue = [each for each in self._portfolio if each.family in self._families]
        more: dict[str, Parameter] = {"log_target": Choice(logs)} if any(logs) else {}
        self._tunable = {
            name: _limited(family(name), encodings, more if name in LOG_TARGET_FAMILIES else {}, classes=classes)
            for name in self._families
            if family(name).space
        }
        self._studies = {
            name: FamilyStudy(described, seed + number)
            for number, (name, described) in enumerate(self._tunable.items())
        }
        self._generator = np.random.default_rng(seed)
        self._seconds: dict[str, list[float]] = {}
        self._shares: dict[str, float] = {}
        self._known: set[int] = set()
        self._losses: dict[Key, float | None] = {}
        self._failures: dict[str, int] = {}
        self._selection: tuple[str, ...] | None = None
        self._selection_trial_pending = False
        self._selection_gain: dict[str, float] = {}
        self._first_boosted: Trial | None = None
        self._adopted: tuple[str, ...] | None = None

    def knows(self, number: int) -> bool:
        """Whether a trial was told already."""
        return number in self._known

    def repeat(self, trial: Trial) -> None:
        """Take a candidate that a former run proposed as proposed; it gets a study trial where a study did so."""
        if trial.columns is not None and trial.columns == self._selection:
            self._selection_trial_pending = False
        self._losses.setdefault(_key(trial.candidate), None)
        if trial.candidate in self._queue:
            self._queue.remove(trial.candidate)
        elif trial.candidate not in self._portfolio and trial.candidate.family in self._studies:
            study = self._studies[trial.candidate.family]
            trial.study = study.repeat(trial.candidate.hyperparameters, trial.candidate.encoding)

    def offer_selection(self, useful: tuple[str, ...], columns: int) -> None:
        """Consider learning from the useful columns alone: one candidate is tried both ways."""
        if 0 < len(useful) < columns:
            self._selection = tuple(sorted(useful))
            self._selection_trial_pending = True

    def columns_for_next(self) -> tuple[str, ...] | None:
        """Return the columns the next candidate learns from; None means all."""
        return self._selection if self._selection_trial_pending and self._first_boosted is not None else self._adopted

    def next(self, affordable: float | None) -> tuple[Candidate, int | None] | None:
        """Return a candidate and its study trial, or None where nothing can be afforded.

        Parameters
        ----------
        affordable : float or None
            Worker seconds left; None where no clock may be read.
        """
        if self._selection_trial_pending and self._first_boosted is not None:
            self._selection_trial_pending = False
            return self._first_boosted.candidate, None
        for position, candidate in enumerate(self._queue):
            if self._fits(candidate.family, affordable):
                return self._queue.pop(position), None
        return self._from_study(affordable)

    def tell(self, trial: Trial, shares: dict[str, float]) -> None:
        """Learn how a trial ended, and each family's share of the blend."""
        self._known.add(trial.number)
        if not np.isnan(trial.loss):
            self._losses[_key(trial.candidate)] = trial.loss
        name = trial.candidate.family
        self._shares = shares
        if trial.prediction is None:
            self._failures[name] = self._failures.get(name, 0) + (trial.status != RACED_OUT)
            if smaller := smaller_candidate(trial.candidate, trial.status):
                self._queue.insert(0, smaller)
        else:
            self._seconds.setdefault(name, []).append(trial.seconds)
            self._judge_selection(trial)
        if name not in self._studies:
            return
        if trial.study is not None:
            self._studies[name].tell(trial.study, None if np.isnan(trial.loss) else trial.loss)
        elif trial.prediction is not None and not np.isnan(trial.loss):
            self._studies[name].add(trial.candidate.hyperparameters, trial.candidate.encoding, trial.loss)

    def _judge_selection(self, trial: Trial) -> None:
        if trial.columns is None and self._first_boosted is None and trial.iterations and trial.iterations[0] > 0:
            self._first_boosted = trial
        first = self._first_boosted
        if first is not None and trial.columns == self._selection and trial.candidate == first.candidate:
            self._adopted = self._selection if trial.loss < first.loss else None

    def _fits(self, name: str, affordable: float | None) -> bool:
        if self._failures.get(name, 0) >= 2 and name not in self._seconds:
            return False
        if affordable is None or not self._seconds:
            return True
        return _SAFETY * self._expected_seconds(name) < affordable

    def _expected_seconds(self, name: str) -> float:
        """Return the worker seconds a candidate takes: as the family took, or in relation to those already seen."""
        if name in self._seconds:
            return float(np.median(self._seconds[name]))
        seen = [float(np.median(seconds)) / _COST[other] for other, seconds in self._seconds.items() if other in _COST]
        return _COST.get(name, 1.0) * max(seen, default=0.0)

    def _from_study(self, affordable: float | None) -> tuple[Candidate, int | None] | None:
        names = [name for name in self._tunable if self._fits(name, affordable)]
        while names:
            promise = np.array([self._shares.get(name, 0.0) + _CURIOSITY for name in names])
            if affordable is not None:
                promise /= np.sqrt([max(0.05, self._expected_seconds(name)) for name in names])
            name = names[int(self._generator.choice(len(names), p=promise / promise.sum()))]
            if (found := self._new_candidate(name)) is not None:
                return found
            names.remove(name)
        return None

    def _new_candidate(self, name: str) -> tuple[Candidate, int] | None:
        """Ask a family's study until it names a candidate that was not tried yet; None where it names no other.

        A study that goes on after an interruption draws what it drew before; other reasons are rounding, and a space of
        few settings.
        """
        study = self._studies[name]
        for _ in range(_MOST_ATTEMPTS):
            number, values = study.ask()
            encoding = str(values.pop("encoding", self._tunable[name].encodings[0]))
            candidate = Candidate(name, encoding, _plain(values))
            if _key(candidate) not in self._losses:
                self._losses[_key(candidate)] = None
                return candidate, number
            study.tell(number, self._losses[_key(candidate)])
        return None


def _learns_one_of(logs: tuple[bool, ...], candidate: Candidate) -> bool:
    """Whether a candidate learns the target in a way that is open to it here: as it is, or as its logarithm."""
    return candidate.family not in LOG_TARGET_FAMILIES or bool(candidate.hyperparameters.get("log_target")) in logs


def _limited(described: Family, encodings: tuple[str, ...], more: dict[str, Parameter], *, classes: bool) -> Family:
    """Return a family with what is of use here of its encodings and hyperparameters, and with more hyperparameters."""
    useful = tuple(name for name in described.encodings if name in (*encodings, "none"))
    useless = {
        *(() if "native" in encodings else described.category_parameters),
        *(() if classes else described.class_parameters),
    }
    space = {name: parameter for name, parameter in described.space.items() if name not in useless}
    return replace(described, space={**space, **more}, encodings=useful)


def _key(candidate: Candidate) -> Key:
    return candidate.family, candidate.encoding, tuple(sorted(candidate.hyperparameters.items()))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Round to what a person can read; the difference is far below what a fit can feel."""
    return {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in values.items()}
