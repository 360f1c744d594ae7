"""Whether more search can still gain anything: after enough tuned candidates that brought nothing, it cannot.

What the next candidate brings is not known, but what the last ones brought is. After ``n`` tuned candidates in a row
without a gain, the next one brings a gain with a chance of about 1 / (n + 2) (Laplace's rule of succession). A gain is
a blend whose loss is lower by a thousandth of itself: less is not told apart from the luck of the selection.
"""

from __future__ import annotations

import math

__all__ = ["PATIENCE_ON_FEW_ROWS", "Plateau", "default_patience"]

#: The chance that the next candidate gains is then below one in a hundred.
PATIENCE_ON_FEW_ROWS = 100

_FEW_ROWS = 1_000
_SMALLEST_GAIN = 1e-3
_PERFECT = 1e-6


def default_patience(rows: int, *, counted: bool) -> float | None:
    """Return the patience of a search for which none was stated.

    Parameters
    ----------
    rows : int
        Of the table. On many rows candidates are few, and late ones still gain: only a perfect score ends a search.
    counted : bool
        Whether a number of trials was asked for; then so many are tried.
    """
    if counted:
        return None
    return PATIENCE_ON_FEW_ROWS if rows <= _FEW_ROWS else math.inf


class Plateau:
    """Follows the blend's loss; tuned candidates alone count, as before them families are still untried.

    Parameters
    ----------
    patience : float or None
        Tuned candidates in a row without a gain after which the search ends; infinite where only a perfect score ends
        it; None where nothing does.
    """

    def __init__(self, patience: float | None) -> None:
        self._patience = patience
        self._first = math.nan
        self._lowest = math.inf
        self._latest = math.inf
        self._in_vain = 0
        self._tuned = False

    def tell(self, loss: float, *, tuned: bool) -> None:
        """Take the blend's loss after one more candidate, and whether a study had proposed that."""
        self._latest = loss
        self._tuned = self._tuned or tuned
        if not math.isfinite(self._first) and math.isfinite(loss):
            self._first = self._lowest = loss
        elif loss < self._lowest - _SMALLEST_GAIN * abs(self._lowest):
            self._lowest, self._in_vain = loss, 0
        elif tuned:
            self._in_vain += 1

    @property
    def reason(self) -> str | None:
        """Why the search should end, ``"perfect"`` or ``"patience"``; None while it may still gain."""
        if self._patience is None or not self._tuned:
            return None
        if self._latest <= _PERFECT * self._first:
            return "perfect"
        return "patience" if self._in_vain >= self._patience else None
