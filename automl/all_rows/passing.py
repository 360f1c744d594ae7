"""Passing by all rows once: those to learn from are encoded and kept on the disk, some are kept aside to judge by."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.all_rows.growing import GrowingArray
from automl.features import Encoder, read_encoder
from automl.labelled import LabelledRows, read_weights
from automl.preparation.prepare import PreparedData
from automl.preparation.target import encode_target
from automl.search.board import Trial
from automl.search.tasks import WorkFolder, encoding_key
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

_COPIED = ("encoder.bin", "golden.npy", "meta.json")
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
    learned : int
        How many rows were encoded to learn from, those of the search included.
    """

    choosing: LabelledRows
    judging: LabelledRows
    learned: int


@dataclass
class _Aside:
    """Rows kept aside so far."""

    cells: list[pd.DataFrame] = field(default_factory=list)
    targets: list[NDArray[Any]] = field(default_factory=list)
    weights: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, cells: pd.DataFrame, target: NDArray[Any], weight: NDArray[np.float64] | None) -> None:
        """Take some rows."""
        self.cells.append(cells)
        self.targets.append(target)
        if weight is not None:
            self.weights.append(weight)

    def rows(self, like: Table) -> LabelledRows:
        """Return them."""
        cells = pd.concat(self.cells, ignore_index=True)
        weight = np.concatenate(self.weights) if self.weights else None
        table = Table(cells, like.source, like.sha256, like.dialect)
        return LabelledRows(table, np.concatenate(self.targets), weight, left_out=0, repeated=0, repeats="usual")


def pass_by(
    settings: FitSettings,
    prepared: PreparedData,
    draw: Draw,
    members: tuple[Trial, ...],
    folder: WorkFolder,
    rows: int,
    fold: int,
    go_on: Callable[[], bool],
) -> FreshRows:
    """Read the table once more, and write what the members learn from as one more fold.

    Parameters
    ----------
    settings : FitSettings
    prepared : PreparedData
        Its schema reads the rows.
    draw : Draw
        Which rows the search saw.
    members : tuple of Trial
        Candidates that will learn from them.
    folder : WorkFolder
    rows : int
        How many to learn from, those of the search included.
    fold : int
        Number of the fold that is written; the one before it is that of all rows of the search.
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
    with ExitStack() as stack:
        matrices = [_Matrix(stack, data, *each, fold) for each in _encodings(members)]
        labels = _Labels(stack, data, settings, prepared, fold)
        choosing, judging = _Aside(), _Aside()
        shares = _Shares.of(draw, rows, settings.seed)
        for block in rest_of_table(settings.data, settings.read_options(), draw, settings.group, settings.seed):
            if not go_on():
                raise StoppedError("there was no time.")
            target, weight, usable = labels.read(block.table)
            fresh, learned = shares.of_block(block, usable)
            for aside, half in ((choosing, fresh & shares.half(block)), (judging, fresh & ~shares.half(block))):
                aside.add(block.table.cells[half], target[half], None if weight is None else weight[half])
            frame = _typed(block.table, prepared, learned)
            for matrix in matrices:
                matrix.append(frame)
            labels.append(target[learned], None if weight is None else weight[learned])
        like = Table(pd.DataFrame(), settings.data, "")
        found = FreshRows(choosing.rows(like), judging.rows(like), labels.rows)
        frame = _typed(found.choosing.table, prepared, np.ones(len(found.choosing.target), dtype=bool))
        for matrix in matrices:
            matrix.finish(frame)
        labels.finish(found.choosing)
    return found


def _typed(table: Table, prepared: PreparedData, rows: NDArray[np.bool_]) -> pd.DataFrame:
    cells = table.cells[rows].reset_index(drop=True)
    schema = Schema(prepared.feature_columns)
    return apply_schema(Table(cells, table.source, table.sha256, table.dialect), schema, schema.names).frame


def _encodings(members: tuple[Trial, ...]) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    yield from dict.fromkeys((trial.candidate.encoding, trial.columns) for trial in members)


@dataclass(frozen=True)
class _Shares:
    """Which of the rows that were not drawn are kept aside, and which are learned from."""

    fresh: float
    learned: float
    seed: int

    @classmethod
    def of(cls, draw: Draw, rows: int, seed: int) -> _Shares:
        assert draw.positions is not None
        rest = draw.rows - len(draw.positions)
        fresh = min(FRESH_SHARE, MOST_FRESH / rest)
        return cls(fresh * rest / draw.rows, min(1.0, (rows - len(draw.positions)) / ((1 - fresh) * rest)), seed)

    def of_block(self, block: RestBlock, usable: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Mark the rows to keep aside, whose draws are the highest of all, and those to learn from."""
        fresh = block.draws >= np.uint64(int((1 - self.fresh) * _TWO_TO_64))
        wanted = self._drawn(block, 1) <= np.uint64(int(min(self.learned, 1 - 2**-53) * _TWO_TO_64))
        return fresh & usable, ~fresh & usable & wanted

    def half(self, block: RestBlock) -> NDArray[np.bool_]:
        """Mark half of the rows; those of one group are of the same half."""
        return np.asarray(random_numbers(block.draws, self.seed) & np.uint64(1) == 0)

    def _drawn(self, block: RestBlock, further: int) -> NDArray[np.uint64]:
        return random_numbers(block.positions.astype(np.uint64), self.seed + further)


class _Matrix:
    """The matrix of one encoding: the rows of the search as they were encoded for themselves, and all others after."""

    def __init__(
        self, stack: ExitStack, data: TrainingData, encoding: str, columns: tuple[str, ...] | None, fold: int
    ) -> None:
        known = data.encoded(encoding, columns, fold - 1).train
        key = encoding_key(encoding, columns)
        self._place, from_place = data.folder.encoded(key, fold), data.folder.encoded(key, fold - 1)
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(parents=True)
        for name in _COPIED:
            shutil.copyfile(from_place / name, self._place / name)
        self._encoder: Encoder = read_encoder((from_place / "encoder.bin").read_bytes())
        self._values = GrowingArray(self._place / "train.npy", np.float32, known.values.shape[1])
        stack.callback(self._values.close)
        for begin in range(0, len(known.values), _BLOCK):
            self._values.append(known.values[begin : begin + _BLOCK])

    def append(self, frame: pd.DataFrame) -> None:
        """Add rows to learn from."""
        if len(frame):
            self._values.append(self._encoder.transform(frame).values)

    def finish(self, frame: pd.DataFrame) -> None:
        """Write the rows to watch while fitting."""
        self._values.finish()
        np.save(self._place / "valid.npy", self._encoder.transform(frame).values)


_BLOCK = 1 << 16


class _Labels:
    """Targets and weights of the rows to learn from."""

    def __init__(
        self, stack: ExitStack, data: TrainingData, settings: FitSettings, prepared: PreparedData, fold: int
    ) -> None:
        self._settings, self._schema = settings, prepared.schema
        self._place = data.folder.labels(fold)
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(parents=True)
        known = data.labels(fold - 1)
        self._balanced = None
        if settings.class_weight is not None:
            counts = np.bincount(np.asarray(data.target), minlength=data.n_classes)
            self._balanced = len(data.target) / (len(counts) * counts)
        self._target = GrowingArray(self._place / "target.npy", known.target.dtype)
        self._weight = GrowingArray(self._place / "weight.npy", np.float64)
        stack.callback(self._target.close)
        stack.callback(self._weight.close)
        self.append(known.target, known.weight)

    @property
    def rows(self) -> int:
        """How many there are so far."""
        return self._target.rows

    def read(self, table: Table) -> tuple[NDArray[Any], NDArray[np.float64] | None, NDArray[np.bool_]]:
        """Return targets and weights, and which rows have a target that can be learned."""
        schema = self._schema
        assert schema.target is not None
        assert schema.task is not None
        target = encode_target(table.cells[schema.target], schema.column(schema.target), schema.task, schema.labels)
        usable = np.isfinite(target) if schema.task is Task.REGRESSION else target >= 0
        weight = None
        if self._settings.weight is not None:
            weight = read_weights(table, schema, self._settings.weight)
        if self._balanced is not None:
            balanced = self._balanced[np.maximum(target, 0)]
            weight = balanced if weight is None else weight * balanced
        return target, weight, np.asarray(usable)

    def append(self, target: NDArray[Any], weight: NDArray[np.float64] | None) -> None:
        """Add rows to learn from."""
        self._target.append(target)
        if weight is not None:
            self._weight.append(weight)

    def finish(self, watched: LabelledRows) -> None:
        """Write those of the rows to watch while fitting."""
        self._target.finish()
        self._weight.finish()
        np.save(self._place / "valid_target.npy", watched.target)
        if watched.weight is not None:
            np.save(self._place / "valid_weight.npy", watched.weight)
        (self._place / "meta.json").write_text(json.dumps({"weighted": watched.weight is not None}), encoding="utf-8")
