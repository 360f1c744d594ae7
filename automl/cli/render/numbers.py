"""Numbers for people: scores, durations, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["duration", "interval", "percent", "score"]

NOTHING = "-"


def score(value: float | None, digits: int = 4) -> str:
    """Return a score with ``digits`` significant places behind the point, or a dash where there is none.

    Examples
    --------
    >>> score(0.84321), score(12345.678), score(None)
    ('0.8432', '12,345.7', '-')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    size = abs(value)
    if 0 < size < 1e-3 or size >= 1e9:
        return f"{value:.{digits - 1}e}"
    places = max(0, digits - len(str(int(size))) + (1 if size < 1 else 0)) if size < 1000 else 1
    return f"{value:,.{places}f}"


def interval(bounds: Sequence[float | None]) -> str:
    """Return ``low to high``, a dash where there is neither."""
    low, high = map(score, bounds)
    return NOTHING if low == high == NOTHING else f"{low} to {high}"


def duration(seconds: float) -> str:
    """Return seconds as ``0.8 s``, ``48 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    large, small, of_large, of_small = (whole // 60, whole % 60, "min", "s")
    if whole >= 3600:
        large, small, of_large, of_small = (whole // 3600, whole % 3600 // 60, "h", "min")
    return f"{large} {of_large} {small} {of_small}" if small else f"{large} {of_large}"


def percent(part: float, whole: float) -> str:
    """Return a share in percent, such as ``12.5 %``."""
    return f"{100 * part / whole:.3g} %" if whole else NOTHING
