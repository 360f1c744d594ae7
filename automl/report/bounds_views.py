"""Tables of how often the bounds of predictions held: over the range of predictions, and group by group."""

from __future__ import annotations

from typing import Any

from automl.report.formatting import count, number, percent, shorten
from automl.report.sections import Section

__all__ = ["bounds_sections"]

_LONGEST_LABEL = 30


def bounds_sections(coverage: dict[str, Any] | None, labels: tuple[str, ...]) -> tuple[Section, ...]:
    """Return the tables that have rows.

    Parameters
    ----------
    coverage : dict or None
        As :class:`automl.evaluation.coverage.Coverage` holds it, in JSON-ready values.
    labels : tuple of str
        Of which the bounds are sets; empty where they are intervals of numbers.
    """
    if coverage is None:
        return ()
    sections = (_by_group(coverage, of_numbers=not labels), _by_class(coverage, labels), _by_tenth(coverage, labels))
    return tuple(each for each in sections if each.rows)


def _by_class(coverage: dict[str, Any], labels: tuple[str, ...]) -> Section:
    shares = coverage.get("by_class", ())
    rows = tuple((label, percent(share)) for label, share in zip(labels, shares, strict=False) if share is not None)
    note = (
        f"Over all rows sets hold {percent(coverage['value'])}; of a rare class they may hold far less often, for the "
        "others make up for it."
    )
    return Section("bounds-by-class", "How often sets hold, by class", note, ("Class", "Truth inside"), rows, (1,))


def _by_tenth(coverage: dict[str, Any], labels: tuple[str, ...]) -> Section:
    tenths = coverage.get("by_tenth", ())
    rows = tuple((f"{place} of {len(tenths)}", percent(share)) for place, share in enumerate(tenths, 1))
    note = (
        f"The rows in the order of their {_order(labels)}, lowest first, cut into {len(tenths)} parts of one size. "
        f"Each should be near {percent(coverage['level'], 0)}; far below it, the bounds are too narrow there."
    )
    title = f"How often {'sets' if labels else 'intervals'} hold, from low to high predictions"
    return Section("bounds-by-tenth", title, note, ("Part", "Truth inside"), rows, (1,))


def _order(labels: tuple[str, ...]) -> str:
    if not labels:
        return "prediction"
    return "greatest probability" if len(labels) > 2 else f"probability of {shorten(labels[1], _LONGEST_LABEL)}"


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
