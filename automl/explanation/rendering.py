"""One explanation, three formats."""

from __future__ import annotations

from automl.explanation.facts import Explanation
from automl.report.rendering import ReportFormat, render_as

__all__ = ["render_explanation"]


def render_explanation(facts: Explanation, format: ReportFormat) -> str:  # noqa: A002 - the word users type
    """Render an explanation as one self-contained page, as Markdown, or as JSON with a ``schema_version``."""
    return render_as(format, facts, _html, _markdown)


def _html(facts: Explanation) -> str:
    from automl.explanation.html import render_html

    return render_html(facts)


def _markdown(facts: Explanation) -> str:
    from automl.explanation.markdown import render_markdown

    return render_markdown(facts)
