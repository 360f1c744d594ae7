"""The few SVG pieces from which every chart is drawn.

The charts are written by hand rather than with matplotlib. Importing matplotlib alone takes some 0.4 s out of the
user's time budget, four times as long as this package takes for the whole page; its colours are fixed in the file, so
one picture cannot serve light and dark; and its text does not grow on a phone. Here shapes carry CSS classes, and
colours and sizes live in the page's style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TypeVar

from automl.report.formatting import concise, shorten, visible

__all__ = [
    "Bar",
    "Chart",
    "Frame",
    "Scale",
    "axes",
    "bar_rows",
    "circle",
    "document",
    "dots",
    "line",
    "path",
    "rect",
    "robust_range",
    "span",
    "text",
    "thin",
]

_ROW = 28

Points = Sequence[tuple[float, float]]

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Chart:
    """A drawn chart with the figures behind it.

    Attributes
    ----------
    identifier : str
        Unique in the page.
    title, caption : str
        What it shows, and how to read it.
    svg : str
        One ``<svg>`` element, free of scripts and references.
    header : tuple of str
        Column names of the data table.
    rows : tuple of tuple of str
        The data table, as text.
    """

    identifier: str
    title: str
    caption: str
    svg: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())


@dataclass(frozen=True)
class Bar:
    """One labelled bar: how long it is, and what is written at its end."""

    label: str
    length: float
    words: str


@dataclass(frozen=True)
class Scale:
    """A linear map from values to picture units, with round ticks.

    Attributes
    ----------
    low, high : float
        Range of the values.
    start, stop : float
        Where ``low`` and ``high`` are drawn.
    """

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return where ``value`` is drawn; values outside the range stay at its ends."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(1.0, max(0.0, share)) * (self.stop - self.start), 1)

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies within the range."""
        return self.low <= value <= self.high

    def ticks(self, about: int = 5) -> list[float]:
        """Return about that many round values within the range."""
        step = _round_step((self.high - self.low) / about)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [float(f"{position * step:.12g}") for position in range(first, last + 1)]


@dataclass(frozen=True)
class Frame:
    """A plot area: its two scales and their names."""

    x: Scale
    y: Scale
    x_name: str
    y_name: str


def span(values: Iterable[float], padding: float = 0.05) -> tuple[float, float]:
    """Return a range that holds the values with some air around it; never an empty one."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        air = abs(low) * 0.1 or 0.5
        return low - air, high + air
    air = (high - low) * padding
    return low - air, high + air


def robust_range(values: Sequence[float], tail: float = 0.005) -> tuple[float, float]:
    """Return the range of the values without extreme tails, where those would take up most of the picture."""
    finite = sorted(value for value in values if math.isfinite(value))
    if not finite:
        return 0.0, 1.0
    cut = int(len(finite) * tail)
    low, high = span((finite[cut], finite[-1 - cut]))
    full_low, full_high = span(finite)
    return (full_low, full_high) if full_high - full_low <= 2 * (high - low) else (low, high)


def thin(points: Sequence[_Item], most: int) -> list[_Item]:
    """Return at most ``most`` of the points, evenly spread over their order, first and last kept."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(position * step)] for position in range(most)]


def document(identifier: str, title: str, description: str, size: tuple[int, int], body: Iterable[str]) -> str:
    """Wrap shapes into an ``<svg>`` that screen readers announce by its title and description."""
    width, height = size
    return (
        f'<svg class="plot" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{identifier}-title {identifier}-description">'
        f'<title id="{identifier}-title">{_escaped(title)}</title>'
        f'<desc id="{identifier}-description">{_escaped(description)}</desc>{"".join(body)}</svg>'
    )


def axes(frame: Frame, x_ticks: int = 5, y_ticks: int = 5) -> list[str]:
    """Draw grid lines, tick labels and axis names of a frame."""
    x, y = frame.x, frame.y
    shapes = []
    for value in y.ticks(y_ticks):
        shapes.append(line((x.start, y(value)), (x.stop, y(value)), "grid"))
        shapes.append(text((x.start - 6, y(value) + 4), concise(value), "tick", "end"))
    shapes += [text((x(value), y.start + 17), concise(value), "tick", "middle") for value in x.ticks(x_ticks)]
    shapes += [line((x(value), y.start), (x(value), y.start + 4), "axis") for value in x.ticks(x_ticks)]
    shapes.append(line((x.start, y.start), (x.stop, y.start), "axis"))
    shapes.append(text((x.stop, y.start + 35), frame.x_name, "axis-name", "end"))
    shapes.append(text((4, y.stop - 10), frame.y_name, "axis-name", "start"))
    return shapes


def path(points: Points, style: str) -> str:
    """Draw a line through points in picture units."""
    if not points:
        return ""
    steps = "L".join(f"{x:g} {y:g}" for x, y in points)
    return f'<path class="{style}" d="M{steps}"/>'


def dots(points: Points, style: str, chunk: int = 50) -> list[str]:
    """Draw many round dots, a path for each ``chunk`` of them.

    A path is a tenth of the size of as many circles; several paths let overlapping dots darken each other.
    """
    groups = (points[start : start + chunk] for start in range(0, len(points), chunk))
    return [f'<path class="{style}" d="{"".join(f"M{x:g} {y:g}h0" for x, y in group)}"/>' for group in groups]


def line(start: tuple[float, float], stop: tuple[float, float], style: str) -> str:
    """Draw a straight line."""
    return f'<line class="{style}" x1="{start[0]:g}" y1="{start[1]:g}" x2="{stop[0]:g}" y2="{stop[1]:g}"/>'


def circle(at: tuple[float, float], radius: float, style: str, hover: str = "") -> str:
    """Draw a circle; ``hover`` is shown under the pointer."""
    return f'<circle class="{style}" cx="{at[0]:g}" cy="{at[1]:g}" r="{radius:g}">{_hover(hover)}</circle>'


def rect(corner: tuple[float, float], size: tuple[float, float], style: str, hover: str = "") -> str:
    """Draw a rectangle; ``hover`` is shown under the pointer."""
    return (
        f'<rect class="{style}" x="{corner[0]:g}" y="{corner[1]:g}" '
        f'width="{max(0.0, size[0]):g}" height="{max(0.0, size[1]):g}">{_hover(hover)}</rect>'
    )


def text(at: tuple[float, float], words: str, style: str, anchor: str = "start", limit: int = 60) -> str:
    """Draw text, shortened to ``limit`` characters; the whole of it is shown under the pointer."""
    shown = shorten(words, limit)
    hover = _hover(words) if shown != visible(words) else ""
    place = f'x="{at[0]:g}" y="{at[1]:g}" text-anchor="{anchor}"'
    return f'<text class="{style}" {place}>{escape(shown)}{hover}</text>'


def bar_rows(bars: Sequence[Bar], width: int) -> tuple[list[str], int]:
    """Draw labelled bars one below the other; return the shapes and their height."""
    largest = max((bar.length for bar in bars), default=0.0) or 1.0
    start, room = 128, width - 128 - 104
    shapes = []
    for position, bar in enumerate(bars):
        y = 6 + position * _ROW
        length = round(room * bar.length / largest, 1)
        shapes.append(text((start - 8, y + 15), bar.label, "label", "end", limit=17))
        shapes.append(rect((start, y + 2), (max(1.0, length), _ROW - 10), "bar"))
        shapes.append(text((start + length + 7, y + 15), bar.words, "tick"))
    return shapes, 8 + _ROW * len(bars)


def _hover(words: str) -> str:
    return f"<title>{_escaped(words)}</title>" if words else ""


def _escaped(words: str) -> str:
    return escape(visible(words))


def _round_step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if raw <= power * factor * (1 + 1e-9))
