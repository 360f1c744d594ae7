"""An explanation as compact GitHub-flavoured Markdown."""

from __future__ import annotations

from automl.explanation.facts import Explanation, RowExplanation
from automl.explanation.wording import counterfactual_in_words, row_in_words, space_in_words
from automl.report.importance_views import measure_in_words
from automl.report.markdown import behaviour_parts, escaped, importance_table

__all__ = ["render_markdown"]


def render_markdown(facts: Explanation) -> str:
    """Return the explanation as GitHub-flavoured Markdown."""
    data = f", data “{escaped(facts.source)}”" if facts.source else ""
    parts = [
        f"# Why “{escaped(facts.target)}” is predicted so",
        f"Model file “{escaped(facts.model)}”{data}.",
        *(f"> {escaped(note)}" for note in facts.notes),
        f"## Importance\n\nThe values say {measure_in_words(facts.importance)}.",
        importance_table(facts.importance, facts.importance.columns),
    ]
    if facts.importance.groups:
        parts += [
            "Columns that go together, shuffled as one:",
            importance_table(facts.importance, facts.importance.groups),
        ]
    if facts.rows:
        lines = [line for row in facts.rows for line in _row_lines(row)]
        told = f"Contributions add up to {space_in_words(facts.space)}. The average is over {facts.background}."
        parts += [f"## Rows\n\n{told}", "\n".join(lines)]
    if facts.behaviour is not None:
        parts += behaviour_parts(facts.behaviour)
    return "\n\n".join(parts) + "\n"


def _row_lines(row: RowExplanation) -> list[str]:
    flips = [f"  - it would be {escaped(counterfactual_in_words(each))}" for each in row.counterfactuals]
    return [f"- row {row.row}: {escaped(row_in_words(row))}", *flips]
