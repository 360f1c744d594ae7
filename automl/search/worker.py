"""What a worker does with a task: encode, fit, keep the validation predictions and the model."""

from __future__ import annotations

import os
import time
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.arrays import agree
from automl.models.family import FitRequest, Implementation, counted_weight, stages_up_to
from automl.models.gpu import try_gpu
from automl.models.registry import family
from automl.search.peaks import begin_peak, grown_since
from automl.search.ranking import rank_columns
from automl.search.smaller import OUT_OF_MEMORY, ROW_SHARE, drawn_rows
from automl.search.tasks import DeviceTask, FoldTask, RankingTask, TaskResult, WorkFolder
from automl.search.training_data import TrainingData

__all__ = ["fit_fold", "serve_tasks", "worker_main"]

#: So much of a number's error may be what single precision rounds off.
_ROUNDED_OFF = 1e-3


def serve_tasks(connection: Connection, folder: WorkFolder) -> None:
    """Carry out tasks from ``connection`` until it is closed."""
    data: TrainingData | None = None
    while True:
        try:
            task: FoldTask | RankingTask | DeviceTask = connection.recv()
        except EOFError:
            return
        if isinstance(task, DeviceTask):
            connection.send(try_gpu(task.family))
            continue
        start, begun = time.monotonic(), begin_peak()
        try:
            data = data or TrainingData(folder)
            result = fit_fold(task, data) if isinstance(task, FoldTask) else _rank(task, data)
        except MemoryError:
            result = TaskResult(task.candidate, task.fold, OUT_OF_MEMORY, time.monotonic() - start)
        except Exception as error:  # noqa: BLE001 - any library may fail in any way; the reason goes into the leaderboard
            traceback.print_exc()
            reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200]
            result = TaskResult(task.candidate, task.fold, reason, time.monotonic() - start)
        connection.send(replace(result, peak=grown_since(begun)))


def _request(
    task: FoldTask | RankingTask, data: TrainingData, encoding: str, columns: tuple[str, ...] | None, start: float
) -> FitRequest:
    fold = data.encoded(encoding, columns, task.fold)
    labels = data.labels(task.fold)
    hyperparameters = task.hyperparameters if isinstance(task, FoldTask) else {"learning_rate": 0.1, "iterations": 200}
    values, drawn = fold.train.values, drawn_rows(len(labels.target), hyperparameters, task.seed)
    target, weight = labels.target, labels.weight
    if drawn is not None:
        values, target, weight = values[drawn], target[drawn], None if weight is None else weight[drawn]
    seconds = None if task.seconds is None else max(0.2, task.seconds - (time.monotonic() - start))
    return FitRequest(
        values=np.asarray(values),
        categorical=fold.train.categorical,
        target=np.asarray(target),
        weight=data.objective.weights(np.asarray(target), counted_weight(weight)),
        valid_values=np.asarray(fold.valid_values),
        valid_target=np.asarray(labels.valid_target),
        valid_weight=data.objective.weights(np.asarray(labels.valid_target), counted_weight(labels.valid_weight)),
        task=data.task,
        n_classes=data.n_classes,
        hyperparameters={name: value for name, value in hyperparameters.items() if name != ROW_SHARE},
        seed=task.seed,
        threads=task.threads,
        seconds=seconds,
        objective=data.objective,
        monotone=fold.signs(data.monotone),
        device=task.device if isinstance(task, FoldTask) else "cpu",
        scratch=data.folder.labels(task.fold) if labels.mapped else None,
    )


def fit_fold(task: FoldTask, data: TrainingData) -> TaskResult:
    """Fit one candidate on one fold; keep its predictions and the model in the work folder."""
    start = time.monotonic()
    request = _request(task, data, task.encoding, task.columns, start)
    description = family(task.family)
    implementation = description.implementation()
    model = implementation.fit(request)
    stages = stages_up_to(model.iterations) if model.iterations else (0,)
    predictions = np.stack(model.predict_stages(request.valid_values, stages))
    wanted = (len(stages), len(request.valid_values), *([request.n_classes] if request.n_classes else []))
    if predictions.shape != wanted:
        reason = f"predicted the shape {predictions.shape[1:]} instead of {wanted[1:]}"
        return TaskResult(task.candidate, task.fold, reason, time.monotonic() - start)
    if not np.isfinite(predictions).all():
        return TaskResult(task.candidate, task.fold, "predicted values that are not numbers", time.monotonic() - start)
    place = data.folder.predictions(task.candidate, task.fold)
    np.save(place, _as_kept(predictions, request))
    path = data.folder.model(task.candidate, task.fold, description.suffix)
    model.save(path)
    golden_values = data.encoded(task.encoding, task.columns, task.fold).golden_values
    golden = np.stack(model.predict_stages(golden_values, stages))
    np.save(data.folder.golden(task.candidate, task.fold), golden)
    if task.fold == 0 and not _reads_back(implementation, path.read_bytes(), golden_values, golden[-1]):
        return TaskResult(task.candidate, task.fold, "predicts otherwise once saved", time.monotonic() - start)
    return TaskResult(task.candidate, task.fold, "ok", time.monotonic() - start, stages, dict(model.resolved))


def _as_kept(predictions: NDArray[np.float64], request: FitRequest) -> NDArray[np.floating[Any]]:
    """Return predictions in single precision, unless what that rounds off numbers tells beside their errors.

    It does where a target is far from zero for its spread, such as seconds since 1970. Every candidate's predictions
    are held in memory, so that all others are to take half of it.
    """
    with np.errstate(over="ignore"):
        single = predictions.astype(np.float32)
    if request.n_classes:
        return single
    lost = np.abs(predictions - single).mean()
    return single if lost <= _ROUNDED_OFF * np.abs(predictions - request.valid_target).mean() else predictions


def _reads_back(
    implementation: Implementation, content: bytes, values: NDArray[np.float32], expected: NDArray[np.float64]
) -> bool:
    """Whether the saved model predicts what the fitted one did: found out now, not when the file is needed."""
    return agree(implementation.load(content).predict(values), expected)


def _rank(task: RankingTask, data: TrainingData) -> TaskResult:
    start = time.monotonic()
    request = _request(task, data, task.encoding, None, start)
    sources = data.encoded(task.encoding, None, task.fold).train.sources
    importance = rank_columns(request, sources, family(task.family).implementation())
    return TaskResult(task.candidate, task.fold, "ok", time.monotonic() - start, importance=importance)


def worker_main(descriptor: int, folder: Path) -> None:
    """Run a worker on an inherited connection; what libraries print goes to the work folder's log."""
    work = WorkFolder(folder)
    log = os.open(work.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    serve_tasks(Connection(descriptor), work)
