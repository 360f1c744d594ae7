"""Whether a family can be fitted on a GPU of this machine: its library is asked by a small fit.

What a build can do and what the machine has say little alone: a driver may be too old, or its runtime missing. To be
asked in a process that forks no others: a GPU that was woken before a fork cannot be used after it.
"""

from __future__ import annotations

import re
import traceback

import numpy as np

from automl.errors import AutomlError
from automl.models.family import FitRequest
from automl.models.registry import family
from automl.tables.schema import Task

__all__ = ["GPU_WORKS", "try_gpu"]

GPU_WORKS = "ok"

_ROWS = 256
_MOST_LETTERS = 120


def try_gpu(name: str) -> str:
    """Return :data:`GPU_WORKS` where a family fits a small model on a GPU, else why it does not, in a few words."""
    try:
        family(name).implementation().fit(_small_request())
    except AutomlError as error:
        return error.message
    except Exception as error:  # noqa: BLE001 - any library may fail in any way; the reason is told
        traceback.print_exc()
        return _reason(error)
    return GPU_WORKS


def _small_request() -> FitRequest:
    values = np.random.default_rng(0).normal(size=(_ROWS, 2)).astype(np.float32)
    target = values[:, 0].astype(np.float64)
    return FitRequest(
        values=values,
        categorical=(),
        target=target,
        weight=None,
        valid_values=values,
        valid_target=target,
        valid_weight=None,
        task=Task.REGRESSION,
        n_classes=0,
        hyperparameters={"iterations": 2},
        device="gpu",
    )


def _reason(error: Exception) -> str:
    """Return the first line of what a library says, without the time and the place in its source."""
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return re.sub(r"^(\[[\d:]+\] )?\S+:\d+: ", "", line).rstrip(".")[:_MOST_LETTERS]
