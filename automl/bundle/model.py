"""The fitted model: a weighted blend of bags, read from a model file, predicting from text tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.archive import MALFORMED, Archive
from automl.bundle.blend import StoredBlend
from automl.bundle.golden import check_golden
from automl.bundle.members import Members, Part
from automl.errors import ModelFileError, SchemaMismatchError, UsageError
from automl.evaluation.conformal import LabelSets, NumberIntervals
from automl.evaluation.postprocessing import Postprocessing
from automl.evaluation.thresholds import decided
from automl.preparation.row_groups import group_texts
from automl.tables import Data, Schema, Table, TypedTable, apply_schema, given_table

__all__ = ["Model", "Part", "Prediction"]


@dataclass(frozen=True)
class Prediction:
    """What the model says about some rows.

    Attributes
    ----------
    values : ndarray of shape (n_rows,)
        Label texts as they stood in the training file (str), or float64 values.
    probabilities : ndarray of shape (n_rows, n_classes) or None
        In the order of ``labels``; None for regression.
    labels : tuple of str
    unparsed, unseen : dict of str to int
        Cells per column that could not be read, and whose category is new.
    extra_columns, missing_columns : tuple of str
        Columns the model does not know, and unused ones it did not find.
    other_notation : tuple of str
        Columns written otherwise than in the training table, and read so (see :class:`~automl.tables.TypedTable`).
    group : ndarray of str, shape (n_rows,), or None
        What bounds tell rows apart by, None in rows without it; None where they do not, or the column is not there.
    """

    values: NDArray[Any]
    probabilities: NDArray[np.float64] | None
    labels: tuple[str, ...] = ()
    unparsed: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    extra_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    other_notation: tuple[str, ...] = ()
    group: NDArray[Any] | None = None


class Model:
    """A model file, ready to predict.

    Parameters
    ----------
    archive : Archive
        Its members are read, checked and constructed when a prediction first needs them.
    make_members : callable, optional
        Returns what reads and applies them: in this process by default.

    Raises
    ------
    ModelFileError
        If the description of schema or blend is damaged.
    """

    def __init__(self, archive: Archive, make_members: Callable[[Archive, StoredBlend], Members] = Members) -> None:
        self._archive = archive
        self._proven = False
        try:
            self.schema = Schema.from_dict(archive.json("schema.json"))
            blend = StoredBlend.from_dict(archive.json("blend.json"))
            self.postprocessing = _read_postprocessing(archive)
            if blend.n_classes != len(self.schema.labels):
                raise ValueError("another number of classes than labels")
        except MALFORMED as error:
            raise ModelFileError(
                f"'{archive.path}' is damaged: its description is incomplete.", "Fit the model again."
            ) from error
        self._members = make_members(archive, blend)

    @property
    def restrictions(self) -> str:
        """What the process that reads its members may not do; empty where that is this process."""
        return self._members.restrictions

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns without which it cannot predict."""
        return self._members.blend.columns

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest: what ``automl inspect --json`` shows."""
        return self._archive.manifest

    @property
    def labels(self) -> tuple[str, ...]:
        """The class labels; empty for regression."""
        return self.schema.labels

    @property
    def families(self) -> tuple[str, ...]:
        """The families of the blend's members."""
        return tuple(dict.fromkeys(member.family for member in self._members.blend.members))

    @property
    def n_models(self) -> int:
        """The number of fitted models in the blend, several of which may belong to one member."""
        return sum(len(member.models) for member in self._members.blend.members)

    def predict(self, data: Data | Table) -> NDArray[Any]:
        """Return the predicted label (str) or value (float64) of each row of a DataFrame or of what a path names.

        Raises
        ------
        UsageError
            If the data is neither a DataFrame nor a path.
        DataError
            If what the path names cannot be read.
        SchemaMismatchError
            If a column the model uses is missing.
        """
        return self.predict_table(self._as_table(data)).values

    def predict_proba(self, data: Data | Table) -> NDArray[np.float64]:
        """Return class probabilities of shape (n_rows, n_classes), in the order of ``labels``.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing, or the model is a regression.
        """
        probabilities = self.predict_table(self._as_table(data)).probabilities
        if probabilities is None:
            raise SchemaMismatchError("A regression model has no class probabilities.", "Use predict.")
        return probabilities

    def predict_interval(self, data: Data | Table, level: float = 0.9) -> NDArray[np.float64]:
        """Return bounds of shape (n_rows, 2) that hold the true number with the probability ``level``.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing, or the model is a classification.
        UsageError
            If the model was fitted on too few rows for this level.
        """
        if not isinstance(self.bounds, NumberIntervals):
            raise SchemaMismatchError("A classification has sets of labels, no intervals.", "Use predict_set.")
        return np.asarray(self.bounded(self.predict_table(self._as_table(data)), level), dtype=np.float64)

    def predict_set(self, data: Data | Table, level: float = 0.9) -> list[tuple[str, ...]]:
        """Return for each row the labels among which the true one is with the probability ``level``.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing, or the model is a regression.
        UsageError
            If the model was fitted on too few rows for this level.
        """
        if not isinstance(self.bounds, LabelSets):
            raise SchemaMismatchError("A regression has intervals, no sets of labels.", "Use predict_interval.")
        members = self.bounded(self.predict_table(self._as_table(data)), level)
        return [tuple(label for label, inside in zip(self.labels, row, strict=True) if inside) for row in members]

    @property
    def bounds(self) -> NumberIntervals | LabelSets:
        """What bounds its predictions.

        Raises
        ------
        UsageError
            If the model file holds nothing to make bounds of.
        """
        if self.postprocessing.bounds is None:
            raise UsageError(
                f"'{self._archive.path}' holds nothing to make intervals of.",
                "It was fitted on too few rows, or by an older version; fit it again.",
            )
        return self.postprocessing.bounds

    def bounded(self, prediction: Prediction, level: float) -> NDArray[Any]:
        """Return the lower and upper bound of each row, or which labels are in its set.

        Raises
        ------
        SchemaMismatchError
            If the column by which bounds tell rows apart was not in the table.
        UsageError
            If the model was fitted on too few rows for this level.
        """
        bounds, by = self.bounds, self.postprocessing.interval_by
        if by is not None and prediction.group is None:
            raise SchemaMismatchError(
                f"Bounds of this model are made by '{by}', which is not among the columns.",
                f"Add the column '{by}', or ask for no interval.",
            )
        if isinstance(bounds, NumberIntervals):
            return bounds.bounds(np.asarray(prediction.values, dtype=np.float64), level, prediction.group)
        assert prediction.probabilities is not None
        return bounds.members(prediction.probabilities, level, prediction.group)

    def predict_table(self, table: Table) -> Prediction:
        """Return the full prediction for a text table, with counts of what did not fit."""
        return self.predict_typed(self.read(table), self.groups_of(table))

    def predict_typed(self, typed: TypedTable, group: NDArray[Any] | None = None) -> Prediction:
        """Return the full prediction for what :meth:`read` and :meth:`groups_of` returned for a table."""
        raw = self.predict_frame(typed.frame)
        used = set(self.required_columns)
        return Prediction(
            values=self.decide(raw),
            probabilities=raw if raw.ndim == 2 else None,
            labels=self.labels,
            unparsed={name: count for name, count in typed.unparsed.items() if name in used and count},
            unseen={name: count for name, count in typed.unseen.items() if name in used and count},
            extra_columns=tuple(name for name in typed.extra_columns if name not in self.schema.names),
            missing_columns=typed.missing_columns,
            other_notation=tuple(name for name in typed.other_notation if name in used),
            group=group,
        )

    def groups_of(self, table: Table) -> NDArray[Any] | None:
        """Return what bounds tell the rows of a text table apart by; None where they do not, or it is not there."""
        by = self.postprocessing.interval_by
        if by is None:
            return None
        typed = apply_schema(table, self.schema, (by,))
        return None if by in typed.missing_columns else group_texts(self.schema.column(by), typed.frame[by])

    def read(self, table: Table) -> TypedTable:
        """Return the columns of a text table that the members use, typed as they expect them.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing.
        """
        typed = apply_schema(table, self.feature_schema, self.required_columns)
        missing = [name for name in typed.missing_columns if name in self.required_columns]
        if missing:
            named = ", ".join(f"'{name}'" for name in missing[:5]) + (" …" if len(missing) > 5 else "")
            subject = "Columns" if len(missing) > 1 else "Column"
            verb = "are" if len(missing) > 1 else "is"
            raise SchemaMismatchError(
                f"{subject} {named} that the model uses {verb} not in {table.source}.",
                "Add what is missing, or rename the columns to what 'automl inspect' lists.",
            )
        return typed

    def predict_frame(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the blend's prediction for a typed frame: values, or calibrated probabilities.

        Raises
        ------
        ModelFileError
            If a member is damaged or, the first time, the golden rows do not come back as they were.
        """
        if len(frame) and not self._proven:
            check_golden(self._archive, self._raw_of_table)
            self._proven = True
        return self._answer(frame)

    def _raw_of_table(self, table: Table) -> NDArray[np.float64]:
        return self._answer(apply_schema(table, self._used_schema).frame)

    def _answer(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the members' sum, class probabilities calibrated."""
        return np.asarray(self.postprocessing.calibrated(self._members.predict(frame)))

    def parts(self) -> Iterator[Part]:
        """Yield the fitted models whose predictions, each times its share, add up to that of a regression."""
        return self._members.parts()

    def read_all(self) -> None:
        """Read every member now, so that the file may go away."""
        self._members.read_all()

    @cached_property
    def feature_schema(self) -> Schema:
        """The columns that may be features, needed or not."""
        wanted = tuple(
            column for column in self.schema.columns if column.kind.is_feature and column.name != self.schema.target
        )
        return Schema(wanted)

    @cached_property
    def _used_schema(self) -> Schema:
        return Schema(tuple(column for column in self.feature_schema.columns if column.name in self.required_columns))

    def _as_table(self, data: Data | Table) -> Table:
        return data if isinstance(data, Table) else given_table(data, self.schema.names, hashed=False)

    def decide(self, raw: NDArray[np.float64]) -> NDArray[Any]:
        """Return what :meth:`predict` answers to raw predictions: the labels decided for, or the values themselves."""
        if raw.ndim == 1:
            return raw
        if not len(raw):
            return np.empty(0, dtype=object)
        names: NDArray[Any] = np.array(self.labels, dtype=object)
        return np.asarray(names[decided(raw, self.postprocessing.threshold_value).argmax(axis=1)])


def _read_postprocessing(archive: Archive) -> Postprocessing:
    """Return what is applied to predictions; nothing where the file was written before there was any."""
    name = "postprocessing.json"
    return Postprocessing.from_dict(archive.json(name)) if archive.has(name) else Postprocessing()
