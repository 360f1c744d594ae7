"""What to do next: score rows where the model may be used, and search on where that may help."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from automl.report.facts import ReportFacts
from automl.report.formatting import duration, plural
from automl.report.verdict import is_of_no_use
from automl.report.wording import Command, Sentence, stopped_because

__all__ = ["argument", "next_steps"]

_LATE_SHARE = 0.25
_FEW_CANDIDATES = 20
_NOTHING_MORE = ("exhausted", "patience", "perfect")


def next_steps(facts: ReportFacts) -> Iterable[Sentence]:
    """Yield the sentences; a model that is no better than one answer for every row is not told how to be used."""
    if is_of_no_use(facts):
        yield ("As it is, score no rows with it.",)
    else:
        yield from _uses(facts)
    yield from _search(facts)


def argument(path: str) -> str:
    """Quote a path for a shell; one that starts with a dash is marked as a path."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def _uses(facts: ReportFacts) -> Iterable[Sentence]:
    model = argument(facts.model)
    yield ("Score new rows: ", Command(f"automl predict {model} NEW_DATA.csv --output predictions.csv"))
    if len(facts.labels) == 2:
        yield (
            "See how its decisions fall on groups of people: ",
            Command(f"automl evaluate {model} LABELLED.csv --fairness COLUMN --output evaluation.html"),
        )


def _search(facts: ReportFacts) -> Iterable[Sentence]:
    """Say whether searching on may help: where little was tried or gains still came at the end, it may."""
    if not facts.progress or facts.seconds <= 0:
        return
    more = Command("--trials" if facts.stopped_by == "trials" else "--time-budget")
    way = "More rows or better columns are the way on."
    last = facts.progress[-1][0]
    end = max([facts.seconds, *(candidate.found_at for candidate in facts.candidates)])
    moment = f"the last improvement came after {duration(last)} of {duration(end)}"
    if not facts.complete:
        yield ("Run the same command with ", Command("--resume"), " to finish the search.")
    elif facts.stopped_by in _NOTHING_MORE:
        yield (f"More search is unlikely to help: {stopped_because(facts)}. {way}",)
    elif len(facts.candidates) < _FEW_CANDIDATES:
        yield (f"Only {plural(len(facts.candidates), 'candidate')} {_were(facts)} tried: more may help (", more, ").")
    elif last > (1 - _LATE_SHARE) * end:
        yield ("A longer search (", more, f") may still help: {moment}.")
    else:
        yield (f"More search is unlikely to help much: {moment}. {way}",)


def _were(facts: ReportFacts) -> str:
    return "was" if len(facts.candidates) == 1 else "were"
