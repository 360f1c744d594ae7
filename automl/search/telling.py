"""What a search says while it runs."""

from __future__ import annotations

import time
from collections.abc import Iterable

from automl.evaluation.metrics import Metric
from automl.events import Note, SearchProgress, Sink, TrialFinished
from automl.search.board import RACED_OUT, Trial

__all__ = ["Teller"]

_EVERY_SECONDS = 1.0


class Teller:
    """Tells a sink what becomes of the candidates, and now and then how the search goes."""

    def __init__(self, sink: Sink, metric: Metric) -> None:
        self._sink, self._metric = sink, metric
        self._last_progress = 0.0

    def trial(self, trial: Trial) -> None:
        """Tell how a candidate ended."""
        scored = trial.prediction is not None
        score = self._metric.to_score(trial.loss) if scored else None
        self._sink.emit(TrialFinished(trial.number, trial.candidate.family, score, trial.status, trial.seconds))
        if not scored and trial.status != RACED_OUT:
            self._sink.emit(
                Note(f"{trial.candidate.family}: {trial.status}; the search goes on without it.", warning=True)
            )

    def progress(self, trials: int, best: float | None, seconds_left: float | None, running: Iterable[Trial]) -> None:
        """Tell where the search stands, once a second."""
        if time.monotonic() - self._last_progress >= _EVERY_SECONDS:
            self._last_progress = time.monotonic()
            trying = tuple(dict.fromkeys(trial.candidate.family for trial in running))
            self._sink.emit(SearchProgress(trials, best, seconds_left, trying))
