"""Passing by all rows once: those to learn from are encoded and kept on the disk, some are kept aside to judge by."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.all_rows.lots import Lot, append_to_all
from automl.all_rows.planning import Learner
from automl.labelled import LabelledRows, read_weights
from automl.memory import put_together
from automl.preparation.prepare import PreparedData
from automl.preparation.target import encode_target
from automl.search.tasks import WorkFolder
from automl.search.training_data import TrainingData
from automl.settings import FitSettings
from automl.tables import Schema, Table, Task, apply_schema
from automl.tables.drawing import random_numbers
from automl.tables.sampling import RestBlock, rest_of_table
from automl.tables.table import Draw

__all__ = ["FRESH_SHARE", "MOST_FRESH", "FreshRows", "StoppedError", "pass_by"]

#: Of the rows that were not drawn, so many are kept aside at most: half to choose by, half to tell what that is worth.
MOST_FRESH = 100_000
FRESH_SHARE = 0.1

_MOST_PIECES = 100
_TWO_TO_64 = 2.0**64


class StoppedError(Exception):
    """Learning from all rows was ended before it was over; the message says why."""


@dataclass(frozen=True)
class FreshRows:
    """Rows that no model learned from.

    Attributes
    ----------
    choosing, judging : LabelledRows
        To choose among models by, and to tell how good the chosen one is.
    learned : tuple of int
        How many rows were encoded for each learner, those of the search included.
    """

    choosing: LabelledRows
    judging: LabelledRows
    learned: tuple[int, ...]


@dataclass
class _Aside:
    """Rows kept aside so far."""

    cells: list[pd.DataFrame] = field(default_factory=list)
    targets: list[NDArray[Any]] = field(default_factory=list)
    weights: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, cells: pd.DataFrame, target: NDArray[Any], weight: NDArray[np.float64] | None) -> None:
        """Take some rows."""
        self.cells.append(cells)
        if len(self.cells) > _MOST_PIECES:
            self.cells = [put_together(self.cells)]
        self.targets.append(target)
        if weight is not None:
            self.weights.append(weight)

    def rows(self, like: Table) -> LabelledRows:
        """Return them."""
        cells = put_together(self.cells)
        weight = np.concatenate(self.weights) if self.weights else None
        table = Table(cells, like.source, like.sha256, like.dialect)
        return LabelledRows(table, np.concatenate(self.targets), weight, left_out=0, repeated=0, repeats="usual")


def pass_by(
    settings: FitSettings,
    prepared: PreparedData,
    draw: Draw,
    learners: tuple[Learner, ...],
    folder: WorkFolder,
    fold: int,
    go_on: Callable[[], bool],
) -> FreshRows:
    """Read the table once more, and write what the learners learn from, as one more fold for each.

    Parameters
    ----------
    settings : FitSettings
    prepared : PreparedData
        Its schema reads the rows, and its weights are those of the rows of the search.
    draw : Draw
        Which rows the search saw.
    learners : tuple of Learner
        Whoever learns from fewer rows learns from a part of those of the others.
    folder : WorkFolder
    fold : int
        Number of the first fold that is written; the one before it is that of all rows of the search.
    go_on : callable
        Asked at every block.

    Raises
    ------
    StoppedError
        If ``go_on`` says so.
    AutomlError
        If the table cannot be read any more.
    OSError
        If the disk is full.
    """
    data = TrainingData(folder)
    read, shares = _Targets(settings, prepared, data), _Shares.of(draw, settings.seed)
    with ExitStack() as stack:
        lots = [
            Lot(stack, data, learner, fold - 1, fold + place, shares.further) for place, learner in enumerate(learners)
        ]
        most = max(lot.share for lot in lots)
        choosing, judging = _Aside(), _Aside()
        for block in rest_of_table(settings.data, settings.read_options(), draw, settings.group, settings.seed):
            if not go_on():
                raise StoppedError("there was no time.")
            target, weight, usable = read.of(block.table)
            training_weight = read.training_weight(target, weight)
            fresh, half = shares.fresh_of(block), shares.half_of(block)
            for aside, kept in ((choosing, usable & fresh & half), (judging, usable & fresh & ~half)):
                aside.add(block.table.cells[kept], target[kept], None if weight is None else weight[kept])
            draws = shares.draws_of(block)
            rows = usable & ~fresh & (draws < most)
            frame = _typed(block.table, prepared, rows)
            append_to_all(
                lots, frame, draws[rows], target[rows], None if training_weight is None else training_weight[rows]
            )
        like = Table(pd.DataFrame(), settings.data, "")
        found = FreshRows(choosing.rows(like), judging.rows(like), tuple(lot.rows for lot in lots))
        frame = _typed(found.choosing.table, prepared, np.ones(len(found.choosing.target), dtype=bool))
        watched = found.choosing
        for lot in lots:
            lot.finish(frame, watched.target, read.training_weight(watched.target, watched.weight))
    return found


def _typed(table: Table, prepared: PreparedData, rows: NDArray[np.bool_]) -> pd.DataFrame:
    cells = table.cells[rows].reset_index(drop=True)
    schema = Schema(prepared.feature_columns)
    return apply_schema(Table(cells, table.source, table.sha256, table.dialect), schema, schema.names).frame


@dataclass(frozen=True)
class _Shares:
    """Which of the rows that were not drawn are kept aside, and in which order the others are learned from.

    Attributes
    ----------
    fresh : float
        The share of all rows that is kept aside.
    further : float
        How many rows may be learned from beside those that were drawn, about.
    seed : int
    """

    fresh: float
    further: float
    seed: int

    @classmethod
    def of(cls, draw: Draw, seed: int) -> _Shares:
        assert draw.positions is not None
        rest = draw.rows - len(draw.positions)
        fresh = min(FRESH_SHARE, MOST_FRESH / rest)
        return cls(fresh * rest / draw.rows, (1 - fresh) * rest, seed)

    def fresh_of(self, block: RestBlock) -> NDArray[np.bool_]:
        """Mark the rows to keep aside: those whose draws are the highest of all."""
        return np.asarray(block.draws >= np.uint64(int((1 - self.fresh) * _TWO_TO_64)))

    def half_of(self, block: RestBlock) -> NDArray[np.bool_]:
        """Mark half of the rows; those of one group are of the same half."""
        return np.asarray(random_numbers(block.draws, self.seed) & np.uint64(1) == 0)

    def draws_of(self, block: RestBlock) -> NDArray[np.float64]:
        """Return numbers from 0 to 1: a learner of a share of the rows takes those below that share."""
        return np.asarray(random_numbers(block.positions.astype(np.uint64), self.seed + 1) / _TWO_TO_64)


class _Targets:
    """Reads targets and weights."""

    def __init__(self, settings: FitSettings, prepared: PreparedData, data: TrainingData) -> None:
        self._settings, self._schema, self._unit = settings, prepared.schema, prepared.weight_unit
        self._balanced = None
        if settings.class_weight is not None:
            counts = np.bincount(np.asarray(data.target), minlength=data.n_classes)
            self._balanced = len(data.target) / (len(counts) * counts)

    def of(self, table: Table) -> tuple[NDArray[Any], NDArray[np.float64] | None, NDArray[np.bool_]]:
        """Return targets and the rows' own weights, and which rows have a target that can be learned."""
        schema = self._schema
        assert schema.target is not None
        assert schema.task is not None
        target = encode_target(table.cells[schema.target], schema.column(schema.target), schema.task, schema.labels)
        usable = np.isfinite(target) if schema.task is Task.REGRESSION else target >= 0
        weight = None
        if self._settings.weight is not None:
            weight = np.zeros(len(target))
            weight[usable] = read_weights(table, schema, self._settings.weight, np.flatnonzero(usable), self._unit)
        return target, weight, np.asarray(usable)

    def training_weight(self, target: NDArray[Any], weight: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        """Return how much rows count while models are trained; those without a target in any way."""
        if self._balanced is None:
            return weight
        balanced: NDArray[np.float64] = self._balanced[np.maximum(target, 0)]
        return balanced if weight is None else balanced * weight
