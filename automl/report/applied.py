"""Sentences on what is applied to predictions: calibration, the threshold that decides, bounds of single rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from automl.report.facts import ReportFacts
from automl.report.formatting import number, percent, plural
from automl.report.wording import Command, Name, Sentence

__all__ = ["bounds_sentences", "probability_sentences", "threshold_sentences"]


def probability_sentences(facts: ReportFacts) -> Iterable[Sentence]:
    """Say how probabilities were calibrated and what that brought, or how far they are off."""
    calibration = facts.postprocessing.get("calibration")
    if calibration is not None:
        yield (
            f"They were calibrated: {_change(calibration)} ({calibration['method']}). On rows that this was not "
            f"learned from, log loss is {number(calibration['log_loss'])} with it and "
            f"{number(calibration['log_loss_before'])} without; they are off by {percent(calibration['error'])} on "
            f"average instead of {percent(calibration['error_before'])}.",
        )
        return
    errors = [curve.summary for curve in facts.calibration if curve.summary is not None]
    if errors:
        far = percent(sum(errors) / len(errors))
        yield (f"Out-of-fold they are off by {far} on average; calibrating them was not shown to bring anything.",)


def _change(calibration: Mapping[str, Any]) -> str:
    if calibration["method"] == "isotonic":
        return "bent along a curve that only rises, so that rows keep their order"
    outer = "further apart" if calibration["slope"] > 1 else "nearer to one another"
    return f"brought {outer}{' and moved' if calibration['method'] == 'sigmoid' else ''}"


def threshold_sentences(facts: ReportFacts) -> Iterable[Sentence]:
    """Say from which probability the positive class is predicted, why, and what that brought."""
    threshold = facts.postprocessing.get("threshold")
    if threshold is None:
        return
    costs, wanted = threshold["by"] == "costs", threshold.get("wanted")
    chosen = "chosen by the costs given" if costs else f"chosen by {threshold['by']}"
    if wanted:
        chosen = f"chosen to reach a {wanted['name']} of {number(wanted['share'])}"
    yield (Name(facts.labels[1]), f" is predicted from a probability of {number(threshold['value'])} on, {chosen}.")
    if threshold["value"] != threshold["default"]:
        figure = "a row costs" if costs else f"{threshold['by']} is"
        yield (
            f"On rows that it was not chosen on, {figure} {number(threshold['score'])} with it and "
            f"{number(threshold['score_at_default'])} with {number(threshold['default'])}.",
        )
    if threshold.get("recall") is not None:
        yield (
            f"It finds {percent(threshold['recall'])} of the positive rows (recall); of the rows that it flags, "
            f"{percent(threshold['precision'])} are positive (precision).",
        )


def bounds_sentences(facts: ReportFacts) -> Iterable[Sentence]:
    """Say how often the intervals (or sets of labels) of single predictions held."""
    coverage = facts.postprocessing.get("coverage")
    if coverage is None:
        return
    regression = facts.task == "regression"
    bounds, truth = ("intervals", "true value") if regression else ("sets of labels", "true label")
    size = f"half of them are narrower than {number(coverage['size'])}"
    yield (
        "For single rows, ",
        Command(f"automl predict --interval {coverage['level']:g}"),
        f" gives {bounds}: {bounds if regression else 'sets'} at the level {coverage['level']:g} held the {truth} of "
        f"{percent(coverage['value'])} of {plural(coverage['rows'], 'row')} that they were not learned from; "
        + (f"{size}." if regression else f"they have {number(coverage['size'], 2)} labels on average."),
    )
