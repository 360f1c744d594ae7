"""An explanation as compact GitHub-flavoured Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from automl.explanation.behaviour_facts import Behaviour
from automl.explanation.facts import Explanation, Importance, RowExplanation
from automl.explanation.wording import counterfactual_in_words, measure_in_words, predicted_in_words, row_in_words
from automl.report.formatting import measured, number, percent
from automl.report.markdown import escaped

__all__ = ["render_markdown"]


def render_markdown(facts: Explanation) -> str:
    """Return the explanation as GitHub-flavoured Markdown."""
    data = f", data “{escaped(facts.source)}”" if facts.source else ""
    parts = [
        f"# Why “{escaped(facts.target)}” is predicted so",
        f"Model file “{escaped(facts.model)}”{data}.",
        *(f"> {escaped(note)}" for note in facts.notes),
        f"## Importance\n\nThe values say {measure_in_words(facts.importance)}.",
        _ranking(facts.importance.columns),
    ]
    if facts.importance.groups:
        parts += ["Columns that go together, shuffled as one:", _ranking(facts.importance.groups)]
    if facts.rows:
        lines = [line for row in facts.rows for line in _row_lines(row)]
        parts += [f"## Rows\n\nThe average is over {facts.background}.", "\n".join(lines)]
    if facts.behaviour is not None:
        parts += _behaviour(facts.behaviour, predicted_in_words(facts))
    return "\n\n".join(parts) + "\n"


def _row_lines(row: RowExplanation) -> list[str]:
    flips = [f"  - it would be {escaped(counterfactual_in_words(each))}" for each in row.counterfactuals]
    return [f"- row {row.row}: {escaped(row_in_words(row))}", *flips]


def _ranking(entries: Sequence[Importance]) -> str:
    rows = [(" + ".join(each.columns), *measured(each.value, each.low, each.high)) for each in entries]
    return _table(("column", "importance", "95 % interval"), rows)


def _behaviour(behaviour: Behaviour, predicted: str) -> list[str]:
    parts = [f"## Dependence\n\nAverage {escaped(predicted)} with every row set to a value of the column."]
    for curve in behaviour.curves:
        rows = [(name, number(mean)) for name, mean in zip(curve.names, curve.mean, strict=True)]
        parts += [f"### {escaped(curve.column)}", _table(("value", "average"), rows)]
    if behaviour.interactions:
        pairs = [(" and ".join(each.columns), percent(each.share)) for each in behaviour.interactions]
        parts += ["## Interactions", _table(("columns", "share of the joint effect"), pairs)]
    tree = behaviour.surrogate
    rules = [
        (" and ".join(rule.conditions) or "everywhere", number(rule.prediction), percent(rule.share))
        for rule in tree.rules
    ]
    parts.append(f"## Small tree\n\nIt explains {percent(tree.fidelity)} of the variance of the model's predictions.")
    return [*parts, _table(("where", "average", "rows"), rules)]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
