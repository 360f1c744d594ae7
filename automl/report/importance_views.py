"""How much a model relies on each column, as words, bars and a table's rows."""

from __future__ import annotations

from collections.abc import Sequence

from automl.report.charts import Strip, bar_strip
from automl.report.formatting import measured
from automl.report.importance_facts import GlobalImportance, Importance

__all__ = ["importance_rows", "importance_strips", "measure_in_words", "spread_in_words", "strip_from_zero"]


def measure_in_words(found: GlobalImportance) -> str:
    """Say what the values of an importance mean."""
    match found.measure:
        case "score_loss":
            return f"how much {found.metric} worsens when the column is shuffled, on {found.rows:,} rows"
        case "prediction_change":
            return f"how far predictions move when the column is shuffled, on {found.rows:,} rows"
        case "stored":
            return "the share by which the loss grew in the folds of the fit when the column was shuffled"


def spread_in_words(found: GlobalImportance) -> str:
    """Say what stands beside the values of an importance."""
    return "two deviations between folds" if found.measure == "stored" else "95 % interval"


def importance_rows(entries: Sequence[Importance]) -> list[tuple[str, str, str]]:
    """Write each entry as the columns, their importance and its interval."""
    return [(" + ".join(each.columns), *measured(each.value, each.low, each.high)) for each in entries]


def importance_strips(entries: Sequence[Importance]) -> list[str]:
    """Draw each importance as a bar with its interval, on one common range."""
    values = [each.value or 0.0 for each in entries]
    pairs = [
        (value, 0.0 if each.high is None else each.high - value) for each, value in zip(entries, values, strict=True)
    ]
    strip = strip_from_zero([value + sign * half for value, half in pairs for sign in (-1, 1)])
    return [bar_strip(strip, value, half) for value, half in pairs]


def strip_from_zero(ends: Sequence[float]) -> Strip:
    """Return the range of bars from zero that reach to ``ends``."""
    low, high = min([0.0, *ends]), max([0.0, *ends])
    return Strip(low, high if high > low else low + 1.0)
