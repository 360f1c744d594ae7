"""The report's opening: what was predicted, how well, how surely, by what, what to beware of, and what to do next.

Every sentence is made from figures in the facts; none says more than they do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from automl.report.applied import bounds_sentences, probability_sentences, threshold_sentences
from automl.report.facts import ReportFacts, is_measured
from automl.report.formatting import count, number, percent, plural
from automl.report.metric_notes import metric_note
from automl.report.next_steps import argument, next_steps
from automl.report.plain_units import plain_sentences
from automl.report.simpler import SIMPLE_FAMILIES, simpler_candidates
from automl.report.verdict import baseline_verdict
from automl.report.wording import (
    Command,
    Name,
    Sentence,
    beside_estimate,
    estimate_basis,
    estimate_texts,
    is_averaged_further,
    join_names,
    stopped_because,
    told_of_repeats,
)

__all__ = ["Point", "summary_points"]

_FEW_ROWS = 200
_FEW_ROWS_OF_A_CLASS = 30
_DOMINANT_SHARE = 0.6
_WARNINGS_SHOWN = 3


@dataclass(frozen=True)
class Point:
    """One question a reader has, and the sentences that answer it."""

    question: str
    sentences: tuple[Sentence, ...]


def summary_points(facts: ReportFacts) -> tuple[Point, ...]:
    """Return the summary, one point a question; a question without an answer is left out."""
    points = (
        Point("What was predicted", tuple(_what(facts))),
        Point("How good it is", tuple(_how_good(facts))),
        Point("How sure that is", (*_how_sure(facts), *bounds_sentences(facts))),
        Point("Are its probabilities right", tuple(probability_sentences(facts))),
        Point("When it says yes", tuple(threshold_sentences(facts))),
        Point("What drives it", tuple(_drivers(facts))),
        Point("Is a simpler model enough", tuple(_simpler(facts))),
        Point("What to beware of", tuple(_cautions(facts))),
        Point("What next", tuple(next_steps(facts))),
    )
    return tuple(point for point in points if point.sentences)


def _what(facts: ReportFacts) -> Iterable[Sentence]:
    if facts.task == "regression":
        answer: Sentence = (", a number, ",)
    elif len(facts.labels) == 2:
        answer = (" (", Name(facts.labels[1]), " against ", Name(facts.labels[0]), ") ")
    else:
        answer = (f", one of {len(facts.labels)} classes, ",)
    yield (
        "The column ",
        Name(facts.target),
        *answer,
        f"from {plural(len(facts.features) or facts.columns_count - 1, 'other column')} of ",
        Name(facts.source),
        f", learned from {_learned(facts)}.",
    )
    members = sum(candidate.weight > 0 for candidate in facts.candidates)
    if members:
        chosen = "one candidate" if members == 1 else f"a weighted blend of {members} candidates"
        yield (f"The model is {chosen}, of {count(len(facts.candidates))} tried.",)


def _how_good(facts: ReportFacts) -> Iterable[Sentence]:
    value, _ = estimate_texts(facts.estimate)
    baseline = beside_estimate(facts.baseline_score, facts.estimate)
    verdict = baseline_verdict(facts)
    opening = f"Expect {facts.estimate.metric} of about {value} on new rows like these"
    if verdict is None:
        yield (f"{opening}.",)
    elif not verdict.better:
        yield (f"{opening}. That is no better than always answering the same ({baseline}): do not use this model.",)
    elif not verdict.certain:
        yield (f"{opening}; always answering the same gives {baseline}.",)
        yield ("The interval reaches to that baseline, so these rows do not show that the model is of use.",)
    else:
        yield (f"{opening}; always answering the same gives {baseline}.",)
        if verdict.share is not None:
            closed = f"{percent(verdict.share, 0)} of the distance from that baseline to a perfect score"
            yield (f"The model covers {closed} ({number(metric_note(facts.metric).best)}).",)
        yield from plain_sentences(facts)
    yield from _on_test_data(facts)


def _on_test_data(facts: ReportFacts) -> Iterable[Sentence]:
    if facts.test is None:
        return
    value, bounds = estimate_texts(facts.test)
    interval = f"95\N{NO-BREAK SPACE}% interval {bounds}"
    yield (f"On {plural(facts.test.rows, 'row')} of separate test data it is {value} ({interval}).",)


def _how_sure(facts: ReportFacts) -> Iterable[Sentence]:
    _, bounds = estimate_texts(facts.estimate)
    yield (f"95\N{NO-BREAK SPACE}% interval {bounds}, from {estimate_basis(facts.estimate)}.",)
    selection = beside_estimate(facts.selection_score, facts.estimate)
    read = (
        "The model was chosen by these rows, which flatters it, but here the models of one fold stand for all, whose "
        "mean is better: quote the estimate."
        if is_averaged_further(facts)
        else "The model was chosen by these rows, which flatters it: quote the estimate."
    )
    yield (f"The selection score (out-of-fold) is {selection}. {read}",)


def _drivers(facts: ReportFacts) -> Iterable[Sentence]:
    used = [feature for feature in facts.features if feature.selected and feature.importance > (feature.spread or 0.0)]
    if facts.features and not is_measured(facts.features):
        yield (
            "The search ended before it had measured what the columns matter. This does so: ",
            Command(f"automl explain {argument(facts.model)} DATA.csv"),
        )
        return
    is_measured_once = any(feature.importance and feature.spread is None for feature in facts.features)
    if not _beats_chance(facts):
        yield ("Nothing that can be shown: the model may be no better than one answer for every row.",)
        return
    if not used:
        if facts.features:
            least = "zero" if is_measured_once else "its own spread over the folds"
            yield (f"No single column stands out: none has an importance above {least}.",)
        return
    total = sum(max(0.0, feature.importance) for feature in facts.features)
    top = used[:3]
    share = sum(feature.importance for feature in top) / total
    verb = "carries" if len(top) == 1 else "carry"
    once = ", measured on one fold alone" if is_measured_once else ""
    yield (
        *join_names([feature.name for feature in top]),
        f" {verb} {percent(share, 0)} of the total importance{once}.",
    )
    left_out = sum(not feature.selected for feature in facts.features)
    if left_out:
        verb = "was" if left_out == 1 else "were"
        yield (f"{plural(left_out, 'column')} {verb} left out of the model because {_them(left_out)} did not help.",)
    told = "" if facts.behaviour is not None else "How predictions follow each column, which act together, and "
    yield (
        f"{told}what each column adds to the prediction of a row: ".capitalize(),
        Command(f"automl explain {argument(facts.model)} DATA.csv --output explanation.html"),
    )


def _beats_chance(facts: ReportFacts) -> bool:
    verdict = baseline_verdict(facts)
    return verdict is None or verdict.certain


def _simpler(facts: ReportFacts) -> Iterable[Sentence]:
    found = simpler_candidates(
        facts.candidates, facts.estimate, facts.baseline_score, greater_is_better=facts.greater_is_better
    )
    if not found:
        return
    scores = " and ".join(f"a {_spoken(each.family)} alone scores {number(each.as_judged)}" for each in found)
    threshold = ", at a threshold of its own," if found[0].score_decided is not None else ","
    yield (
        f"Perhaps: {scores} out-of-fold{threshold} within the interval of the model, so these rows hardly show that "
        "more is needed.",
    )
    for each in found:
        yield (Command(f"--families {each.family}"), f" fits one that is read as {SIMPLE_FAMILIES[each.family]}.")


def _spoken(family: str) -> str:
    return {"small_tree": "small tree"}.get(family, f"{family} model")


def _them(amount: int) -> str:
    return "it" if amount == 1 else "they"


def _cautions(facts: ReportFacts) -> Iterable[Sentence]:
    if not facts.complete:
        yield (f"The fit is not complete: {stopped_because(facts)}.",)
    for finding in facts.findings:
        if finding["severity"] == "error":
            yield (finding["message"],)
    warnings = [finding["message"] for finding in facts.findings if finding["severity"] == "warning"]
    for message in warnings[:_WARNINGS_SHOWN]:
        yield (message,)
    if len(warnings) > _WARNINGS_SHOWN:
        yield (f"{plural(len(warnings) - _WARNINGS_SHOWN, 'more warning')} about the data: see Findings.",)
    if facts.test is not None and facts.test.repeated_rows:
        yield (told_of_repeats(facts.test.repeated_rows, facts.test.repeats),)
    yield from _dominant_feature(facts)
    yield from _few_rows(facts)


def _dominant_feature(facts: ReportFacts) -> Iterable[Sentence]:
    total = sum(max(0.0, feature.importance) for feature in facts.features)
    if len(facts.features) < 3 or total <= 0 or not _beats_chance(facts):
        return
    first = max(facts.features, key=lambda feature: feature.importance)
    share = first.importance / total
    if share >= _DOMINANT_SHARE:
        yield (
            Name(first.name),
            f" alone carries {percent(share, 0)} of the importance. Make sure that its value is known before the "
            "target is; if not, the score will not hold.",
        )


def _learned(facts: ReportFacts) -> str:
    if facts.drawn_from is None:
        return plural(facts.rows, "row")
    if facts.learned_rows is None:
        return f"{plural(facts.rows, 'row')} drawn at random from {count(facts.drawn_from)}"
    searched = f"the search chose by {count(facts.rows)} of them, drawn at random"
    return f"{count(facts.learned_rows)} of {plural(facts.drawn_from, 'row')}; {searched}"


def _few_rows(facts: ReportFacts) -> Iterable[Sentence]:
    if facts.estimate.rows < _FEW_ROWS:
        yield (f"The estimate rests on {plural(facts.estimate.rows, 'row')} only.",)
    if facts.labels:
        rare = [label for label, rows in facts.target_counts if rows < _FEW_ROWS_OF_A_CLASS]
        if rare:
            noun = "class" if len(rare) == 1 else "classes"
            have = "has" if len(rare) == 1 else "have"
            more: Sentence = () if len(rare) <= 3 else (f" and {len(rare) - 3} more",)
            yield (
                f"The {noun} ",
                *join_names(rare[:3]),
                *more,
                f" {have} fewer than {_FEW_ROWS_OF_A_CLASS} rows; what is said about {_them_object(rare)} is weak.",
            )


def _them_object(items: list[str]) -> str:
    return "it" if len(items) == 1 else "them"
