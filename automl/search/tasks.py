"""What the coordinator sends to its workers, what comes back, and where the files between them lie."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from automl.models.family import Device

__all__ = [
    "FILES_A_FIT",
    "TIME_LIMIT",
    "DeviceTask",
    "FoldTask",
    "RankingTask",
    "TaskResult",
    "WorkFolder",
    "encoding_key",
]

TIME_LIMIT = "stopped at its time limit"
"""The status of a task that took longer than it may."""

#: Predictions, golden predictions and the model.
FILES_A_FIT = 3


@dataclass(frozen=True)
class FoldTask:
    """Fit one candidate on one fold.

    ``columns`` are the feature columns to learn from; None means all. ``seconds`` is None where no clock may be read.
    """

    candidate: int
    fold: int
    family: str
    encoding: str
    columns: tuple[str, ...] | None
    hyperparameters: Mapping[str, Any]
    seed: int
    threads: int
    seconds: float | None
    device: Device = "cpu"


@dataclass(frozen=True)
class DeviceTask:
    """Find out whether the library of a family can fit on a GPU of this machine."""

    family: str


@dataclass(frozen=True)
class RankingTask:
    """Measure on one fold how much each column matters, beside random probe columns."""

    fold: int
    family: str
    encoding: str
    seed: int
    threads: int
    seconds: float | None
    candidate: int = -1


@dataclass(frozen=True)
class TaskResult:
    """What came of a task.

    ``status`` is ``"ok"`` or the reason of the failure in a few words; ``peak`` is by how many bytes the worker grew, 0
    where that is not known.
    """

    candidate: int
    fold: int
    status: str
    seconds: float
    stages: tuple[int, ...] = ()
    resolved: Mapping[str, Any] = field(default_factory=dict)
    importance: Mapping[str, float] = field(default_factory=dict)
    peak: int = 0


def encoding_key(encoding: str, columns: tuple[str, ...] | None) -> str:
    """Return a name for an encoding of a choice of columns that is safe as a folder name."""
    if columns is None:
        return encoding
    return f"{encoding}-{hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:10]}"


@dataclass(frozen=True)
class WorkFolder:
    """Where the state of a search lies.

    Attributes
    ----------
    NAMES : frozenset of str
        What may lie directly in it.
    """

    NAMES: ClassVar[frozenset[str]] = frozenset(
        (
            "data",
            "encodings",
            "trials",
            "splits",
            "state.json",
            "trials.jsonl",
            "workers.log",
            "tested.automl",
            "challenger.automl",
        )
    )
    path: Path

    @property
    def data(self) -> Path:
        """The typed table, target, folds and settings, written once."""
        return self.path / "data"

    def encoded(self, key: str, fold: int) -> Path:
        """Return where the encoded matrices and the encoder of one fold lie."""
        return self.path / "encodings" / key / str(fold)

    def labels(self, fold: int) -> Path:
        """Return where targets and weights lie of a fold that has rows which the search did not see."""
        return self.data / f"labels{fold}"

    def predictions(self, candidate: int, fold: int) -> Path:
        """Return where validation predictions lie: one set a stage, of shape (n_stages, n_rows[, n_classes])."""
        return self.path / "trials" / f"{candidate}-{fold}.npy"

    def golden(self, candidate: int, fold: int) -> Path:
        """Return where the fold's predictions of the golden rows lie: (n_stages, n_golden_rows[, n_classes])."""
        return self.path / "trials" / f"{candidate}-{fold}.golden.npy"

    def model(self, candidate: int, fold: int, suffix: str) -> Path:
        """Return where a fold's fitted model lies."""
        return self.path / "trials" / f"{candidate}-{fold}.{suffix}"

    @property
    def splits(self) -> Path:
        """Where, for a moment, ways to split are compared."""
        return self.path / "splits"

    @property
    def description(self) -> Path:
        """What was asked, and of which table."""
        return self.path / "state.json"

    @property
    def trial_log(self) -> Path:
        """What was proposed and what came of it, one JSON object a line."""
        return self.path / "trials.jsonl"

    @property
    def log(self) -> Path:
        """What libraries in the workers print."""
        return self.path / "workers.log"
