"""The fitted models of the blend in a model file: read when first needed, checked, and applied side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.archive import Archive
from automl.bundle.blend import StoredBlend, StoredMember, StoredPart
from automl.errors import ModelFileError
from automl.features import Encoder, read_encoder
from automl.models.family import FittedModel
from automl.models.registry import FAMILY_NAMES, family, missing_requirements

__all__ = ["MOST_THREADS", "STORED_SINCE", "Members", "Part"]

#: That apply members at the same time.
MOST_THREADS = 4
#: Of so few rows a prediction is all Python's, which threads only take from each other.
_FEW = 8

#: The oldest format whose models of a family can be read; all formats where none is named.
STORED_SINCE = {"random_forest": 2, "extra_trees": 2, "hist_gradient_boosting": 2, "multilayer_perceptron": 2}


@dataclass(frozen=True)
class Part:
    """One fold's fitted model of the blend: its share of the prediction, and what it predicts from and with."""

    share: float
    fitted: FittedModel
    encoder: Encoder | None
    iterations: int


class Members:
    """What a blend's prediction is summed up from.

    Parameters
    ----------
    archive : Archive
    blend : StoredBlend

    Attributes
    ----------
    restrictions : str
        What the process that reads them may not do; empty where that is this process.
    """

    restrictions = ""

    def __init__(self, archive: Archive, blend: StoredBlend) -> None:
        self._archive = archive
        self.blend = blend
        self._encoders: dict[str, Encoder] = {}
        self._models: dict[str, FittedModel] = {}

    def predict(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the weighted sum of what the members predict for a typed frame: values, or probabilities.

        Raises
        ------
        ModelFileError
            If a member is damaged, of an unknown family or of one that is not installed.
        """
        n_classes = self.blend.n_classes
        total = np.zeros((len(frame), n_classes) if n_classes else len(frame))
        if not len(frame):
            return total
        encoded: dict[str, NDArray[np.float32]] = {}
        parts = [(member, part) for member in self.blend.members for part in member.models]
        for _, part in parts:
            self._encoded(part.encoder, frame, encoded)

        def predicted(one: tuple[StoredMember, StoredPart]) -> NDArray[np.float64]:
            member, part = one
            values = self._encoded(part.encoder, frame, encoded)
            return member.weight / len(member.models) * self._predicted(member.family, part, values, total.shape)

        if len(parts) == 1 or len(frame) <= _FEW:
            return sum(map(predicted, parts), total)
        # Reading and applying a model mostly runs in compiled code, which leaves the interpreter to the next one. The
        # sum is taken in the order of the file, so that the last digit does not depend on which was ready first.
        with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
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
        """Yield the fitted models whose predictions, each times its share, add up to :meth:`predict`."""
        for member in self.blend.members:
            for part in member.models:
                encoder = self._encoder(part.encoder) if part.encoder else None
                fitted = self._fitted(member.family, part)
                yield Part(member.weight / len(member.models), fitted, encoder, part.iterations or fitted.iterations)

    def read_all(self) -> None:
        """Read every member now, so that the file may go away."""
        for member in self.blend.members:
            for part in member.models:
                self._fitted(member.family, part)
                if part.encoder:
                    self._encoder(part.encoder)

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
            if self._archive.manifest["format_version"] < STORED_SINCE.get(name, 1):
                raise self._outdated(name)
            content = self._archive.member(part.file)
            try:
                fitted = family(name).implementation().load(content)
            except Exception as error:
                raise self._damaged(name) from error
            if part.iterations > fitted.iterations:
                raise self._damaged(name)
            self._models[part.file] = fitted
        return self._models[part.file]

    def _outdated(self, name: str) -> ModelFileError:
        return ModelFileError(
            f"'{self._archive.path}' has format {self._archive.manifest['format_version']}, whose {name} models this "
            "version cannot read any more.",
            "Fit the model again; 'automl report' writes down the command that made it.",
        )

    def _damaged(self, name: str) -> ModelFileError:
        return ModelFileError(f"'{self._archive.path}' holds a damaged {name} model.", "Fit it again.")

    def _untrusted(self, name: str) -> ModelFileError:
        return ModelFileError(f"'{self._archive.path}' holds a part that is not trusted: '{name}'.", "Fit it again.")
