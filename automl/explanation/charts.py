"""Pictures of an explanation, made of the report's own pieces."""

from __future__ import annotations

from collections.abc import Sequence

from automl.explanation.facts import Importance, RowExplanation
from automl.report.charts import Strip, bar_strip

__all__ = ["contribution_strips", "importance_strips"]


def importance_strips(entries: Sequence[Importance]) -> list[str]:
    """Draw each importance as a bar with its interval, on one common range."""
    strip = _strip([bound for each in entries for bound in (each.low, each.high)])
    return [bar_strip(strip, each.value, (each.high - each.low) / 2) for each in entries]


def contribution_strips(row: RowExplanation) -> list[str]:
    """Draw each contribution to a row as a bar from zero, with twice its standard error."""
    pairs = [(value, 2 * row.errors[name]) for name, value in row.contributions.items()]
    strip = _strip([value + sign * error for value, error in pairs for sign in (-1, 1)])
    return [bar_strip(strip, value, error) for value, error in pairs]


def _strip(ends: Sequence[float]) -> Strip:
    low, high = min([0.0, *ends]), max([0.0, *ends])
    return Strip(low, high if high > low else low + 1.0)
