"""From blocks of rows to blocks of predictions, with a tally of what did not fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.arguments import did_you_mean
from automl.cli.bounds import Bounds
from automl.errors import UsageError
from automl.tables import Table
from automl.tables.formulas import FormulaEscaper
from automl.tables.guesses import lines_left_out, ragged_rows
from automl.tables.schema import Task

if TYPE_CHECKING:
    from automl.bundle.model import Model, Prediction

__all__ = ["Scoring", "Tally"]


@dataclass
class Tally:
    """What was met while scoring, added up over the blocks."""

    rows: int = 0
    unparsed: Counter[str] = field(default_factory=Counter)
    unseen: Counter[str] = field(default_factory=Counter)
    extra_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    other_notation: tuple[str, ...] = ()
    ragged_rows: Counter[str] = field(default_factory=Counter)
    lines_left_out: Counter[str] = field(default_factory=Counter)
    escaped: int = 0

    def add(self, prediction: Prediction, block: Table) -> None:
        """Add one block; the columns are those of every block."""
        self.rows += len(block.cells)
        self.ragged_rows.update(ragged_rows(block.findings))
        self.lines_left_out.update(lines_left_out(block.findings))
        self.unparsed.update(prediction.unparsed)
        self.unseen.update(prediction.unseen)
        self.extra_columns = prediction.extra_columns
        self.missing_columns = prediction.missing_columns
        # Of many rows, some blocks may be written in one way and some in another.
        self.other_notation = tuple(dict.fromkeys((*self.other_notation, *prediction.other_notation)))

    def to_dict(self) -> dict[str, Any]:
        """Return the tally as JSON-ready values."""
        return {
            "rows": self.rows,
            "unparsed": dict(self.unparsed),
            "unseen": dict(self.unseen),
            "extra_columns": list(self.extra_columns),
            "missing_columns": list(self.missing_columns),
            "other_notation": list(self.other_notation),
            "ragged_rows": dict(self.ragged_rows),
            "lines_left_out": dict(self.lines_left_out),
            "escaped": self.escaped,
        }


class Scoring:
    """Scores blocks with one model; refuses options that do not go with its task.

    Parameters
    ----------
    model : Model
    proba : bool
        Whether each class gets a column with its probability.
    threshold : float or None
        Probability from which the positive class is predicted.
    keep : tuple of str
        Columns of the input that are copied.
    level : float or None
        Level of intervals (or sets of labels) that are added.
    escape_formulas : bool
        Whether texts that a spreadsheet would run are escaped.

    Raises
    ------
    UsageError
        If an option needs another task, a kept column has the name of an output column, or the model file does not
        hold what intervals are made of.
    """

    def __init__(
        self,
        model: Model,
        *,
        proba: bool,
        threshold: float | None,
        keep: tuple[str, ...],
        level: float | None = None,
        escape_formulas: bool = False,
    ) -> None:
        task, labels = model.schema.task, model.schema.labels
        if threshold is not None and task is not Task.BINARY:
            raise UsageError(f"--threshold is for binary tasks; this model's is {task}.", "Leave --threshold out.")
        if proba and task is Task.REGRESSION:
            raise UsageError("--proba is for classification; this model predicts a number.", "Leave --proba out.")
        self._probability_names = tuple(f"proba_{label}" for label in labels) if proba else ()
        self._bounds = None if level is None else Bounds(model, level)
        bound_names = () if self._bounds is None else self._bounds.names
        for name in keep:
            if name in ("prediction", *self._probability_names, *bound_names):
                raise UsageError(
                    f"The kept column '{name}' has the name of an output column.", "Rename it in the data."
                )
        self._model = model
        self._threshold = threshold
        self._keep = keep
        self._escaper = FormulaEscaper() if escape_formulas else None
        self.tally = Tally()

    def score(self, block: Table) -> pd.DataFrame:
        """Return the output rows of one block.

        Raises
        ------
        UsageError
            If a kept column is not in the data.
        SchemaMismatchError
            If a column that the model uses is not in the data.
        """
        self._check_kept(block)
        prediction = self._model.predict_table(block)
        self.tally.add(prediction, block)
        columns: dict[str, Any] = {name: block.cells[name] for name in self._keep}
        columns["prediction"] = self._answers(prediction)
        for index, name in enumerate(self._probability_names):
            columns[name] = pd.Series(_probabilities(prediction)[:, index], dtype="float64")
        if self._bounds is not None:
            columns.update(self._bounds.columns(prediction))
        if self._escaper is None:
            return pd.DataFrame(columns)
        escaped = self._escaper.escape(pd.DataFrame(columns))
        self.tally.escaped = self._escaper.count
        return escaped

    def _check_kept(self, block: Table) -> None:
        for name in self._keep:
            if name not in block.cells.columns:
                near = did_you_mean(name, block.cells.columns)
                raise UsageError(
                    f"The kept column '{name}' is not in {block.source}.",
                    near or f"Its columns: {', '.join(block.cells.columns[:20])}.",
                )

    def _answers(self, prediction: Prediction) -> pd.Series[Any]:
        if self._model.schema.task is Task.REGRESSION:
            return pd.Series(prediction.values, dtype="float64")
        if self._threshold is None:
            return pd.Series(list(prediction.values), dtype="str")
        negative, positive = self._model.schema.labels
        chosen = _probabilities(prediction)[:, 1] >= self._threshold
        return pd.Series([positive if each else negative for each in chosen], dtype="str")


def _probabilities(prediction: Prediction) -> NDArray[np.float64]:
    assert prediction.probabilities is not None
    return prediction.probabilities
