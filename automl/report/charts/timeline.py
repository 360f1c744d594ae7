"""A figure of several batches, one after another, with the first alarm marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automl.report.charts.svg import Chart, Frame, Scale, axes, circle, document, dots, line, path, span, text, thin
from automl.report.formatting import number

__all__ = ["Moment", "timeline_chart"]

_WIDTH, _HEIGHT = 460, 300
_LEFT, _RIGHT, _BOTTOM, _TOP = 54, _WIDTH - 12, _HEIGHT - 46, 28
_TABLE_ROWS = 60


@dataclass(frozen=True)
class Moment:
    """A batch's name, the figure (None where it is not known), its interval and whether it raised an alarm."""

    name: str
    value: float | None
    interval: tuple[float, float] | None = None
    alarm: bool = False


def timeline_chart(
    identifier: str, title: str, what: str, moments: Sequence[Moment], usual: float | None = None
) -> Chart | None:
    """Draw a figure over the batches; None where it is known of fewer than two.

    Parameters
    ----------
    identifier, title : str
    what : str
        What the figure is called.
    moments : sequence of Moment
    usual : float, optional
        What is drawn as a dashed line: the training rows' figure.
    """
    known = [(place, each, each.value) for place, each in enumerate(moments) if each.value is not None]
    if len(known) < 2:
        return None
    ends = [end for _, each, _ in known if each.interval is not None for end in each.interval]
    low, high = span([*(value for *_, value in known), *ends, *([] if usual is None else [usual])])
    frame = Frame(Scale(1, len(moments), _LEFT, _RIGHT), Scale(low, high, _BOTTOM, _TOP), "batch, in order", what)
    shapes = axes(frame)
    if usual is not None:
        shapes.append(line((frame.x.start, frame.y(usual)), (frame.x.stop, frame.y(usual)), "reference"))
    for side in (0, 1):
        edge = [(place, each.interval[side]) for place, each, _ in known if each.interval is not None]
        shapes.append(path([(frame.x(place + 1), frame.y(value)) for place, value in edge], "band"))
    points = [(frame.x(place + 1), frame.y(value)) for place, _, value in known]
    shapes += [path(points, "curve c0"), *dots(points, "dot")]
    alarmed = [(frame.x(place + 1), frame.y(value), each) for place, each, value in known if each.alarm]
    shapes += [circle((x, y), 4, "end c1", each.name) for x, y, each in alarmed]
    if alarmed:
        x, _, first = alarmed[0]
        shapes.append(line((x, _BOTTOM), (x, _TOP), "reference"))
        anchor = "start" if x < (_LEFT + _RIGHT) / 2 else "end"
        shapes.append(
            text((x + (6 if anchor == "start" else -6), _TOP + 8), f"first alarm: {first.name}", "legend", anchor)
        )
    caption = _caption(what, usual, [each.name for *_, each in alarmed], has_intervals=bool(ends))
    rows = tuple(
        (each.name, number(value), "alarm" if each.alarm else "") for _, each, value in thin(known, _TABLE_ROWS)
    )
    picture = document(identifier, title, caption, (_WIDTH, _HEIGHT), shapes)
    return Chart(identifier, title, caption, picture, ("batch", what, ""), rows)


def _caption(what: str, usual: float | None, alarmed: list[str], *, has_intervals: bool) -> str:
    bounds = "; dotted lines bound its 95 % interval" if has_intervals else ""
    parts = [f"{what[0].upper()}{what[1:]} of each batch{bounds}."]
    if usual is not None:
        parts.append(f"Dashed: {number(usual)}, as at the fit.")
    if alarmed:
        parts.append(f"Large dots are alarms, the first in {alarmed[0]}.")
    return " ".join(parts)
