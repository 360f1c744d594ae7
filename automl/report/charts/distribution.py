"""Pictures of how values are spread: the target, and one small histogram a column."""

from __future__ import annotations

from collections.abc import Sequence

from automl.report.charts.svg import Bar, Chart, bar_rows, document, line, rect, text
from automl.report.facts import ColumnFact, ReportFacts
from automl.report.formatting import count, percent, plural, shorten

__all__ = ["mini_histogram", "target_chart"]

_WIDTH = 460
_MOST_CLASSES = 12
_MINI_BARS = 12


def target_chart(facts: ReportFacts) -> Chart | None:
    """Draw the rows of each class, or the histogram of a numeric target."""
    if not facts.target_counts:
        return None
    total = sum(rows for _, rows in facts.target_counts)
    table = tuple((value, count(rows), percent(rows / total if total else None)) for value, rows in facts.target_counts)
    if facts.task == "regression":
        title, caption = "Target distribution", f"{plural(total, 'row')} by the value of the target."
        shapes, height = _histogram(facts.target_counts), 190
    else:
        title, caption = "Target distribution", _class_caption(facts)
        bars = [
            Bar(value, rows, f"{count(rows)} · {percent(rows / total if total else None)}")
            for value, rows in _largest(facts.target_counts)
        ]
        shapes, height = bar_rows(bars, _WIDTH)
    picture = document("target", title, caption, (_WIDTH, height), shapes)
    return Chart("target", title, caption, picture, ("value", "rows", "share"), table)


def mini_histogram(column: ColumnFact) -> str:
    """Draw a column's histogram, or the counts of its top values, in a few bars; empty where there is neither.

    The figures stand beside it in the columns table, so screen readers skip the picture.
    """
    counts = list(column.histogram) or [rows for _, rows in column.top_values][:_MINI_BARS]
    largest = max(counts, default=0)
    if not largest:
        return ""
    style, width = ("bar", 96 / len(counts)) if column.histogram else ("bar level", 96 / _MINI_BARS)
    gap = 0.6 if column.histogram else 2
    bars = (
        rect(
            (round(position * width, 1), round(26 - 25 * rows / largest, 1)), (width - gap, 25 * rows / largest), style
        )
        for position, rows in enumerate(counts)
        if rows
    )
    ground = line((0, 26.5), (96, 26.5), "axis")
    return f'<svg class="mini" viewBox="0 0 96 27" aria-hidden="true">{"".join(bars)}{ground}</svg>'


def _class_caption(facts: ReportFacts) -> str:
    caption = f"{plural(sum(rows for _, rows in facts.target_counts), 'row')} by class."
    hidden = len(facts.target_counts) - _MOST_CLASSES
    return f"{caption} The {plural(hidden, 'smallest class', 'smallest classes')} together." if hidden > 0 else caption


def _largest(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    if len(counts) <= _MOST_CLASSES:
        return list(counts)
    ranked = sorted(counts, key=lambda pair: -pair[1])
    rest = ranked[_MOST_CLASSES:]
    return [*ranked[:_MOST_CLASSES], (f"{len(rest)} others", sum(rows for _, rows in rest))]


def _histogram(counts: Sequence[tuple[str, int]]) -> list[str]:
    largest = max(rows for _, rows in counts) or 1
    ground, top, left = 158, 22, 4
    width = (_WIDTH - 2 * left) / len(counts)
    shapes = []
    for position, (value, rows) in enumerate(counts):
        height = (ground - top) * rows / largest
        corner = (round(left + position * width, 1), round(ground - height, 1))
        shapes.append(rect(corner, (round(width - 1, 1), round(height, 1)), "bar", f"{value}: {count(rows)}"))
    shapes.append(line((left, ground), (_WIDTH - left, ground), "axis"))
    shapes.append(text((left, 12), f"most in one bin: {plural(largest, 'row')}", "tick"))
    places = [(0, "start"), (len(counts) // 2, "middle"), (len(counts) - 1, "end")]
    for position, anchor in places if len(counts) > 2 else places[:1]:
        x = {"start": left, "middle": left + (position + 0.5) * width, "end": _WIDTH - left}[anchor]
        shapes.append(text((round(x, 1), ground + 18), shorten(counts[position][0], 20), "tick", anchor))
    return shapes
