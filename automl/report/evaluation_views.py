"""The tables of an evaluation as written text, shared by the formats."""

from __future__ import annotations

import math
from typing import Any

from automl.report.bounds_views import bounds_sections
from automl.report.evaluation_facts import EvaluationFacts, FairnessFact
from automl.report.formatting import ABSENT, count, measured, number, percent, plural
from automl.report.metric_notes import metric_note
from automl.report.sections import Section
from automl.report.wording import estimate_texts, without_weight

__all__ = ["sections", "verdict"]

_FAIRNESS = ("selection_rate", "impact_ratio", "recall", "opportunity_difference", "calibration_gap")


def verdict(facts: EvaluationFacts) -> tuple[str, ...]:
    """Say in plain sentences how good the model is on these rows, and whether that is what was promised."""
    lines = [_score_sentence(facts), _promise_sentence(facts)]
    if facts.learned_from:
        lines.append("These are the rows the model learned from: on new rows it will be worse. Judge it on others.")
    if facts.without_weight is not None:
        lines.append(without_weight(facts.without_weight))
    if facts.min_score is not None:
        reached = "reached" if facts.min_score_met else "missed"
        lines.append(f"The score asked for, {number(facts.min_score)}, is {reached}.")
    if facts.threshold is not None:
        lines.append(f"“{facts.labels[1]}” is predicted from a probability of {number(facts.threshold)} on.")
    if facts.coverage is not None:
        held = percent(facts.coverage["value"])
        lines.append(f"Bounds at the level {facts.coverage['level']:g} held the truth of {held} of the rows.")
    if facts.left_out:
        lines.append(
            f"{plural(facts.left_out, 'row')} without a target that can be scored {_were(facts.left_out)} left out."
        )
    return tuple(line for line in lines if line)


def _were(amount: int) -> str:
    return "was" if amount == 1 else "were"


def _score_sentence(facts: EvaluationFacts) -> str:
    if facts.metric not in facts.metrics:
        rows = "this row" if facts.rows == 1 else f"these {count(facts.rows)} rows"
        present = [label for label, amount in facts.target_counts if amount]
        why = f": all are “{present[0]}”" if len(present) == 1 and facts.rows > 1 else ""
        return f"{facts.metric} is not defined on {rows}{why}."
    value, bounds = measured(*facts.metrics[facts.metric])
    baseline = facts.baseline.get(facts.metric)
    beside = f"; one answer for every row would score {number(baseline)}" if baseline is not None else ""
    within = "" if bounds == ABSENT else f", 95 % interval {bounds}"
    return f"On {plural(facts.rows, 'row')} the {facts.metric} is {value}{within}{beside}."


def _promise_sentence(facts: EvaluationFacts) -> str:
    value, bounds = estimate_texts(facts.estimate)
    promised = f"The model file promises {value}, 95 % interval {bounds}"
    if facts.within_estimate is None:
        few = facts.metric in facts.metrics and math.isnan(facts.metrics[facts.metric][1])
        return f"{promised}{'; these rows are too few to tell whether it is kept' if few else ''}."
    if facts.within_estimate:
        return f"{promised}: the score is inside."
    found = facts.metrics[facts.metric][0]
    better = (found > facts.estimate.value) == facts.greater_is_better
    side = "better" if better else "worse"
    if facts.agrees_with_estimate:
        return f"{promised}: the score is outside, {side}, but no further than these rows can tell."
    return f"{promised}: the score is {side} than that, by more than chance explains."


def sections(facts: EvaluationFacts) -> tuple[Section, ...]:
    """Return every table that has rows, in the order in which they are read."""
    every = (
        _metrics(facts),
        _by(facts),
        *(_fairness(fact, place) for place, fact in enumerate(facts.fairness, 1)),
        *bounds_sections(facts.coverage, facts.labels),
        _quantiles(facts),
        _offsets(facts),
        _slices(facts),
        _per_class(facts),
        _gains(facts),
        _worst(facts),
    )
    return tuple(section for section in every if section.rows)


def _metrics(facts: EvaluationFacts) -> Section:
    rows = []
    for name, (value, low, high) in sorted(facts.metrics.items(), key=lambda item: item[0] != facts.metric):
        shown, bounds = measured(value, low, high)
        rows.append((name, shown, bounds, number(facts.baseline.get(name)), metric_note(name).meaning))
    header = ("Metric", "Value", "95 % interval", "Baseline", "What it says")
    note = "The one the model was made for first. Baseline: one answer for every row, learned from the training rows."
    return Section("metrics", "Metrics", note, header, tuple(rows), (1, 2, 3))


def _by(facts: EvaluationFacts) -> Section:
    if facts.by is None:
        return Section("by", "", "", (), ())
    rows = []
    for level in facts.by.levels:
        bounds = (None, None) if level.interval is None else level.interval
        rows.append((level.level, count(level.rows), *measured(level.value, *bounds)))
    header = (facts.by.column, "Rows", facts.by.metric, "95 % interval")
    note = (
        "Each level's rows scored on their own. A wide interval means few rows; a dash, that the metric is not defined."
    )
    return Section("by", f"By {facts.by.column}", note, header, tuple(rows), (1, 2, 3))


def _fairness(fact: FairnessFact, place: int) -> Section:
    rows = tuple(
        (
            f"{each['group']} (reference)" if each["reference"] else each["group"],
            count(each["rows"]),
            *(_figure(each[name]) for name in _FAIRNESS),
        )
        for each in fact.groups
    )
    note = (
        f"How often “{fact.positive}” is predicted; the largest group is the reference; in brackets 95 % intervals. "
        "Selection rate: share of the group's rows that get it. Disparate impact: that rate over the reference's; 1 is "
        "even, below 0.8 is commonly taken as a warning. Recall: share of the rows that should get it and do. Equal "
        "opportunity: that recall less the reference's; 0 is even. Calibration: observed share less predicted "
        "probability; below 0 the group is promised too much. Where groups differ not all of these can be even."
    )
    header = ("Group", "Rows", "Selection rate", "Disparate impact", "Recall", "Equal opportunity", "Calibration")
    return Section(f"fairness-{place}", f"Fairness by {fact.column}", note, header, rows, (1, 2, 3, 4, 5, 6))


def _figure(figure: dict[str, float] | None) -> str:
    if figure is None:
        return ABSENT
    shown, bounds = measured(figure["value"], figure["low"], figure["high"])
    return f"{shown} ({bounds})"


def _quantiles(facts: EvaluationFacts) -> Section:
    rows = tuple(
        (f"{each['quantile']:g}", percent(each["below"]), *measured(each["pinball"], *each["interval"]))
        for each in facts.quantiles
    )
    note = (
        "The bounds of intervals at the levels 0.5, 0.8 and 0.9, each as the quantile that it stands for: that share "
        "of the rows should lie below. The pinball loss is lowest for the true quantiles; by it bounds are compared."
    )
    header = ("Quantile", "Truth below", "Pinball loss", "95 % interval")
    return Section("quantiles", "Bounds as quantiles", note, header, rows, (0, 1, 2, 3))


def _offsets(facts: EvaluationFacts) -> Section:
    rows = tuple(
        (each.column, each.level, count(each.rows), *measured(each.value, *each.interval)) for each in facts.offsets
    )
    note = (
        f"Mean over the rows of each level, of the columns that matter most: {_left_over(facts.labels)}. Above 0 the "
        "model says too little there, below 0 too much; an interval without 0 is more than chance, but of twenty "
        "levels one is so by chance."
    )
    header = ("Column", "Level", "Rows", "Mean residual", "95 % interval")
    return Section("offsets", "Residuals by column", note, header, rows, (2, 3, 4))


def _left_over(labels: tuple[str, ...]) -> str:
    """Say what a residual is."""
    if not labels:
        return "actual less predicted"
    if len(labels) == 2:
        return "the positive class (1 or 0) less its probability"
    return "whether the most probable class is the true one (1 or 0) less its probability"


def _slices(facts: EvaluationFacts) -> Section:
    rows = tuple(
        (
            " and ".join(each.conditions),
            count(each.rows),
            number(each.value),
            number(each.loss),
            number(each.loss_elsewhere),
            number(each.p_value, 2),
        )
        for each in facts.slices
    )
    header = ("Rows where", "Rows", facts.metric, "Mean loss", "Elsewhere", "p")
    note = (
        "Found on one half of the rows and tested on the other; p is corrected for how many were looked at. The loss "
        "of a row is minus the log of the true class's probability, or the distance from the true number."
    )
    return Section("slices", "Where it does worst", note, header, rows, (1, 2, 3, 4, 5))


def _per_class(facts: EvaluationFacts) -> Section:
    rows = tuple(
        (each["label"], count(each["rows"]), *(_with_interval(each, name) for name in ("precision", "recall", "f1")))
        for each in facts.per_class
    )
    note = "With 95 % intervals."
    return Section("classes", "By class", note, ("Class", "Rows", "Precision", "Recall", "F1"), rows, (1, 2, 3, 4))


def _with_interval(figures: dict[str, Any], name: str) -> str:
    if figures[name] is None:
        return number(None)
    value, bounds = measured(figures[name], *figures[f"{name}_interval"])
    return f"{value} ({bounds})"


def _gains(facts: EvaluationFacts) -> Section:
    rows = tuple(
        (percent(each["share"], 0), number(each["probability"]), percent(each["found"]), f"{each['lift']:.2f}")
        for each in facts.gains
    )
    header = ("Highest ranked", "Probability from", "Positive rows found", "Lift")
    note = "How many of the positive rows are among the rows ranked highest, and how many times more than by chance."
    return Section("gains", "Gain and lift", note, header, rows, (0, 1, 2, 3))


def _worst(facts: EvaluationFacts) -> Section:
    note = "Rows are counted from 0, as they stand in the file."
    title = "Rows with the largest errors"
    pairs = [(each, (count(each.row), _answer(each.actual), _answer(each.predicted))) for each in facts.worst]
    if facts.labels:
        classes = tuple((*cells, number(each.probability), number(each.loss)) for each, cells in pairs)
        header = ("Row", "True", "Predicted", "Probability of the true one", "Loss")
        return Section("worst", title, note, header, classes, (0, 3, 4))
    numbers = tuple((*cells, number(each.loss)) for each, cells in pairs)
    return Section("worst", title, note, ("Row", "True", "Predicted", "Distance"), numbers, (0, 1, 2, 3))


def _answer(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)
