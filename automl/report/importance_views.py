"""How much a model relies on each column, as words, bars and a table's rows."""

from __future__ import annotations

from collections.abc import Sequence

from automl.report.charts import Strip, bar_strip
from automl.report.formatting import measured
from automl.report.importance_facts import GlobalImportance, Importance

__all__ = ["importance_rows", "importance_strips", "measure_in_words", "strip_from_zero"]


def measure_in_words(found: GlobalImportance) -> str:
    """Say what the values of an importance mean."""
    match found.measure:
        case "score_loss":
            return f"how much {found.metric} worsens when the column is shuffled, on {found.rows:,} rows"
        case "prediction_change":
            return f"how far predictions move when the column is shuffled, on {found.rows:,} rows"
        case "stored":
            return "the share by which the loss grew in the folds of the fit when the column was shuffled"


def importance_rows(entries: Sequence[Importance]) -> list[tuple[str, str, str]]:
    """Write each entry as the columns, their importance and its interval."""
    return [(" + ".join(each.columns), *measured(each.value, each.low, each.high)) for each in entries]


def importance_strips(entries: Sequence[Importance]) -> list[str]:
    """Draw each importance as a bar with its interval, on one common range."""
    strip = strip_from_zero([bound for each in entries for bound in (each.low, each.high)])
    return [bar_strip(strip, each.value, (each.high - each.low) / 2) for each in entries]


def strip_from_zero(ends: Sequence[float]) -> Strip:
    """Return the range of bars from zero that reach to ``ends``."""
    low, high = min([0.0, *ends]), max([0.0, *ends])
    return Strip(low, high if high > low else low + 1.0)
