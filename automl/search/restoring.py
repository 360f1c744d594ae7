"""From the log of a former run to trials that a search goes on with."""

from __future__ import annotations

import shutil

from automl.search.board import Evidence, Trial
from automl.search.tasks import WorkFolder
from automl.search.trial_log import History, PastTrial

__all__ = ["remove_unfinished_encodings", "restore_trials"]


def restore_trials(history: History, evidence: Evidence) -> list[Trial]:
    """Return the candidates of a former run: finished ones scored again, interrupted ones with the folds they have."""
    return [_restored(past, evidence) for past in history.trials]


def _restored(past: PastTrial, evidence: Evidence) -> Trial:
    trial = Trial(past.number, past.candidate, past.columns, dict(past.results), loss=past.loss)
    failed = next((result.status for result in past.results.values() if result.status != "ok"), None)
    if past.status not in ("ok", "running"):
        trial.status = past.status
    elif failed is not None:
        trial.status = failed
    elif len(past.results) == len(evidence.splits.folds):
        trial.complete(evidence, past.found_at)
    return trial


def remove_unfinished_encodings(folder: WorkFolder) -> None:
    """Remove what workers left that were killed while they encoded."""
    for place in (folder.path / "encodings").glob("*/tmp*"):
        shutil.rmtree(place, ignore_errors=True)
