"""An explanation as one self-contained page, in the style of the report of a fit.

Nothing is loaded from anywhere, no script runs, and every text from the data is escaped by the template engine.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from automl.explanation.charts import contribution_strips, dependence_chart, importance_strips
from automl.explanation.facts import Explanation
from automl.explanation.wording import counterfactual_in_words, measure_in_words, predicted_in_words, row_in_words
from automl.report import formatting, wording

__all__ = ["render_html"]


def render_html(facts: Explanation) -> str:
    """Return the explanation as one HTML page."""
    predicted = predicted_in_words(facts)
    curves = () if facts.behaviour is None else facts.behaviour.curves
    style = (files("automl.report") / "templates" / "style.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("explanation.html.j2")
        .render(
            facts=facts,
            style=Markup(style),  # noqa: S704 - part of the program
            measure=measure_in_words(facts.importance),
            predicted=predicted,
            strips=importance_strips(facts.importance.columns),
            group_strips=importance_strips(facts.importance.groups),
            rows=[
                (row, row_in_words(row), contribution_strips(row), [*map(counterfactual_in_words, row.counterfactuals)])
                for row in facts.rows
            ],
            curves=[dependence_chart(curve, place, predicted) for place, curve in enumerate(curves)],
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("automl.explanation", "templates"), PackageLoader("automl.report", "templates")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    environment.tests.update(
        command=lambda part: isinstance(part, wording.Command),
        name=lambda part: isinstance(part, wording.Name),
    )
    environment.filters.update(
        number=formatting.number,
        percent=formatting.percent,
        plural=formatting.plural,
        shorten=formatting.shorten,
    )
    return environment


def _seen(value: object) -> object:
    """Make unseen characters of a text visible before it is escaped; what the program drew is left as it is."""
    return formatting.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
