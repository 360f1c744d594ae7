"""An explanation as one self-contained page, in the style of the report of a fit."""

from __future__ import annotations

from automl.explanation.charts import contribution_strips
from automl.explanation.facts import Explanation
from automl.explanation.wording import counterfactual_in_words, row_in_words, space_in_words
from automl.report.charts import dependence_charts
from automl.report.importance_views import importance_strips, measure_in_words, spread_in_words
from automl.report.pages import render_page

__all__ = ["render_html"]


def render_html(facts: Explanation) -> str:
    """Return the explanation as one HTML page."""
    return render_page(
        "explanation.html.j2",
        "automl.explanation",
        facts=facts,
        explained=space_in_words(facts.space),
        measure=measure_in_words(facts.importance),
        beside=spread_in_words(facts.importance),
        strips=importance_strips(facts.importance.columns),
        group_strips=importance_strips(facts.importance.groups),
        rows=[
            (row, row_in_words(row), contribution_strips(row), [*map(counterfactual_in_words, row.counterfactuals)])
            for row in facts.rows
        ],
        curves=dependence_charts(facts.behaviour),
    )
