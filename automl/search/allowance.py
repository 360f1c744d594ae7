"""How many seconds the search, a fold's fit and a worker still have."""

from __future__ import annotations

from automl.search.blending import Blending
from automl.search.finishing import FinishingTime
from automl.search.plan import SearchPlan
from automl.search.refit import refit_seconds
from automl.search.tasks import FILES_A_FIT

__all__ = ["TICK", "Allowance"]

#: Seconds after which the search looks at the clock at the latest.
TICK = 0.5

_LEAST_SECONDS = 0.3
_LARGEST_SHARE = 0.8
_OVERTIME = 2.0
_GRACE = 1.5


class Allowance:
    """Divides the seconds that are left.

    Parameters
    ----------
    plan : SearchPlan
    blending : Blending
        Its blend is what would be written now, and how long that takes is kept for the end.
    n_folds : int
    """

    def __init__(self, plan: SearchPlan, blending: Blending, n_folds: int) -> None:
        self._plan, self._blending, self._n_folds = plan, blending, n_folds
        self._finishing = FinishingTime(plan.reserve, plan.workers)
        self._total = max(self.seconds_left, 1.0)

    @property
    def seconds_left(self) -> float:
        """Seconds left for searching; infinite where no clock bounds the search."""
        if not self._plan.timed:
            return float("inf")
        after = self._finishing.seconds
        if self._plan.single and (blend := self._blending.blend).members:
            after += refit_seconds(self._blending.complete[blend.members[0]])
        return self._plan.deadline.remaining - after

    def for_fold(self, share: float) -> float | None:
        """Return the seconds one fold of a candidate may take that is to have a share of the whole; None: any."""
        if not self._plan.timed:
            return None
        fair = share * self._total * self._plan.workers / self._n_folds
        return max(_LEAST_SECONDS, min(fair, _LARGEST_SHARE * self.seconds_left))

    def before_kill(self, seconds: float | None) -> float:
        """Return after how many seconds a worker is killed whose task was allowed ``seconds``."""
        if seconds is None:
            return float("inf")
        # A fit that the end of the search cuts off has not failed: the search ends first, and it counts as unfinished.
        return min(_OVERTIME * seconds + _GRACE, max(self.seconds_left, 0.1) + TICK)

    def blended(self, seconds: float, fits: int) -> None:
        """Take how long choosing the blend took, and see how long writing its models and removing the rest will.

        Parameters
        ----------
        seconds : float
        fits : int
            How many folds were fitted so far, of whichever candidates.
        """
        self._finishing.measure(self._blending.model_files(), seconds, FILES_A_FIT * fits)
