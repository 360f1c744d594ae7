"""One explanation, three formats."""

from __future__ import annotations

from typing import assert_never

from automl.explanation.facts import Explanation
from automl.report.rendering import ReportFormat, json_text

__all__ = ["render_explanation"]


def render_explanation(facts: Explanation, format: ReportFormat) -> str:  # noqa: A002 - the word users type
    """Render an explanation as one self-contained page, as Markdown, or as JSON with a ``schema_version``."""
    match format:
        case "html":
            from automl.explanation.html import render_html

            return render_html(facts)
        case "md":
            from automl.explanation.markdown import render_markdown

            return render_markdown(facts)
        case "json":
            return json_text(facts.to_dict())
        case _:
            assert_never(format)
