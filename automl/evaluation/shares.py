"""Intervals of shares.

Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
"""

from __future__ import annotations

import math

__all__ = ["share_interval"]

_Z = 1.959964


def share_interval(part: float, whole: float) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score; of none of ``whole`` rows it is everything.

    Parameters
    ----------
    part, whole : float
        Rows.
    """
    if whole <= 0:
        return 0.0, 1.0
    share = part / whole
    middle = (share + _Z**2 / (2 * whole)) / (1 + _Z**2 / whole)
    half = _Z / (1 + _Z**2 / whole) * math.sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2))
    return max(0.0, middle - half), min(1.0, middle + half)
