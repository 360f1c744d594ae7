"""What one model learns from, on the disk: the rows of the search as they were encoded for themselves, others after."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.all_rows.growing import GrowingArray
from automl.all_rows.planning import Learner
from automl.features import read_encoder
from automl.search.tasks import encoding_key
from automl.search.training_data import TrainingData

__all__ = ["Lot", "append_to_all"]

_COPIED = ("encoder.bin", "golden.npy", "meta.json")
_BLOCK = 1 << 16


class Lot:
    """The matrix, targets and weights of one learner, written as a further fold.

    Parameters
    ----------
    stack : ExitStack
        Closes the files.
    data : TrainingData
    learner : Learner
    known : int
        The fold of all rows of the search, which come first.
    fold : int
        Number of the fold that is written.
    further : float
        How many rows there are to learn from beside those of the search, about.

    Attributes
    ----------
    encoding : tuple
        The name of the encoding, and the columns it is of.
    encoder : Encoder
        Fitted to the rows of the search.
    share : float
        Of these further rows.
    """

    def __init__(
        self, stack: ExitStack, data: TrainingData, learner: Learner, known: int, fold: int, further: float
    ) -> None:
        trial = learner.trial
        self.encoding = (trial.candidate.encoding, trial.columns)
        matrix, labels = data.encoded(*self.encoding, known).train, data.labels(known)
        self.share = min(1.0, max(0.0, (learner.rows - len(labels.target)) / max(1.0, further)))
        key = encoding_key(*self.encoding)
        self._matrix, self._labels = _empty(data.folder.encoded(key, fold)), _empty(data.folder.labels(fold))
        for name in _COPIED:
            shutil.copyfile(data.folder.encoded(key, known) / name, self._matrix / name)
        self.encoder = read_encoder((self._matrix / "encoder.bin").read_bytes())
        self._values = GrowingArray(self._matrix / "train.npy", np.float32, matrix.values.shape[1])
        self._target = GrowingArray(self._labels / "target.npy", labels.target.dtype)
        self._weight = GrowingArray(self._labels / "weight.npy", np.float64)
        for array in (self._values, self._target, self._weight):
            stack.callback(array.close)
        for begin in range(0, len(labels.target), _BLOCK):
            rows = slice(begin, begin + _BLOCK)
            weight = None if labels.weight is None else labels.weight[rows]
            self.append(matrix.values[rows], labels.target[rows], weight)

    @property
    def rows(self) -> int:
        """How many there are so far."""
        return self._target.rows

    def append(self, values: NDArray[np.float32], target: NDArray[Any], weight: NDArray[np.float64] | None) -> None:
        """Add encoded rows to learn from."""
        self._values.append(values)
        self._target.append(target)
        if weight is not None:
            self._weight.append(weight)

    def finish(self, frame: pd.DataFrame, target: NDArray[Any], weight: NDArray[np.float64] | None) -> None:
        """Write the rows to watch while fitting."""
        for array in (self._values, self._target, self._weight):
            array.finish()
        np.save(self._matrix / "valid.npy", self.encoder.transform(frame).values)
        np.save(self._labels / "valid_target.npy", target)
        if weight is not None:
            np.save(self._labels / "valid_weight.npy", weight)
        meta = json.dumps({"weighted": weight is not None})
        (self._labels / "meta.json").write_text(meta, encoding="utf-8")


def append_to_all(
    lots: list[Lot],
    frame: pd.DataFrame,
    draws: NDArray[np.float64],
    target: NDArray[Any],
    weight: NDArray[np.float64] | None,
) -> None:
    """Add rows to each lot whose share their draws are within, encoding them once for lots of the same encoding.

    Parameters
    ----------
    lots : list of Lot
    frame : DataFrame
        Typed rows.
    draws : ndarray of shape (n_rows,)
        From 0 to 1.
    target, weight : ndarray of shape (n_rows,)
    """
    for encoding in dict.fromkeys(lot.encoding for lot in lots):
        alike = [lot for lot in lots if lot.encoding == encoding]
        wanted = np.flatnonzero(draws < max(lot.share for lot in alike))
        if not len(wanted):
            continue
        values = alike[0].encoder.transform(frame.iloc[wanted].reset_index(drop=True)).values
        for lot in alike:
            within = draws[wanted] < lot.share
            rows = wanted[within]
            lot.append(values[within], target[rows], None if weight is None else weight[rows])


def _empty(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place
