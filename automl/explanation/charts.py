"""Pictures of an explanation, made of the report's own pieces."""

from __future__ import annotations

from automl.explanation.facts import RowExplanation
from automl.report.charts import bar_strip
from automl.report.importance_views import strip_from_zero

__all__ = ["contribution_strips"]


def contribution_strips(row: RowExplanation) -> list[str]:
    """Draw each contribution to a row as a bar from zero, with twice its standard error."""
    pairs = [(value, 2 * row.errors[name]) for name, value in row.contributions.items()]
    strip = strip_from_zero([value + sign * error for value, error in pairs for sign in (-1, 1)])
    return [bar_strip(strip, value, error) for value, error in pairs]
