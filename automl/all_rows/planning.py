"""Whether there is time, memory and disk for more rows than the search saw, and which models learn from how many."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from automl.models.registry import family
from automl.preparation.prepare import PreparedData
from automl.search.board import Evidence, Trial
from automl.search.deadline import Deadline
from automl.search.loop import SearchOutcome
from automl.search.plan import SearchPlan
from automl.search.smaller import ROW_SHARE
from automl.search.tasks import encoding_key
from automl.tables import Schema, Table, apply_schema

__all__ = ["AllRowsPlan", "Learner", "Room", "choose_learners", "free_disk", "plan_all_rows"]

_TIMED_ROWS = 30_000
#: Encoding a row, once or twice, takes about as long as typing it.
_WORK_A_ROW = 2.0
#: Of what is left after the first reading: more is better spent on the search.
_MOST_FOR_PASSING = 0.3
_FOR_LEARNING = 0.3
#: Fewer rows than this many times those of the search would change little.
_WORTH = 1.5
#: So many of the heaviest members are weighed against each other.
_MOST_LEARNERS = 6
#: Where those that can learn from more rows weigh less than this, the best other model that can is one of them too.
_ENOUGH_WEIGHT = 0.5
#: More rows than fit into the processor's caches take longer each.
_SLOWER = 1.2
_TWO_THREADS = 0.65
_SHARE_OF_MEMORY = 0.8
_SHARE_OF_DISK = 0.8
#: A float32, and a bin of it for those that keep bins on the disk.
_CELL_BYTES = 5
_MOST_ROWS = 2**31


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
    rows : int
        Those that may be learned from.
    seconds : float
        For fitting; infinite where no clock bounds it.
    memory, disk : int
        Free bytes.
    threads : int
    """

    rows: int
    seconds: float
    memory: int
    disk: int
    threads: int


@dataclass(frozen=True)
class Learner:
    """A candidate of the search that is fitted again on more rows.

    Attributes
    ----------
    trial : Trial
    rows : int
        On how many, those of the search among them.
    seconds : float
        How long that takes, about.
    """

    trial: Trial
    rows: int
    seconds: float


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


def choose_learners(found: SearchOutcome, evidence: Evidence, plan: SearchPlan, room: Room) -> tuple[Learner, ...]:
    """Return which models are fitted again, and on how many rows; none where that would be on few rows more.

    A model's loss falls about with the logarithm of the rows it learned from (a learning curve that is a power law,
    seen over a short way), and the blend's with it by the model's weight in what varies. Given the time, that sum is
    highest where each takes a share of the time that is its weight. Of all sets of models that with the highest sum is
    chosen.

    Parameters
    ----------
    found : SearchOutcome
    evidence : Evidence
    plan : SearchPlan
        Of the search.
    room : Room

    Returns
    -------
    tuple of Learner
        The heaviest first.
    """
    known = max(len(train) for train, _ in evidence.splits.folds)
    weights = _weights(found)
    costs = {number: _Cost.of(found.members[number], known, evidence, plan, room) for number in weights}
    numbers = sorted(weights, key=lambda number: -weights[number])[:_MOST_LEARNERS]
    best: dict[int, float] = {}
    highest = 0.0
    for size in range(1, len(numbers) + 1):
        for chosen in combinations(numbers, size):
            rows = _rows_by_weight({number: weights[number] for number in chosen}, costs, room)
            if min(rows.values()) < _WORTH * known:
                continue
            gain = sum(weights[number] * np.log(rows[number] / known) for number in chosen)
            if gain > highest:
                best, highest = rows, gain
    return tuple(
        Learner(found.members[number], int(rows), rows * costs[number].seconds) for number, rows in best.items()
    )


@dataclass(frozen=True)
class _Cost:
    """What a row takes to learn from, in seconds and bytes of the disk, and how many may be learned from at most."""

    seconds: float
    disk: float
    most: float

    @classmethod
    def of(cls, trial: Trial, known: int, evidence: Evidence, plan: SearchPlan, room: Room) -> _Cost:
        numbers, categories = _width(trial, evidence)
        mapped = family(trial.candidate.family).mapped
        assert mapped is not None
        a_row = mapped.of_row(numbers, categories, evidence.n_classes)
        memory = _SHARE_OF_MEMORY * max(0, room.memory) / a_row
        # Its folds were fitted on as many threads as the search gave them.
        quicker = _TWO_THREADS if plan.threads < room.threads else 1.0
        learned = known * float(trial.candidate.hyperparameters.get(ROW_SHARE, 1.0))
        fold = float(np.mean([result.seconds for result in trial.results.values()]))
        seconds = max(1e-9, _SLOWER * quicker * fold / learned)
        return cls(seconds, _CELL_BYTES * (numbers + categories), min(memory, room.rows, _MOST_ROWS))


def _weights(found: SearchOutcome) -> dict[int, float]:
    """Return how much members say that can learn from mapped rows, and who stands in for those that cannot.

    What a member says is its weight times how much its predictions vary: one that predicts nearly the same for every
    row has little to learn, whatever it weighs.
    """
    said = {
        member: weight * float(np.std(np.asarray(found.members[member].prediction), axis=0).mean())
        for member, weight in zip(found.blend.members, found.blend.weights, strict=True)
    }
    total = sum(said.values()) or 1.0
    weights = {member: share / total for member, share in said.items() if _can(found.members[member])}
    missing = 1 - sum(weights.values())
    others = [number for number, trial in enumerate(found.members) if number not in weights and _can(trial)]
    if missing > 1 - _ENOUGH_WEIGHT and others:
        weights[min(others, key=lambda number: found.members[number].loss)] = missing
    return weights


def _can(trial: Trial) -> bool:
    return family(trial.candidate.family).mapped is not None


def _rows_by_weight(weights: Mapping[int, float], costs: Mapping[int, _Cost], room: Room) -> dict[int, float]:
    """Share the time by weight; what one does not need goes to the others. The disk shortens all alike."""
    rows: dict[int, float] = {}
    seconds, left = room.seconds, dict(weights)
    while left:
        total = sum(left.values())
        wanted = {number: seconds * weight / total / costs[number].seconds for number, weight in left.items()}
        full = [number for number in left if wanted[number] >= costs[number].most]
        if not full:
            rows |= wanted
            break
        for number in full:
            rows[number] = costs[number].most
            seconds -= rows[number] * costs[number].seconds
            del left[number]
    needed = sum(rows[number] * costs[number].disk for number in rows)
    shorter = min(1.0, _SHARE_OF_DISK * room.disk / max(1.0, needed))
    return {number: shorter * rows[number] for number in sorted(rows, key=lambda number: -weights[number])}


def _width(trial: Trial, evidence: Evidence) -> tuple[int, int]:
    """Return how many numbers and how many category codes a candidate learns from."""
    place = evidence.folder.encoded(encoding_key(trial.candidate.encoding, trial.columns), 0)
    width = int(np.load(place / "train.npy", mmap_mode="r").shape[1])
    categories = len(json.loads((place / "meta.json").read_text(encoding="utf-8"))["categorical"])
    return width - categories, categories


def free_disk(folder: Path) -> int:
    """Return the free bytes of the disk that a folder is on."""
    return shutil.disk_usage(folder).free
