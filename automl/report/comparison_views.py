"""A comparison as written text, shared by the formats."""

from __future__ import annotations

from collections.abc import Iterator

from automl.report.comparison_facts import ComparisonFacts, ModelFact, PairedFact
from automl.report.formatting import count, measured, number, percent, plural
from automl.report.sections import Section
from automl.report.telling import Told
from automl.report.wording import without_weight

__all__ = ["told_comparison"]

_BETTER = {"a": "A", "b": "B", "undecided": "not told apart"}


def told_comparison(facts: ComparisonFacts) -> Told:
    """Say in sentences and tables which model is better, and where."""
    return Told(
        eyebrow=f"{facts.task} comparison",
        heading=f"{facts.a.name} and {facts.b.name} compared",
        lead=f"A is {facts.a.name}, B is {facts.b.name}; on {facts.source}, {plural(facts.rows, 'row')}, "
        f"predicting {facts.target}.",
        created=facts.created,
        sentences=_sentences(facts),
        sections=tuple(section for section in _sections(facts) if section.rows),
    )


def _sentences(facts: ComparisonFacts) -> tuple[str, ...]:
    lines = [_verdict(facts), *_learned_from(facts), *_unweighted(facts), _disagreement(facts)]
    if facts.left_out:
        were = "was" if facts.left_out == 1 else "were"
        lines.append(f"{plural(facts.left_out, 'row')} without a target that both can be scored by {were} left out.")
    return tuple(lines)


def _verdict(facts: ComparisonFacts) -> str:
    decided = facts.metrics[0]
    if facts.difference is None:
        return f"{facts.metric} is not defined on these rows, so neither model is called better."
    if facts.interval is None:
        change = number(facts.difference)
        by = f"A reaches {number(decided.first)} {facts.metric}, B {number(decided.second)}; difference {change}"
        return f"These rows are too few to tell the models apart. {by}. {decided.why}".rstrip()
    change, bounds = measured(facts.difference, *facts.interval)
    by = f"A reaches {number(decided.first)} {facts.metric}, B {number(decided.second)}; difference {change}"
    interval = f"95 % interval {bounds}"
    match facts.verdict:
        case "b":
            return f"B is better. {by}, {interval}."
        case "a":
            return f"A is better. {by}, {interval}."
        case _:
            return f"These rows do not tell the models apart. {by}, {interval}, which holds zero."


def _learned_from(facts: ComparisonFacts) -> tuple[str, ...]:
    """Warn of rows that a model knows already: it answers them better than any others."""
    learned = [name for name, model in (("A", facts.a), ("B", facts.b)) if model.learned_from]
    match learned:
        case []:
            return ()
        case [one]:
            other = "B" if one == "A" else "A"
            consequence = f"on new rows {one} will be worse, so it is not fairly held against {other}"
            return (f"These are the rows that {one} learned from: {consequence}. Compare them on others.",)
        case _:
            both = "These are the rows that A and B learned from: on new rows both will be worse"
            return (f"{both}. Compare them on others.",)


def _unweighted(facts: ComparisonFacts) -> Iterator[str]:
    """Say which weights a model was fitted by that do not count here: rows count as they did for the first model."""
    counted_by = None if facts.without_weight else facts.a.weight
    if facts.without_weight is not None:
        whose = "A and B were" if facts.b.weight == facts.a.weight else "A was"
        yield without_weight(facts.without_weight, f"{whose} fitted by")
    if facts.b.weight not in (None, facts.a.weight):
        by = "each alike" if counted_by is None else f"by “{counted_by}”"
        yield f"B was fitted by the weights of “{facts.b.weight}”, A was not: rows count as for A, {by}."


def _disagreement(facts: ComparisonFacts) -> str:
    what = "numbers far apart" if facts.task == "regression" else "different labels"
    if not facts.disagreeing:
        return f"No row gets {what} from them."
    share = percent(facts.disagreeing / facts.rows)
    verb = "gets" if facts.disagreeing == 1 else "get"
    return f"{plural(facts.disagreeing, 'row')} ({share}) {verb} {what} from them."


def _sections(facts: ComparisonFacts) -> tuple[Section, ...]:
    return (
        _paired(facts, "metrics", "Metrics", "Metric", facts.metrics, "The one that decides first."),
        _paired(
            facts,
            "by",
            f"By {facts.by_column}",
            facts.by_column,
            facts.by,
            f"{facts.metric} on the rows of each level.",
        ),
        _paired(
            facts,
            "slices",
            "Where the difference is another",
            "Rows with",
            facts.slices,
            "Found on one half of the rows, scored on the other half.",
        ),
        _costs(facts),
        _furthest(facts),
    )


def _paired(
    facts: ComparisonFacts, identifier: str, title: str, first: str, rows: tuple[PairedFact, ...], note: str
) -> Section:
    texts = []
    for each in rows:
        low, high = (None, None) if each.interval is None else each.interval
        change, bounds = measured(each.difference, low, high)
        texts.append(
            (
                each.name,
                count(each.rows),
                number(each.first),
                number(each.second),
                change,
                bounds,
                _BETTER[each.better],
            )
        )
    header = (first, "Rows", "A", "B", "B less A", "95 % interval", "Better")
    larger = "more" if facts.greater_is_better else "less"
    return Section(
        identifier, title, f"{note} Of {facts.metric}, {larger} is better.", header, tuple(texts), (1, 2, 3, 4, 5)
    )


def _costs(facts: ComparisonFacts) -> Section:
    def told(label: str, model: ModelFact) -> tuple[str, ...]:
        return (
            label,
            model.name,
            f"{model.bytes / 1e6:.1f} MB",
            count(model.fitted_models),
            ", ".join(model.families),
            f"{model.loading_seconds:.2f} s",
            count(round(model.rows_per_second)),
        )

    header = ("Side", "Model", "File", "Fitted models", "Families", "To read", "Rows a second")
    note = "Measured once, on this machine as busy as it was."
    return Section("costs", "What they cost", note, header, (told("A", facts.a), told("B", facts.b)), (2, 3, 5, 6))


def _furthest(facts: ComparisonFacts) -> Section:
    rows = tuple(
        (count(each.row), _text(each.actual), _text(each.first), _text(each.second), number(each.distance))
        for each in facts.disagreements
    )
    note = "Rows count from 0 in the file. The distance is that of the probabilities, or of the numbers."
    header = ("Row", "Truth", "A says", "B says", "Apart")
    return Section("furthest", "Rows that are furthest apart", note, header, rows, (0, 4))


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)
