"""Small bars that stand in a table's cell and stretch with it. The figures stand beside them, so readers skip them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from automl.report.charts.svg import span

__all__ = ["Strip", "bar_strip", "spread_strip", "strip_range"]


@dataclass(frozen=True)
class Strip:
    """The range of values that the strips of one table column share."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return where ``value`` stands, in percent of the cell's width, kept inside it."""
        return round(min(100.0, max(0.0, 100 * (value - self.low) / (self.high - self.low))), 1)


def strip_range(values: Sequence[tuple[float, float]], greater_is_better: bool) -> Strip:
    """Return a range for values with spreads that shows the better three quarters well."""
    known = [(value, spread) for value, spread in values if math.isfinite(value)]
    ranked = sorted(known, key=lambda pair: pair[0], reverse=greater_is_better)
    kept = ranked[: max(1, math.ceil(len(ranked) * 0.75))]
    return Strip(*span([value + sign * spread for value, spread in kept for sign in (-1, 1)]))


def spread_strip(strip: Strip, value: float | None, spread: float | None) -> str:
    """Draw a value as a dot with its spread as a line; an open dot at the edge where it lies outside."""
    if value is None or not math.isfinite(value):
        return ""
    outside = not strip.low <= value <= strip.high
    x = strip.place(value)
    style = "strip-dot outside" if outside else "strip-dot"
    bar = "" if outside else _whisker(strip, value, spread or 0.0)
    return _strip(f'{bar}<path class="{style}" d="M{min(97.0, max(3.0, x)):g} 8h0"/>')


def bar_strip(strip: Strip, value: float, spread: float = 0.0, style: str = "bar") -> str:
    """Draw a value as a bar from zero, with its spread as a line over the bar's end."""
    if not math.isfinite(value):
        return ""
    zero, end = strip.place(0), strip.place(value)
    left, width = min(zero, end), abs(end - zero)
    bar = f'<rect class="{style}" x="{left:g}" y="3" width="{max(0.4, width):g}" height="10"/>'
    return _strip(bar + _whisker(strip, value, spread))


def _whisker(strip: Strip, value: float, spread: float) -> str:
    if not spread > 0:
        return ""
    return f'<path class="strip-line" d="M{strip.place(value - spread):g} 8H{strip.place(value + spread):g}"/>'


def _strip(shapes: str) -> str:
    return f'<svg class="strip" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">{shapes}</svg>'
