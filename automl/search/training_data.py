"""The table on disk, once: written by the coordinator, memory-mapped by the workers, encoded once a fold."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features import MOST_COLUMNS, EncodedMatrix, make_encoder, screened, write_encoder
from automl.files import atomic_writer, write_text
from automl.models.objectives import SQUARED_ERROR, Objective
from automl.preparation.fewer_rows import drawn_rows
from automl.preparation.prepare import PreparedData
from automl.preparation.splits import SplitPlan
from automl.search.tasks import WorkFolder, encoding_key
from automl.tables.schema import Column, Task

__all__ = ["EncodedFold", "Labels", "TrainingData", "learned_columns", "rows_learned_before", "write_training_data"]


def write_training_data(
    folder: WorkFolder,
    prepared: PreparedData,
    splits: SplitPlan,
    weight: NDArray[np.float64] | None,
    blocks: NDArray[np.int64] | None,
    golden: pd.DataFrame,
    objective: Objective = SQUARED_ERROR,
    monotone: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Write what the workers need.

    Parameters
    ----------
    folder : WorkFolder
        Is made.
    prepared : PreparedData
    splits : SplitPlan
        One more fold is written, whose training rows are all rows that models may learn from: for a refit.
    weight : ndarray of shape (n_rows,) or None
    blocks : ndarray of shape (n_rows,) or None
        Equal for rows that no split parts; without any that are equal, nothing is written.
    golden : DataFrame
        Typed rows that every fold's model predicts too: the model file holds them with what must come back for them.
    objective : Objective
        What regressions are trained by.
    monotone : mapping of str to int
        1 or -1 for each column in which predictions may only rise, or only fall.
    """
    folder.data.mkdir(parents=True, exist_ok=True)
    (folder.path / "trials").mkdir(exist_ok=True)
    _write_frame(folder.data / "frame.arrow", prepared.frame)
    _write_frame(folder.data / "golden.arrow", golden)
    np.save(folder.data / "target.npy", prepared.target)
    if weight is not None:
        np.save(folder.data / "weight.npy", weight)
    if blocks is not None and len(np.unique(blocks)) < len(blocks):
        np.save(folder.data / "blocks.npy", blocks)
    all_rows = drawn_rows(np.arange(len(prepared.target)), splits.most_rows, splits.seed), splits.folds[0][1]
    for number, (train, valid) in enumerate((*splits.folds, all_rows)):
        # A search that goes on reads the ones before, which a full disk must not leave half-written.
        with atomic_writer(folder.data / f"fold{number}.npz") as stream:
            np.savez(stream, train=train, valid=valid)
    settings = {
        "columns": [column.to_dict() for column in prepared.feature_columns],
        "task": str(prepared.schema.task),
        "n_classes": len(prepared.schema.labels),
        "seed": splits.seed,
        "objective": asdict(objective),
        "monotone": dict(monotone),
    }
    (folder.data / "settings.json").write_text(json.dumps(settings), encoding="utf-8")


@dataclass(frozen=True)
class Labels:
    """What the rows of a fold are to be predicted as, how much each counts, and whether they lie on the disk."""

    target: NDArray[Any]
    weight: NDArray[np.float64] | None
    valid_target: NDArray[Any]
    valid_weight: NDArray[np.float64] | None
    mapped: bool = False


@dataclass(frozen=True)
class EncodedFold:
    """A fold's matrices as a family learns from them."""

    train: EncodedMatrix
    valid_values: NDArray[np.float32]
    golden_values: NDArray[np.float32]

    def signs(self, monotone: Mapping[str, int]) -> tuple[int, ...]:
        """Return the sign of each feature that is a column itself, and 0 for all else made of it, such as indicators.

        Parameters
        ----------
        monotone : mapping of str to int
            Signs of columns. Without any, the result is empty.
        """
        if not monotone:
            return ()
        pairs = zip(self.train.names, self.train.sources, strict=True)
        return tuple(monotone.get(source, 0) if name == source else 0 for name, source in pairs)


class TrainingData:
    """The workers' view of the table."""

    def __init__(self, folder: WorkFolder) -> None:
        import pyarrow as pa
        from pyarrow import feather

        self.folder = folder
        settings = json.loads((folder.data / "settings.json").read_text(encoding="utf-8"))
        self.columns = tuple(Column.from_dict(column) for column in settings["columns"])
        self.task = Task(settings["task"])
        self.n_classes = int(settings["n_classes"])
        self.seed = int(settings["seed"])
        self.objective = Objective(**settings["objective"])
        self.monotone: dict[str, int] = settings["monotone"]
        # As bytes: Arrow takes no names that are not in UTF-8 otherwise.
        self._table = feather.read_table(pa.memory_map(os.fsencode(folder.data / "frame.arrow")), memory_map=True)
        with (folder.data / "golden.arrow").open("rb") as golden:
            self.golden: pd.DataFrame = feather.read_feather(golden)
        self.target: NDArray[Any] = np.load(folder.data / "target.npy", mmap_mode="r")
        self.weight: NDArray[np.float64] | None = _mapped(folder.data / "weight.npy")
        self.blocks: NDArray[np.int64] | None = _mapped(folder.data / "blocks.npy")

    def rows(self, fold: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the training and validation positions of a fold."""
        with np.load(self.folder.data / f"fold{fold}.npz") as archive:
            return archive["train"], archive["valid"]

    def labels(self, fold: int) -> Labels:
        """Return targets and weights of a fold's rows, mapped from the disk where the search did not see them."""
        place = self.folder.labels(fold)
        if place.exists():
            return _further_labels(place)
        train, valid = self.rows(fold)
        weights = [None if self.weight is None else np.asarray(self.weight[rows]) for rows in (train, valid)]
        return Labels(np.asarray(self.target[train]), weights[0], np.asarray(self.target[valid]), weights[1])

    def encoded(self, encoding: str, columns: tuple[str, ...] | None, fold: int) -> EncodedFold:
        """Return the fold's matrices, encoding them where no worker has done so yet."""
        if encoding == "none":
            train, valid = self.rows(fold)
            empty = EncodedMatrix(_nothing(len(train)), (), (), (), ())
            return EncodedFold(empty, _nothing(len(valid)), _nothing(len(self.golden)))
        place = self.folder.encoded(encoding_key(encoding, columns), fold)
        if not place.exists():
            self._encode(place, encoding, columns, fold)
        meta = json.loads((place / "meta.json").read_text(encoding="utf-8"))
        values = np.load(place / "train.npy", mmap_mode="r")
        train_matrix = EncodedMatrix(
            values,
            tuple(meta["categorical"]),
            tuple(meta["cardinalities"]),
            tuple(meta["names"]),
            tuple(meta["sources"]),
        )
        valid_values = np.load(place / "valid.npy", mmap_mode="r")
        return EncodedFold(train_matrix, valid_values, np.load(place / "golden.npy"))

    def _frame(self, rows: NDArray[np.int64]) -> pd.DataFrame:
        """Return some rows of the table: the whole of it is never in memory, as it is in the file."""
        taken: pd.DataFrame = self._table.take(rows).to_pandas(split_blocks=True, self_destruct=True)
        return taken

    def _chosen(self, names: tuple[str, ...] | None, fold: int, train: NDArray[np.int64]) -> tuple[Column, ...]:
        """Return the columns a fold's models learn from, those of very many columns as found for another encoding."""
        wanted = tuple(column for column in self.columns if names is None or column.name in names)
        if len(wanted) <= MOST_COLUMNS:
            return wanted
        place = self.folder.data / f"screened{fold}.json"
        if names is None and place.exists():
            kept = set(json.loads(place.read_text(encoding="utf-8")))
            return tuple(column for column in wanted if column.name in kept)
        n_classes = self.n_classes if self.task.is_classification else 0
        chosen = screened(self._frame(train), wanted, self.target[train], n_classes)
        if names is None:
            write_text(place, json.dumps([column.name for column in chosen]))
        return chosen

    def _encode(self, place: Path, encoding: str, columns: tuple[str, ...] | None, fold: int) -> None:
        train, valid = self.rows(fold)
        chosen = self._chosen(columns, fold, train)
        encoder = make_encoder(encoding, chosen, self.task, self.n_classes, self.seed, self.monotone)
        weight = None if self.weight is None else self.weight[train]
        blocks = None if self.blocks is None else self.blocks[train]
        fitted = encoder.fit_transform(self._frame(train), self.target[train], weight, blocks)
        applied = encoder.transform(self._frame(valid))
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=place.parent))
        np.save(temporary / "train.npy", fitted.values)
        np.save(temporary / "valid.npy", applied.values)
        np.save(temporary / "golden.npy", encoder.transform(self.golden).values)
        meta = {
            "columns": [column.name for column in chosen],
            "categorical": fitted.categorical,
            "cardinalities": fitted.cardinalities,
            "names": fitted.names,
            "sources": fitted.sources,
        }
        (temporary / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
        (temporary / "encoder.bin").write_bytes(write_encoder(encoder))
        try:
            temporary.rename(place)
        except OSError:
            # Another worker was first; its result is the same.
            shutil.rmtree(temporary, ignore_errors=True)


def _mapped(place: Path) -> NDArray[Any] | None:
    return np.load(place, mmap_mode="r") if place.exists() else None


def rows_learned_before(folder: WorkFolder) -> int | None:
    """Return the most rows that a model of a former run could learn from; None where there was no such run."""
    return max((len(np.load(place)["train"]) for place in folder.data.glob("fold*.npz")), default=None)


def _further_labels(place: Path) -> Labels:
    weighted = json.loads((place / "meta.json").read_text(encoding="utf-8"))["weighted"]
    return Labels(
        np.load(place / "target.npy", mmap_mode="r"),
        np.load(place / "weight.npy", mmap_mode="r") if weighted else None,
        np.load(place / "valid_target.npy"),
        np.load(place / "valid_weight.npy") if weighted else None,
        mapped=True,
    )


def learned_columns(place: Path) -> tuple[str, ...]:
    """Return the columns that the encoder in a folder of an encoded fold learned from."""
    return tuple(json.loads((place / "meta.json").read_text(encoding="utf-8"))["columns"])


def _nothing(rows: int) -> NDArray[np.float32]:
    return np.empty((rows, 0), dtype=np.float32)


def _write_frame(place: Path, frame: pd.DataFrame) -> None:
    """Write a frame as an Arrow file that can be mapped."""
    from pyarrow import feather

    with place.open("wb") as stream:
        feather.write_feather(frame, stream, compression="uncompressed")
