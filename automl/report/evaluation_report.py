"""The report of an evaluation: the facts go in, a page, Markdown or JSON comes out."""

from __future__ import annotations

from automl.report import charts, views
from automl.report.evaluation_facts import EvaluationFacts
from automl.report.evaluation_views import sections, verdict
from automl.report.rendering import ReportFormat, render_as

__all__ = ["render_evaluation"]


def render_evaluation(facts: EvaluationFacts, wanted: ReportFormat) -> str:
    """Render the facts of an evaluation.

    Parameters
    ----------
    facts : EvaluationFacts
    wanted : {"html", "md", "json"}

    Returns
    -------
    str
        The whole report, ending in a line break.
    """
    return render_as(wanted, facts, _html, _markdown)


def _html(facts: EvaluationFacts) -> str:
    from automl.report.pages import render_page

    return render_page(
        "evaluation.html.j2",
        facts=facts,
        sentences=verdict(facts),
        sections=sections(facts),
        confusion=views.confusion_view(facts),
        pictures=_charts(facts),
    )


def _charts(facts: EvaluationFacts) -> list[charts.Chart]:
    drawn = (
        charts.roc_chart(facts),
        charts.precision_recall_chart(facts),
        charts.calibration_chart(facts),
        charts.threshold_chart(facts, facts.threshold),
        charts.actual_predicted_chart(facts),
        charts.residual_chart(facts),
    )
    return [chart for chart in drawn if chart is not None]


def _markdown(facts: EvaluationFacts) -> str:
    from automl.report.markdown import escaped, table

    parts = [f"# How good {escaped(facts.model)} is on {escaped(facts.source)}"]
    parts += [escaped(sentence) for sentence in verdict(facts)]
    for section in sections(facts):
        parts.append(f"## {escaped(section.title)}")
        parts += [escaped(section.note)] if section.note else []
        parts.append(table([escaped(name) for name in section.header], section.rows, section.figures))
    confusion = views.confusion_view(facts)
    if confusion is not None:
        header = ("true \\ predicted", *(escaped(label) for label in confusion.labels))
        rows = [(label, *counts) for label, counts in zip(confusion.labels, confusion.counts, strict=True)]
        parts += ["## Confusion matrix", table(header, rows, range(1, len(header)))]
    return "\n\n".join(parts) + "\n"
