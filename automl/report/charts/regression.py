"""Charts of a regression: predicted against actual, and what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles

from automl.report.charts.svg import Chart, Frame, Scale, axes, document, dots, line, path, robust_range
from automl.report.formatting import MINUS, number, plural
from automl.report.judged import Judged

__all__ = ["actual_predicted_chart", "residual_chart"]

_WIDTH, _HEIGHT = 460, 360
_GROUPS = 10
_FEWEST_A_GROUP = 5

Pairs = Sequence[tuple[float, float]]


def actual_predicted_chart(facts: Judged) -> Chart | None:
    """Draw each sampled row's prediction against its true value."""
    if not facts.residuals:
        return None
    low, high = robust_range([value for pair in facts.residuals for value in pair])
    frame = _frame((low, high), (low, high), "actual", "predicted")
    diagonal = line((frame.x(low), frame.y(low)), (frame.x(high), frame.y(high)), "reference")
    inside = [(x, y) for x, y in facts.residuals if frame.x.holds(x) and frame.y.holds(y)]
    shapes = [*axes(frame), *dots([(frame.x(x), frame.y(y)) for x, y in inside], "dot"), diagonal]
    caption = f"{_sample(facts, len(inside))} On the dashed diagonal a prediction is exact."
    title = "Actual and predicted"
    header, rows = _grouped_table(facts.residuals)
    picture = document("actual-predicted", title, caption, (_WIDTH, _HEIGHT), shapes)
    return Chart("actual-predicted", title, caption, picture, header, rows)


def residual_chart(facts: Judged) -> Chart | None:
    """Draw actual minus predicted against the prediction, with the median and the middle 80 % of each tenth."""
    if not facts.residuals:
        return None
    left_over = [(predicted, actual - predicted) for actual, predicted in facts.residuals]
    frame = _frame(
        robust_range([x for x, _ in left_over]),
        robust_range([y for _, y in left_over]),
        "predicted",
        f"actual {MINUS} predicted",
    )
    inside = [(x, y) for x, y in left_over if frame.x.holds(x) and frame.y.holds(y)]
    shapes = [*axes(frame), *dots([(frame.x(x), frame.y(y)) for x, y in inside], "dot")]
    shapes.append(line((frame.x.start, frame.y(0)), (frame.x.stop, frame.y(0)), "reference"))
    groups = _groups(left_over)
    for style, level in (("band", 0), ("curve c1", 1), ("band", 2)):
        shapes.append(path([(frame.x(middle), frame.y(levels[level])) for middle, levels in groups], style))
    caption = (
        f"{_sample(facts, len(inside))} A good model scatters evenly around zero. Line: median of each tenth of the "
        "predictions; dotted: their middle 80\N{NO-BREAK SPACE}%."
    )
    title = "Residuals"
    rows = tuple((number(middle), *(number(level) for level in levels)) for middle, levels in groups)
    header = (
        "predicted, middle of a tenth",
        "10\N{NO-BREAK SPACE}% of residuals below",
        "median residual",
        "90\N{NO-BREAK SPACE}% below",
    )
    picture = document("residuals", title, caption, (_WIDTH, _HEIGHT), shapes)
    return Chart("residuals", title, caption, picture, header, rows)


def _frame(x: tuple[float, float], y: tuple[float, float], x_name: str, y_name: str) -> Frame:
    return Frame(Scale(*x, 62, _WIDTH - 12), Scale(*y, _HEIGHT - 46, 28), x_name, y_name)


def _sample(facts: Judged, inside: int) -> str:
    outside = len(facts.residuals) - inside
    shown = f"{plural(len(facts.residuals), 'row')}."
    return f"{shown[:-1]}, {plural(outside, 'extreme one')} of them outside the picture." if outside else shown


def _groups(pairs: Pairs) -> list[tuple[float, tuple[float, float, float]]]:
    """Split pairs by their first value into tenths; return each one's middle, and its 10, 50 and 90 % points."""
    ranked = sorted(pairs)
    amount = min(_GROUPS, len(ranked) // _FEWEST_A_GROUP)
    groups = []
    for position in range(amount):
        members = ranked[position * len(ranked) // amount : (position + 1) * len(ranked) // amount]
        values = [value for _, value in members]
        cuts = quantiles(values, n=10, method="inclusive")
        groups.append((median(x for x, _ in members), (cuts[0], median(values), cuts[-1])))
    return groups


def _grouped_table(pairs: Pairs) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    header = (
        "actual, middle of a tenth",
        "10\N{NO-BREAK SPACE}% of predictions below",
        "median prediction",
        "90\N{NO-BREAK SPACE}% below",
    )
    return header, tuple((number(middle), *(number(level) for level in levels)) for middle, levels in _groups(pairs))
