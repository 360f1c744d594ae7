"""Sentences of a report: plain words around names that come from the data.

A sentence keeps the two apart, so that each format can set the names off in its own safe way.
"""

from __future__ import annotations

from dataclasses import dataclass

from automl.report.facts import EstimateFact, Repeats, ReportFacts
from automl.report.formatting import measured, plural, shorten

__all__ = [
    "Command",
    "Name",
    "Sentence",
    "beside_estimate",
    "estimate_basis",
    "estimate_texts",
    "is_averaged_further",
    "join_names",
    "stopped_because",
    "told_of_repeats",
    "without_weight",
]

_LONGEST_NAME = 60

_BASIS = {
    "holdout": "{rows} held out; neither search nor selection saw them",
    "bootstrap_bias_corrected_cv": (
        "out-of-fold predictions of {rows}, with a bootstrap correction for having picked the best of many candidates"
    ),
    "out_of_fold": "out-of-fold predictions of {rows}",
    "test_data": "{rows} of the separate test data",
    "fresh_rows": "{rows} kept aside, from which nothing was learned or chosen",
}
_STOPPED = {
    "time_budget": "the time budget was used up",
    "trials": "the requested number of trials was reached",
    "exhausted": "there was nothing left to try",
    "patience": "many tuned candidates in a row had brought no gain",
    "perfect": "the score was perfect, which no candidate could better",
    "cannot_write": "what it found could not be written down any more",
    "SIGINT": "it was interrupted (SIGINT)",
    "SIGTERM": "it was asked to end (SIGTERM)",
    "SIGHUP": "its terminal went away (SIGHUP)",
}


@dataclass(frozen=True)
class Name:
    """A name or value that comes from the data; never trusted, shown in quotation marks."""

    text: str

    def __str__(self) -> str:
        return shorten(self.text, _LONGEST_NAME)


@dataclass(frozen=True)
class Command:
    """Something to type; shown as code."""

    text: str


Sentence = tuple[str | Name | Command, ...]


def join_names(names: list[str]) -> Sentence:
    """Return ``A, B and C`` as parts of a sentence."""
    parts: list[str | Name | Command] = []
    for position, name in enumerate(names):
        if position:
            parts.append(" and " if position == len(names) - 1 else ", ")
        parts.append(Name(name))
    return tuple(parts)


def estimate_basis(estimate: EstimateFact) -> str:
    """Say in one clause what an estimate rests on; an unknown method is named as it is."""
    rows = plural(estimate.rows, "row")
    return _BASIS.get(estimate.method, f"{estimate.method}, {{rows}}").format(rows=rows)


def estimate_texts(estimate: EstimateFact) -> tuple[str, str]:
    """Return the estimate and its interval in digits that the interval's width justifies."""
    return measured(estimate.value, *estimate.interval)


def beside_estimate(value: float | None, estimate: EstimateFact) -> str:
    """Return another score in the same metric with the digits that the estimate is shown with."""
    return measured(value, *estimate.interval)[0]


def is_averaged_further(facts: ReportFacts) -> bool:
    """Whether the mean of all folds' models is so much better than each that the estimate is the better score."""
    selection, estimate = facts.selection_score, facts.estimate.value
    return selection != estimate and (selection < estimate) == facts.greater_is_better


def stopped_because(facts: ReportFacts) -> str:
    """Say in one clause why the search ended."""
    return _STOPPED.get(facts.stopped_by, f"of {facts.stopped_by}" if facts.stopped_by else "it was done")


def told_of_repeats(rows: int, repeats: Repeats) -> str:
    """Say how many test rows stand in the training data too, and whether the score on the test data counts them."""
    verb, them = ("stands", "it") if rows == 1 else ("stand", "them")
    said = f"{plural(rows, 'row')} of the test data {verb} in the training data too"
    match repeats:
        case "left_out":
            return f"{said}; its score leaves {them} out."
        case "usual":
            return f"{said}, no more often than training rows repeat one another; its score counts {them}."
        case "scored":
            return f"{said} and hardly any others are left, so its score counts {them} and is too good."


def without_weight(column: str, whose: str = "the promise rests on") -> str:
    """Say that rows count alike because the column of weights is not there.

    Parameters
    ----------
    column : str
    whose : str
        What the weights were for.

    Examples
    --------
    >>> without_weight("counts")
    'The column “counts”, whose weights the promise rests on, is not there: each row counts alike.'
    """
    return f"The column “{column}”, whose weights {whose}, is not there: each row counts alike."
