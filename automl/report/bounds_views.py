"""Tables of how often the bounds of predictions held: over the range of predictions, and group by group."""

from __future__ import annotations

from typing import Any

from automl.report.formatting import count, number, percent
from automl.report.sections import Section

__all__ = ["bounds_sections"]


def bounds_sections(coverage: dict[str, Any] | None, *, of_numbers: bool) -> tuple[Section, ...]:
    """Return the tables that have rows.

    Parameters
    ----------
    coverage : dict or None
        As :class:`automl.evaluation.coverage.Coverage` holds it, in JSON-ready values.
    of_numbers : bool
        Whether the bounds are intervals, not sets of labels.
    """
    if coverage is None:
        return ()
    return tuple(each for each in (_by_group(coverage, of_numbers=of_numbers), _by_tenth(coverage)) if each.rows)


def _by_tenth(coverage: dict[str, Any]) -> Section:
    tenths = coverage.get("by_tenth", ())
    rows = tuple((f"{place} of {len(tenths)}", percent(share)) for place, share in enumerate(tenths, 1))
    note = (
        f"The rows in the order of their prediction, lowest first, cut into {len(tenths)} parts of one size. Each "
        f"should be near {percent(coverage['level'], 0)}; far below it, the bounds are too narrow there."
    )
    title = "How often intervals hold, from low to high predictions"
    return Section("bounds-by-tenth", title, note, ("Part", "Truth inside"), rows, (1,))


def _by_group(coverage: dict[str, Any], *, of_numbers: bool) -> Section:
    rows = tuple(
        (
            each["group"] or "(missing)",
            count(each["rows"]),
            percent(each["value"]),
            number(each["size"], 3),
            "own" if each["own"] else "those of all rows",
        )
        for each in coverage.get("by_group", ())
    )
    size = "Median width" if of_numbers else "Labels on average"
    title = f"How often bounds hold, by {coverage.get('by')}"
    note = (
        f"Each should be near {percent(coverage['level'], 0)}. Groups with rows enough have bounds of their own "
        "errors; the others share those of all rows, which may hold more or less often for them."
    )
    return Section(
        "bounds-by-group",
        title,
        note,
        (coverage.get("by") or "", "Rows", "Truth inside", size, "Bounds"),
        rows,
        (1, 2, 3),
    )
