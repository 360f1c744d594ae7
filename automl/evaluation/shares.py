"""Intervals of shares.

Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
"""

from __future__ import annotations

import math

__all__ = ["share_interval"]

_Z = 1.959964


def share_interval(part: float, whole: float, errors: float = _Z) -> tuple[float, float]:
    """Return the interval of a share by Wilson's score, the 95 % one by default; of none of ``whole`` it is everything.

    Parameters
    ----------
    part, whole : float
        Rows.
    errors : float
        How many standard errors the interval reaches to both sides.
    """
    if whole <= 0:
        return 0.0, 1.0
    share = part / whole
    middle = (share + errors**2 / (2 * whole)) / (1 + errors**2 / whole)
    half = errors / (1 + errors**2 / whole) * math.sqrt(share * (1 - share) / whole + errors**2 / (4 * whole**2))
    return max(0.0, middle - half), min(1.0, middle + half)
