"""The fitted model: a weighted blend of bags, read from a model file, predicting from text tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.archive import Archive
from automl.bundle.blend import StoredBlend, StoredMember, StoredPart
from automl.bundle.golden import check_golden
from automl.errors import ModelFileError, SchemaMismatchError, UsageError
from automl.evaluation.conformal import LabelSets, NumberIntervals
from automl.evaluation.postprocessing import Postprocessing
from automl.evaluation.thresholds import decided
from automl.features import Encoder, read_encoder
from automl.models.family import FittedModel
from automl.models.registry import FAMILY_NAMES, family, missing_requirements
from automl.tables import Schema, Table, TypedTable, apply_schema, table_from_frame

__all__ = ["Model", "Part", "Prediction", "load_model"]

_MOST_THREADS = 4


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
    """

    values: NDArray[Any]
    probabilities: NDArray[np.float64] | None
    labels: tuple[str, ...] = ()
    unparsed: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    extra_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One fold's fitted model of the blend: its share of the prediction, and what it predicts from and with."""

    share: float
    fitted: FittedModel
    encoder: Encoder | None
    iterations: int


class Model:
    """A model file, ready to predict.

    Parameters
    ----------
    archive : Archive
        Its members are read, checked and constructed when a prediction first needs them.

    Raises
    ------
    ModelFileError
        If the description of schema or blend is damaged.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._proven = False
        try:
            self.schema = Schema.from_dict(archive.json("schema.json"))
            self._blend = StoredBlend.from_dict(archive.json("blend.json"))
            self.postprocessing = _read_postprocessing(archive)
            if self._blend.n_classes != len(self.schema.labels):
                raise ValueError("another number of classes than labels")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                f"'{archive.path}' is damaged: its description is incomplete.", "Fit the model again."
            ) from error

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns without which it cannot predict."""
        return self._blend.columns

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
        return tuple(dict.fromkeys(member.family for member in self._blend.members))

    def predict(self, data: pd.DataFrame | Table) -> NDArray[Any]:
        """Return the predicted label (str) or value (float64) of each row.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing.
        """
        return self.predict_table(_as_table(data)).values

    def predict_proba(self, data: pd.DataFrame | Table) -> NDArray[np.float64]:
        """Return class probabilities of shape (n_rows, n_classes), in the order of ``labels``.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing, or the model is a regression.
        """
        probabilities = self.predict_table(_as_table(data)).probabilities
        if probabilities is None:
            raise SchemaMismatchError("A regression model has no class probabilities.", "Use predict.")
        return probabilities

    def predict_interval(self, data: pd.DataFrame | Table, level: float = 0.9) -> NDArray[np.float64]:
        """Return bounds of shape (n_rows, 2) that hold the true number with the probability ``level``.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing, or the model is a classification.
        UsageError
            If the model was fitted on too few rows for this level.
        """
        bounds = self.bounds
        if not isinstance(bounds, NumberIntervals):
            raise SchemaMismatchError("A classification has sets of labels, no intervals.", "Use predict_set.")
        return np.asarray(bounds.bounds(self.predict_table(_as_table(data)).values, level), dtype=np.float64)

    def predict_set(self, data: pd.DataFrame | Table, level: float = 0.9) -> list[tuple[str, ...]]:
        """Return for each row the labels among which the true one is with the probability ``level``.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing, or the model is a regression.
        UsageError
            If the model was fitted on too few rows for this level.
        """
        bounds = self.bounds
        if not isinstance(bounds, LabelSets):
            raise SchemaMismatchError("A regression has intervals, no sets of labels.", "Use predict_interval.")
        members = bounds.members(self.predict_proba(data), level)
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

    def predict_table(self, table: Table) -> Prediction:
        """Return the full prediction for a text table, with counts of what did not fit."""
        typed = self.read(table)
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
        )

    def read(self, table: Table) -> TypedTable:
        """Return the feature columns of a text table, typed as the members expect them.

        Raises
        ------
        SchemaMismatchError
            If a column the model uses is missing.
        """
        typed = apply_schema(table, self._feature_schema)
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
        """Return the blend's raw prediction for a typed frame: values, or probabilities.

        Raises
        ------
        ModelFileError
            If a member is damaged or, the first time, the golden rows do not come back as they were.
        """
        if len(frame) and not self._proven:
            check_golden(self._archive, self._raw_of_table)
            self._proven = True
        return self._raw(frame)

    def _raw_of_table(self, table: Table) -> NDArray[np.float64]:
        return self._raw(apply_schema(table, self._used_schema).frame)

    def _raw(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        n_classes = self._blend.n_classes
        total = np.zeros((len(frame), n_classes) if n_classes else len(frame))
        if not len(frame):
            return total
        encoded: dict[str, NDArray[np.float32]] = {}
        parts = [(member, part) for member in self._blend.members for part in member.models]
        for _, part in parts:
            self._encoded(part.encoder, frame, encoded)

        def predicted(one: tuple[StoredMember, StoredPart]) -> NDArray[np.float64]:
            member, part = one
            values = self._encoded(part.encoder, frame, encoded)
            return member.weight / len(member.models) * self._predicted(member.family, part, values, total.shape)

        # Reading and applying a model mostly runs in compiled code, which leaves the interpreter to the next one. The
        # sum is taken in the order of the file, so that the last digit does not depend on which was ready first.
        with ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1)) as pool:
            for outcome in pool.map(predicted, parts):
                total += outcome
        return total

    def _predicted(
        self, name: str, part: StoredPart, values: NDArray[np.float32], shape: tuple[int, ...]
    ) -> NDArray[np.float64]:
        fitted = self._fitted(name, part)
        try:
            predicted = fitted.predict(values, part.iterations or None)
        except ModelFileError as error:
            raise self._damaged(name) from error
        if predicted.shape != shape:
            raise self._damaged(name)
        return predicted

    def parts(self) -> Iterator[Part]:
        """Yield the fitted models whose predictions, each times its share, add up to :meth:`predict_frame`."""
        for member in self._blend.members:
            for part in member.models:
                encoder = self._encoder(part.encoder) if part.encoder else None
                fitted = self._fitted(member.family, part)
                yield Part(member.weight / len(member.models), fitted, encoder, part.iterations or fitted.iterations)

    def read_all(self) -> None:
        """Read every member now, so that the file may go away."""
        for member in self._blend.members:
            for part in member.models:
                self._fitted(member.family, part)
                if part.encoder:
                    self._encoder(part.encoder)

    @cached_property
    def _feature_schema(self) -> Schema:
        wanted = tuple(
            column for column in self.schema.columns if column.kind.is_feature and column.name != self.schema.target
        )
        return Schema(wanted)

    @cached_property
    def _used_schema(self) -> Schema:
        return Schema(tuple(column for column in self._feature_schema.columns if column.name in self.required_columns))

    def _encoded(self, name: str, frame: pd.DataFrame, done: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        if not name:
            return np.empty((len(frame), 0), dtype=np.float32)
        if name not in done:
            done[name] = self._encoder(name).transform(frame).values
        return done[name]

    def _encoder(self, name: str) -> Encoder:
        if name not in self._encoders:
            content = self._archive.member(name)
            try:
                self._encoders[name] = read_encoder(content)
            except Exception as error:
                raise self._untrusted(name) from error
        return self._encoders[name]

    def _fitted(self, name: str, part: StoredPart) -> FittedModel:
        if part.file not in self._models:
            if name not in FAMILY_NAMES:
                raise ModelFileError(f"'{self._archive.path}' uses an unknown family '{name}'.", "Upgrade automl.")
            if missing := missing_requirements(name):
                raise ModelFileError(
                    f"The model uses {name}, and {', '.join(missing)} is not installed.",
                    f"pip install {' '.join(missing)}",
                )
            content = self._archive.member(part.file)
            try:
                fitted = family(name).implementation().load(content)
            except Exception as error:
                raise self._damaged(name) from error
            if part.iterations > fitted.iterations:
                raise self._damaged(name)
            self._models[part.file] = fitted
        return self._models[part.file]

    def _damaged(self, name: str) -> ModelFileError:
        return ModelFileError(f"'{self._archive.path}' holds a damaged {name} model.", "Fit it again.")

    def _untrusted(self, name: str) -> ModelFileError:
        return ModelFileError(f"'{self._archive.path}' holds a part that is not trusted: '{name}'.", "Fit it again.")

    @cached_property
    def _encoders(self) -> dict[str, Encoder]:
        return {}

    @cached_property
    def _models(self) -> dict[str, FittedModel]:
        return {}

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


def _as_table(data: pd.DataFrame | Table) -> Table:
    return data if isinstance(data, Table) else table_from_frame(data)


def load_model(path: Path) -> Model:
    """Open a model file.

    Raises
    ------
    ModelFileError
        If it is missing, damaged, foreign or too new.
    """
    return Model(Archive(path))
