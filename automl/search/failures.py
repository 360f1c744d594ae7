"""Why a search has nothing to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from automl.errors import NothingTrainedError
from automl.search.board import RACED_OUT, Trial
from automl.search.tasks import TIME_LIMIT

__all__ = ["nothing_trained"]

_NO_FAILURE = ("ok", "running", RACED_OUT, TIME_LIMIT)


def nothing_trained(trials: Sequence[Trial]) -> NothingTrainedError:
    """Return the error of a search that trained none of its candidates: what most failed with, or that time ran out.

    Also of one that is left with an answer for all rows where numbers are too large for the loss even of that.
    """
    failures = Counter(trial.status for trial in trials if trial.status not in _NO_FAILURE)
    if not failures:
        return NothingTrainedError("No model could be trained in the time given.", "Give a longer --time-budget.")
    (reason, times), *_ = failures.most_common(1)
    return NothingTrainedError(
        f"No model could be trained: {times} of {len(trials)} candidates failed with: {reason}",
        "Try other --families, and see that the target's values are what they should be.",
    )
