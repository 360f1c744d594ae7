"""What came of late: cells that were missing, unread or new, and whether the last rows are like the training rows."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from automl.bundle.model import Model
from automl.bundle.reference import Reference
from automl.serving.last_rows import LastRows, longest_text
from automl.serving.metering import Family, Sample
from automl.tables import TypedTable

if TYPE_CHECKING:
    from automl.operate.drift import Drift

__all__ = ["Watch"]

_MOST_ROWS = 1_000
_FEWEST_ROWS = 50
_DRIFT_EVERY_SECONDS = 10.0


class Watch:
    """Looks at the rows of one model's requests. Threads may bring rows while another asks.

    Parameters
    ----------
    model : Model
    reference : Reference or None
        What the model file remembers of its training rows.
    importances : mapping of str to float
        How much each column matters.
    moving : frozenset of str
        Columns whose values are new by their nature, such as the time of a row.
    """

    def __init__(
        self, model: Model, reference: Reference | None, importances: Mapping[str, float], moving: frozenset[str]
    ) -> None:
        self._model, self._reference = model, reference
        self._importances, self._moving = importances, moving
        self._lock = threading.Lock()
        self._last = LastRows(_MOST_ROWS, longest_text(reference))
        self._rows = 0
        self._missing: Counter[str] = Counter()
        self._unparsed: Counter[str] = Counter()
        self._unseen: Counter[str] = Counter()
        self._drift: Drift | None = None
        self._drift_rows = 0
        self._drift_at = -_DRIFT_EVERY_SECONDS

    def add(self, typed: TypedTable, predicted: NDArray[np.float64]) -> None:
        """Take the rows of a request, which is kept waiting no longer for many before it."""
        with self._lock:
            self._rows += len(predicted)
            self._missing.update(self._last.add(typed, predicted))
            self._unparsed.update(typed.unparsed)
            self._unseen.update(typed.unseen)

    def families(self, name: str) -> list[Family]:
        """Return what came as metrics of the model of that name."""
        self._look_for_drift()
        with self._lock:
            model = {"model": name}
            return [
                Family("automl_rows_total", "counter", "Rows predicted.", (Sample(self._rows, model),)),
                self._cells("missing", "Cells without a value.", self._missing, model),
                self._cells("unparsed", "Cells that could not be read.", self._unparsed, model),
                self._cells("unseen", "Cells with a level that no training row had.", self._unseen, model),
                *self._drift_families(model),
            ]

    def _cells(self, what: str, text: str, counts: Mapping[str, int], model: dict[str, str]) -> Family:
        samples = tuple(Sample(counts[column], model | {"column": column}) for column in self._model.required_columns)
        return Family(f"automl_cells_{what}_total", "counter", text, samples)

    def _look_for_drift(self) -> None:
        """Test the last rows again where there are new ones, not more often than it is worth."""
        with self._lock:
            is_due = self._drift_rows != self._rows and time.monotonic() - self._drift_at >= _DRIFT_EVERY_SECONDS
            if self._reference is None or len(self._last) < _FEWEST_ROWS or not is_due:
                return
            typed, predicted = self._last.together()
            self._drift_rows, self._drift_at = self._rows, time.monotonic()
        from automl.operate.drift import drift_of

        # Requests, which add their rows meanwhile, are not kept waiting for this.
        drift = drift_of(typed, predicted, self._model, self._reference, self._importances, self._moving)
        with self._lock:
            self._drift = drift

    def _drift_families(self, model: dict[str, str]) -> Iterator[Family]:
        if self._drift is None:
            return
        columns = self._drift.columns
        of_columns = [(fact, model | {"column": name}) for name, fact in columns.items()]
        rows = len(self._last)
        yield Family("automl_drift_rows", "gauge", "Last rows that drift is told of.", (Sample(rows, model),))
        yield Family(
            "automl_drift_alarm",
            "gauge",
            "1 where a column of the last rows differs from the training rows by more than chance.",
            tuple(Sample(float(fact.alarm), labels) for fact, labels in of_columns),
        )
        yield Family(
            "automl_drift_effect",
            "gauge",
            "How far apart they are, by the test that decides: 'automl monitor' says which.",
            tuple(Sample(fact.effect, labels | {"test": fact.test}) for fact, labels in of_columns),
        )
        prediction = self._drift.prediction
        if prediction is not None:
            yield Family(
                "automl_prediction_drift_alarm",
                "gauge",
                "1 where the predictions of the last rows are spread otherwise than the out-of-fold ones.",
                (Sample(float(prediction.alarm), model),),
            )
