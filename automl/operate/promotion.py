"""Whether a challenger may take the champion's place.

``better`` asks that the 95 % interval of the difference on held-back rows lies above zero. ``not-worse`` asks less, as
trials of a new treatment against a proven one do (U.S. Food and Drug Administration, "Non-Inferiority Clinical Trials
to Establish Effectiveness", 2016): the interval must lie above minus a margin, and the margin is a small part of what
the champion is proven to gain over a constant answer on the very same rows (the lower end of that gain's interval).
Where that gain is not proven, there is no margin, and both rules are the same.

Either rule assumes rows that tell good models from bad ones. Spoiled rows do not: a challenger that learned from them
looks better on them, be it only because it is less sure of itself. So guards come first: the columns that the champion
uses are sound, the champion still tells high rows from low ones, the challenger beats a constant answer, and its
skill (Murphy, "Skill Scores Based on the Mean Square Error", Monthly Weather Review 116, 1988: the share of the way
from a constant answer to a perfect one) is at least half of what the champion promised.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from automl.evaluation.association import chance_of_score
from automl.evaluation.metrics import Metric, find_metric
from automl.evaluation.paired import PairedScores, compare_scores
from automl.models.constant import best_constant
from automl.operate.champion import Champion
from automl.operate.comparison import compare_sides
from automl.operate.sides import Side
from automl.report.comparison_facts import ComparisonFacts
from automl.report.facts import ReportFacts
from automl.report.formatting import measured, number, percent
from automl.report.lineage_facts import VerdictFact
from automl.report.retraining_facts import GuardFact
from automl.tables import Table

__all__ = ["BETTER", "NOT_WORSE", "RULES", "Contest", "contest", "decided_without", "verdict_of"]

BETTER, NOT_WORSE = "better", "not-worse"
RULES = (BETTER, NOT_WORSE)

#: Of the champion's proven gain over a constant answer, so much may be lost by ``not-worse``.
_MARGIN = 0.05
_BY_CHANCE = 0.05
_SKILL_KEPT = 0.5


@dataclass(frozen=True)
class Contest:
    """Champion and challenger on rows that neither has seen.

    Attributes
    ----------
    comparison : ComparisonFacts
        The champion is the first.
    baseline : float
        The score of the best constant answer for these very rows.
    gains : tuple of PairedScores
        The champion's and the challenger's score beside that of the constant answer.
    chance : float
        How probable the champion's score is for predictions that know nothing of the rows.
    """

    comparison: ComparisonFacts
    baseline: float
    gains: tuple[PairedScores, PairedScores]
    chance: float

    @property
    def sign(self) -> int:
        """1 where more is better, else -1."""
        return 1 if self.comparison.greater_is_better else -1

    @property
    def margin(self) -> float:
        """How much worse the interval may say that the challenger is, by ``not-worse``; in the metric's units."""
        return _MARGIN * max(0.0, self.proven_gain(self.gains[0]))

    def proven_gain(self, gain: PairedScores) -> float:
        """Return by how much a model is better than a constant answer at least; minus infinity where unknown."""
        least = gain.low if self.sign > 0 else -gain.high
        return least if math.isfinite(least) and not gain.too_few else -math.inf


def contest(sides: tuple[Side, Side], table: Table, fitted: ReportFacts, seed: int) -> Contest:
    """Compare champion and challenger, and each with the best constant answer.

    Parameters
    ----------
    sides : tuple of Side
        Both on the rows held back, the champion first.
    table : Table
        These rows.
    fitted : ReportFacts
        Of the champion.
    seed : int
    """
    metric = find_metric(fitted.metric)
    champion = sides[0]
    scored = champion.scored
    constant = best_constant(scored.target, scored.weight, len(champion.model.labels), metric.objective)
    answer = constant.predict(np.empty((len(scored.target), 0), dtype=np.float32))
    gains = tuple(
        compare_scores(scored.target, answer, side.judged(metric), metric, scored.weight, scored.groups)
        for side in sides
    )
    return Contest(
        comparison=compare_sides(sides, table, fitted),
        baseline=metric.score(scored.target, answer, scored.weight),
        gains=(gains[0], gains[1]),
        chance=chance_of_score(scored.target, champion.judged(metric), metric, seed=seed),
    )


def decided_without(rule: str, metric: str, rows: int, why: str) -> VerdictFact:
    """Return the verdict where champion and challenger were not compared."""
    return VerdictFact(rule, promoted=False, why=why, metric=metric, rows=rows)


def verdict_of(
    held: Contest, rule: str, champion: Champion, faults: tuple[str, ...] | None, *, trusted: bool
) -> tuple[VerdictFact, tuple[GuardFact, ...]]:
    """Decide whether the challenger takes the champion's place, and say why.

    Parameters
    ----------
    held : Contest
    rule : {"better", "not-worse"}
    champion : Champion
    faults : tuple of str or None
        As :func:`~automl.operate.sound_rows.faults_of` returns them.
    trusted : bool
        Whether the user vouches for the new rows: what speaks against them is said, and does not decide.
    """
    guards = tuple(_guards(held, champion.facts, faults))
    standing = [guard for guard in guards if not guard.passed and not (trusted and guard.question in _OF_ROWS)]
    promoted, why = (False, standing[0].answer) if standing else _by_rule(held, rule)
    facts = held.comparison
    decided = facts.metrics[0]
    verdict = VerdictFact(
        rule=rule,
        promoted=promoted,
        why=why,
        metric=facts.metric,
        rows=facts.rows,
        champion=decided.first,
        challenger=decided.second,
        baseline=held.baseline if math.isfinite(held.baseline) else None,
        difference=facts.difference,
        interval=facts.interval,
        margin=held.margin if rule == NOT_WORSE else None,
    )
    return verdict, guards


_SOUND = "Are the columns that the champion uses sound in the new rows?"
_KNOWS = "Does the champion still tell the new rows apart?"
_BEATS = "Does the challenger beat a constant answer?"
_PREDICTABLE = "Can the new rows be predicted about as well as the champion's own?"
_OF_ROWS = (_SOUND, _KNOWS, _PREDICTABLE)


def _guards(held: Contest, fitted: ReportFacts, faults: tuple[str, ...] | None) -> Iterator[GuardFact]:
    metric = find_metric(fitted.metric)
    if faults is not None:
        yield GuardFact(_SOUND, not faults, " ".join(faults) or "Nothing is wrong with them.")
    if _was_better_than_constant(fitted, metric):
        yield _knows(held, fitted)
    yield _beats(held)
    if (promised := _skill(fitted.estimate.value, fitted.baseline_score, metric)) > 0:
        yield _predictable(held, promised, metric)


def _knows(held: Contest, fitted: ReportFacts) -> GuardFact:
    reached, promised = number(held.comparison.metrics[0].first), number(fitted.estimate.value)
    if held.chance <= _BY_CHANCE:
        answer = f"It reaches {reached} {fitted.metric} on the held-back rows; its own estimate is {promised}."
        return GuardFact(_KNOWS, passed=True, answer=answer)
    answer = (
        f"The champion is no better than chance on the held-back rows ({reached} {fitted.metric}, its estimate is "
        f"{promised}): their labels may be wrong, or the world is another one."
    )
    return GuardFact(_KNOWS, passed=False, answer=answer)


def _beats(held: Contest) -> GuardFact:
    gain = held.gains[1]
    change, bounds = measured(gain.difference, *_finite(gain))
    if held.proven_gain(gain) > 0:
        answer = f"It is {change} apart from the best constant answer, 95 % interval {bounds}."
        return GuardFact(_BEATS, passed=True, answer=answer)
    name = held.comparison.metric
    answer = f"The challenger is not shown to beat a constant answer: {change} {name}, 95 % interval {bounds}."
    return GuardFact(_BEATS, passed=False, answer=answer)


def _predictable(held: Contest, promised: float, metric: Metric) -> GuardFact:
    gain = held.gains[1]
    reached = _skill(gain.second, gain.first, metric)
    most = _skill(gain.first + (gain.high if held.sign > 0 else gain.low), gain.first, metric)
    figures = f"{percent(reached)} of the way from a constant answer to a perfect one; the champion promised"
    if not most < _SKILL_KEPT * promised:
        answer = f"The challenger gets {figures} {percent(promised)}."
        return GuardFact(_PREDICTABLE, passed=True, answer=answer)
    answer = (
        f"Not even the challenger predicts the held-back rows well ({figures} {percent(promised)}): many of their "
        "labels may be wrong."
    )
    return GuardFact(_PREDICTABLE, passed=False, answer=answer)


def _skill(score: float, constant: float, metric: Metric) -> float:
    """Return the share of the way from a constant answer's score to a perfect one; 0 where there is no way."""
    way = metric.optimum - constant
    return (score - constant) / way if way else 0.0


def _was_better_than_constant(fitted: ReportFacts, metric: Metric) -> bool:
    """Whether the champion's own estimate leaves its baseline behind: one that never knew anything has not fallen."""
    low, high = fitted.estimate.interval
    return low > fitted.baseline_score if metric.greater_is_better else high < fitted.baseline_score


def _by_rule(held: Contest, rule: str) -> tuple[bool, str]:
    facts = held.comparison
    if facts.difference is None:
        return False, f"{facts.metric} is not defined on the held-back rows."
    if facts.interval is None:
        return False, f"The held-back rows are too few to tell by {facts.metric}. {facts.metrics[0].why}".rstrip()
    change, bounds = measured(facts.difference, *facts.interval)
    figures = f"{change} {facts.metric}, 95 % interval {bounds}"
    if facts.verdict == "b":
        return True, f"The challenger is better: {figures}."
    if facts.verdict == "a":
        return False, f"The challenger is worse: {figures}."
    if rule == BETTER:
        return False, f"The challenger is not shown to be better: {figures}."
    least = min(held.sign * bound for bound in facts.interval)
    margin = number(held.margin)
    if least > -held.margin:
        return True, f"The challenger is not worse by more than {margin}: {figures}."
    return False, f"The challenger may be worse by more than {margin}: {figures}."


def _finite(paired: PairedScores) -> tuple[float | None, float | None]:
    return (paired.low, paired.high) if math.isfinite(paired.low) else (None, None)
