"""How much time lies between the rows that a model learns from and those that it is then used on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.arguments import parse_time_gap
from automl.errors import UsageError

__all__ = ["TimeGap"]


@dataclass(frozen=True)
class TimeGap:
    """A stretch of time, or of what a column of numbers counts the time in.

    Attributes
    ----------
    text : str
        As the user wrote it: ``"7d"``, or ``"30"``.
    """

    text: str

    def __str__(self) -> str:
        return self.text.strip()

    def before(self, times: NDArray[Any]) -> NDArray[Any]:
        """Return the latest time that is known when the gap ends at each of some times.

        Parameters
        ----------
        times : ndarray of datetime64 or float64

        Raises
        ------
        UsageError
            If the gap is a number and the times are dates, or the other way round.
        """
        gap, in_seconds = parse_time_gap(self.text)
        if in_seconds != (times.dtype.kind == "M"):
            raise UsageError(
                f"--time-gap must be {'a number' if in_seconds else 'a stretch of time'}, "
                f"because the times are {'numbers' if in_seconds else 'dates'}. Got '{self}'.",
                "Try --time-gap 30, in the units of the column." if in_seconds else "Write it like 12h, 7d or 2w.",
            )
        return np.asarray(times - (np.timedelta64(round(gap * 1e6), "us") if in_seconds else gap))
