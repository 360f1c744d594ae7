"""Which families a search fits on a GPU: those whose library can, asked in the processes that would do it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from multiprocessing.connection import Connection

from automl.events import Note, Sink
from automl.models.gpu import GPU_WORKS
from automl.models.registry import family
from automl.search.plan import SearchPlan
from automl.search.pool import Nursery, end_worker
from automl.search.smaller import KILLED
from automl.search.tasks import DeviceTask, WorkFolder

__all__ = ["with_gpu"]

#: A driver may compile its programs before the first fit.
_MOST_SECONDS = 60.0
_LARGEST_SHARE = 0.25


def with_gpu(plan: SearchPlan, device: str, nursery: Nursery, folder: WorkFolder, sink: Sink) -> SearchPlan:
    """Return the plan with the families that a GPU fits, one fit at a time, where a GPU is wanted and found.

    Parameters
    ----------
    plan : SearchPlan
    device : str
        As ``FitSettings.device``; for ``"cpu"`` nothing is looked for.
    nursery : Nursery
    folder : WorkFolder
        What the libraries print goes to its log.
    sink : Sink
        Is told in one line what is fitted where.
    """
    if device == "cpu":
        return plan
    names = tuple(name for name in plan.families if family(name).gpu)
    answers = _ask(names, nursery, folder, min(_MOST_SECONDS, _LARGEST_SHARE * plan.deadline.remaining))
    found = tuple(name for name in names if answers[name] == GPU_WORKS)
    sink.emit(Note(_told(answers), warning=device == "gpu" and not found))
    if not found:
        return plan
    # Two processes on one GPU may run out of its memory; what is fitted on the processor gets all cores instead.
    return replace(plan, on_gpu=found, workers=1, threads=max(plan.workers, plan.threads))


def _ask(names: tuple[str, ...], nursery: Nursery, folder: WorkFolder, seconds: float) -> dict[str, str]:
    """Return what each family says, one after another: a library may take all memory of the GPU."""
    until = time.monotonic() + seconds
    answers = {}
    for name in names:
        connection, pid = nursery.start_worker(folder.path.resolve())
        try:
            answers[name] = _answer(name, connection, until)
        finally:
            end_worker(connection, pid)
    return answers


def _answer(name: str, connection: Connection, until: float) -> str:
    try:
        connection.send(DeviceTask(name))
        if not connection.poll(max(0.0, until - time.monotonic())):
            return "no answer in time"
        answer: str = connection.recv()
    except (EOFError, OSError):
        return KILLED
    return answer


def _told(answers: Mapping[str, str]) -> str:
    on_gpu = [family(name).title for name, answer in answers.items() if answer == GPU_WORKS]
    others = [f"{family(name).title}: {answer}" for name, answer in answers.items() if answer != GPU_WORKS]
    reasons = f" ({'; '.join(others)})" if others else ""
    if on_gpu:
        return f"Fitted on the GPU, one at a time: {', '.join(on_gpu)}. All else is fitted on the processor{reasons}."
    return f"No GPU can be used: all is fitted on the processor{reasons}."
