"""Whether there is time, memory and disk for more rows than the search saw, and for how many."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl.models.registry import family
from automl.preparation.prepare import PreparedData
from automl.search.board import Evidence, Trial
from automl.search.deadline import Deadline
from automl.search.loop import SearchOutcome
from automl.search.plan import SearchPlan
from automl.search.tasks import encoding_key
from automl.tables import Schema, Table, apply_schema

__all__ = ["AllRowsPlan", "Chosen", "Room", "choose_members", "free_disk", "plan_all_rows"]

_TIMED_ROWS = 30_000
#: Encoding a row, once or twice, takes about as long as typing it.
_WORK_A_ROW = 2.0
#: Of what is left after the first reading: more is better spent on the search.
_MOST_FOR_PASSING = 0.3
_FOR_LEARNING = 0.3
#: Fewer rows than this many times those of the search would change little.
_WORTH = 1.5
_ITERATIONS = 1.5
_TWO_THREADS = 0.65
_SHARE_OF_MEMORY = 0.8
_SHARE_OF_DISK = 0.8
_CELL_BYTES = 4
_MOST_ROWS = 2**31
_BYTES_A_ROW = 48
_BYTES_A_CLASS = 24


@dataclass(frozen=True)
class AllRowsPlan:
    """What is kept for learning from all rows.

    Attributes
    ----------
    passing : float
        Seconds that reading, typing and encoding all rows takes, about.
    seconds : float
        To be kept of the budget for that and for fitting; 0 where no clock bounds the fit.
    """

    passing: float
    seconds: float


@dataclass(frozen=True)
class Room:
    """What may be used.

    Attributes
    ----------
    seconds : float
        For fitting; infinite where no clock bounds it.
    memory, disk : int
        Free bytes.
    threads : int
    """

    seconds: float
    memory: int
    disk: int
    threads: int


@dataclass(frozen=True)
class Chosen:
    """Which members are fitted again, and on how many rows.

    Attributes
    ----------
    members : tuple of Trial
        The heaviest first.
    rows : int
        Those the search saw among them.
    """

    members: tuple[Trial, ...]
    rows: int


def plan_all_rows(table: Table, prepared: PreparedData, deadline: Deadline) -> AllRowsPlan | None:
    """Return what to keep of the budget; None where all rows are known, or passing by all of them takes too long.

    Parameters
    ----------
    table : Table
        As it was read.
    prepared : PreparedData
    deadline : Deadline
    """
    if table.draw is None or table.draw.positions is None:
        return None
    few = Table(table.cells.iloc[:_TIMED_ROWS], table.source, table.sha256, table.dialect)
    began = time.monotonic()
    apply_schema(few, Schema(prepared.feature_columns))
    typing = (time.monotonic() - began) / max(1, len(few.cells))
    passing = table.draw.seconds + _WORK_A_ROW * typing * table.draw.rows
    if deadline.seconds is None:
        return AllRowsPlan(passing, 0.0)
    if passing > _MOST_FOR_PASSING * deadline.remaining:
        return None
    return AllRowsPlan(passing, passing + _FOR_LEARNING * deadline.remaining)


def choose_members(found: SearchOutcome, evidence: Evidence, plan: SearchPlan, rows: int, room: Room) -> Chosen | None:
    """Return which members of the blend are fitted again; None where none can be on many more rows.

    The heaviest member that can decides on how many rows; others follow while there is room for as many.

    Parameters
    ----------
    found : SearchOutcome
    evidence : Evidence
    plan : SearchPlan
        Of the search.
    rows : int
        Rows there are, but for those that are kept to judge by.
    room : Room
    """
    pairs = zip(found.blend.members, found.blend.weights, strict=True)
    chosen = [found.members[member] for member, _ in sorted(pairs, key=lambda pair: -pair[1])]
    members: list[Trial] = []
    most = rows
    for trial in chosen:
        if family(trial.candidate.family).mapped_cell_bytes is None:
            continue
        possible = min(most, _possible_rows(trial, members, evidence, plan, room))
        if possible >= (most if members else _WORTH * len(evidence.target)):
            most = possible
            members.append(trial)
    return Chosen(tuple(members), most) if members else None


def _possible_rows(trial: Trial, others: list[Trial], evidence: Evidence, plan: SearchPlan, room: Room) -> int:
    """Return on how many rows a member can be fitted, after others on as many."""
    known = max(len(train) for train, _ in evidence.splits.folds)
    seconds = sum(_seconds_a_row(each, known, plan, room) for each in (*others, trial))
    encodings = {(each.candidate.encoding, each.columns): each for each in (*others, trial)}
    disk = sum(_CELL_BYTES * _width(each, evidence) for each in encodings.values())
    bounds = (room.seconds / seconds, _SHARE_OF_DISK * room.disk / disk, _rows_in_memory(trial, evidence, room))
    return int(min(*bounds, _MOST_ROWS))


def _width(trial: Trial, evidence: Evidence) -> int:
    """Return how many features a candidate learns from."""
    place = evidence.folder.encoded(encoding_key(trial.candidate.encoding, trial.columns), 0)
    return int(np.load(place / "train.npy", mmap_mode="r").shape[1])


def _seconds_a_row(trial: Trial, known: int, plan: SearchPlan, room: Room) -> float:
    """Return how long fitting takes for each row, as its folds did, on as many threads as there are now."""
    seconds = float(np.mean([result.seconds for result in trial.results.values()]))
    quicker = _TWO_THREADS if plan.threads < room.threads else 1.0
    return max(1e-9, _ITERATIONS * quicker * seconds / known)


def _rows_in_memory(trial: Trial, evidence: Evidence, room: Room) -> int:
    """Return how many rows a family can learn from whose mapped matrix takes no memory itself."""
    a_cell = family(trial.candidate.family).mapped_cell_bytes
    assert a_cell is not None
    a_row = _BYTES_A_ROW + _BYTES_A_CLASS * max(1, evidence.n_classes) + a_cell * _width(trial, evidence)
    return int(_SHARE_OF_MEMORY * max(0, room.memory) / a_row)


def free_disk(folder: Path) -> int:
    """Return the free bytes of the disk that a folder is on."""
    return shutil.disk_usage(folder).free
