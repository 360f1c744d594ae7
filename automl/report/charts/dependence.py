"""Pictures of how the prediction depends on a column."""

from __future__ import annotations

from automl.report.behaviour_facts import Behaviour, DependenceCurve
from automl.report.charts.svg import (
    Chart,
    Frame,
    Scale,
    axes,
    circle,
    document,
    line,
    path,
    rect,
    span,
    text,
)
from automl.report.formatting import concise, number, percent

__all__ = ["dependence_chart", "dependence_charts"]

_WIDTH, _HEIGHT = 460, 300
_LEFT, _RIGHT, _BOTTOM, _TOP = 54, _WIDTH - 12, _HEIGHT - 46, 28
_DENSITY_HEIGHT = 46
_LEVEL_HEIGHT = 26
_LEVEL_LEFT = 128


def dependence_charts(behaviour: Behaviour | None) -> list[Chart]:
    """Draw each curve of a model's behaviour."""
    if behaviour is None:
        return []
    return [dependence_chart(curve, place, behaviour.predicted) for place, curve in enumerate(behaviour.curves)]


def dependence_chart(curve: DependenceCurve, position: int, predicted: str) -> Chart:
    """Draw the average prediction along a column, the spread of single rows, and how often each value is."""
    title = curve.column
    shapes, height = _levels(curve) if not curve.positions else _line(curve, predicted)
    spread = "dotted" if curve.positions else "thin"
    single = "The thin lines are single rows. " if curve.positions and curve.rows else ""
    caption = (
        f"Average {predicted} with every row set to the value; the {spread} lines hold 80 % of the rows. {single}"
        "The pale bars show how often values are in the data."
    )
    rows = tuple(
        (name, number(mean), f"{number(low)} to {number(high)}")
        for name, mean, low, high in zip(curve.names, curve.mean, curve.low, curve.high, strict=True)
    )
    identifier = f"dependence-{position}"
    picture = document(identifier, title, caption, (_WIDTH, height), shapes)
    return Chart(identifier, title, caption, picture, ("value", "average", "80 % of rows"), rows)


def _line(curve: DependenceCurve, predicted: str) -> tuple[list[str], int]:
    frame = Frame(
        Scale(*span(curve.positions, 0.0), _LEFT, _RIGHT),
        Scale(*span([*curve.low, *curve.high, *(value for row in curve.rows for value in row)]), _BOTTOM, _TOP),
        "",
        predicted,
    )
    shapes = [*_density(curve, frame), *(_date_axes(frame, curve) if curve.dates else axes(frame))]
    drawn = [*((row, "ice") for row in curve.rows), (curve.low, "band"), (curve.high, "band"), (curve.mean, "curve c0")]
    for values, style in drawn:
        points = [(frame.x(at), frame.y(value)) for at, value in zip(curve.positions, values, strict=True)]
        shapes.append(path(points, style))
    return shapes, _HEIGHT


def _date_axes(frame: Frame, curve: DependenceCurve) -> list[str]:
    """Draw axes whose ends along the bottom are named by dates."""
    y = frame.y
    shapes = [line((frame.x.start, y(value)), (frame.x.stop, y(value)), "grid") for value in y.ticks()]
    shapes += [text((frame.x.start - 6, y(value) + 4), concise(value), "tick", "end") for value in y.ticks()]
    shapes.append(line((frame.x.start, y.start), (frame.x.stop, y.start), "axis"))
    shapes.append(text((frame.x.start, y.start + 17), curve.names[0], "tick", "start"))
    shapes.append(text((frame.x.stop, y.start + 17), curve.names[-1], "tick", "end"))
    shapes.append(text((4, y.stop - 10), frame.y_name, "axis-name", "start"))
    return shapes


def _density(curve: DependenceCurve, frame: Frame) -> list[str]:
    largest = max(curve.density) or 1.0
    width = (frame.x.stop - frame.x.start) / len(curve.density)
    shapes = []
    for place, share in enumerate(curve.density):
        height = round(_DENSITY_HEIGHT * share / largest, 1)
        corner = (round(frame.x.start + place * width, 1), round(_BOTTOM - height, 1))
        shapes.append(rect(corner, (round(width - 1, 1), height), "bar unused", percent(share)))
    return shapes


def _levels(curve: DependenceCurve) -> tuple[list[str], int]:
    """Draw a row for each level: its share as a pale bar, the spread as a line, the average as a dot."""
    scale = Scale(*span([*curve.low, *curve.high]), _LEVEL_LEFT, _RIGHT - 60)
    shapes = []
    for place, name in enumerate(curve.names):
        y = 16 + place * _LEVEL_HEIGHT
        share = curve.density[place]
        shapes.append(text((_LEVEL_LEFT - 8, y + 4), name, "label", "end", limit=17))
        shapes.append(rect((_LEVEL_LEFT, y - 9), (round(share * (scale.stop - scale.start), 1), 18), "bar unused"))
        shapes.append(line((scale(curve.low[place]), y), (scale(curve.high[place]), y), "axis"))
        shapes.append(circle((scale(curve.mean[place]), y), 5, "end c0", number(curve.mean[place])))
        shapes.append(text((_RIGHT - 52, y + 4), number(curve.mean[place], 3), "tick"))
    return shapes, 14 + _LEVEL_HEIGHT * len(curve.names)
