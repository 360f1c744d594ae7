"""Whether a formula computes what the model does, tried on rows at its borders before anything is written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from automl.errors import ModelFileError
from automl.export.formula import Averaged, Boosted, Formula, Summed
from automl.export.program import scored
from automl.export.terms import Measured, Number
from automl.tables import Table
from automl.tables.schema import ColumnKind

if TYPE_CHECKING:
    from automl.bundle.model import Model

__all__ = ["check", "trial_rows"]

#: Largest difference, of numbers beyond 1 as a share of them.
TOLERANCE = 1e-9

_MOST_BORDERS = 6
_NO_LEVEL = "no such level"
_ODD_CELLS = ("", "?", "not known here", "0", "-1e30", "1e30", "2031-02-28", "1999-12-31 23:59:59")


def trial_rows(formula: Formula, golden: Table) -> Table:
    """Return rows to hold an export against the model: its golden ones, and others that differ from them in a cell.

    Each column in turn is emptied, filled with what it cannot be, with each of its first levels, and with numbers at
    and just beside the thresholds of trees.
    """
    names = [str(name) for name in golden.cells.columns]
    rows = golden.cells.to_dict("records")
    for turn, column in enumerate(formula.columns):
        name = str(column["name"])
        start = rows[turn % len(golden.cells)]
        levels = [str(level) for level in column.get("levels", ())][:_MOST_BORDERS]
        words = [*column.get("true_values", ()), *column.get("false_values", ())]
        numbers = _borders(formula, name) if column["kind"] == ColumnKind.NUMERIC else []
        for text in dict.fromkeys([*_ODD_CELLS, _NO_LEVEL, *levels, *words, *numbers]):
            rows.append({**start, name: text})
    return Table(pd.DataFrame(rows, columns=names, dtype="str"), "trial rows", "")


def check(formula: Formula, model: Model, golden: Table) -> None:
    """Hold a formula against its model.

    Parameters
    ----------
    formula : Formula
    model : Model
    golden : Table
        The rows that the model file was tried on.

    Raises
    ------
    ModelFileError
        If they differ on a row.
    """
    table = trial_rows(formula, golden)
    expected = model.predict_table(table)
    columns = [expected.values] if expected.probabilities is None else list(expected.probabilities.T)
    rows = ({str(name): text for name, text in row.items()} for row in table.cells.to_dict("records"))
    answers = scored(formula, rows)
    names = [f"proba_{label}" for label in formula.labels] or ["prediction"]
    for row, answer in enumerate(answers):
        for name, values in zip(names, columns, strict=True):
            ours, theirs = float(answer[name]), float(values[row])
            if not abs(ours - theirs) <= TOLERANCE * max(1.0, abs(theirs)):
                raise ModelFileError(
                    f"What was to be exported predicts {ours!r} where the model predicts {theirs!r}.",
                    "This is a bug of ours; nothing was written.",
                )


def _borders(formula: Formula, name: str) -> list[str]:
    """Return numbers at and beside the first thresholds of trees on a numeric column."""
    found: list[str] = []
    for threshold in _thresholds(formula, name):
        beside = (math.nextafter(threshold, -math.inf), threshold, math.nextafter(threshold, math.inf))
        single = float(np.nextafter(np.float32(threshold), np.float32(-np.inf)))
        found += [repr(number) for number in (*beside, single) if math.isfinite(number)]
        if len(found) >= _MOST_BORDERS * len(beside):
            break
    return found


def _thresholds(formula: Formula, name: str) -> Iterator[float]:
    for member in formula.members:
        features = formula.features[member.features]
        places = {
            place: feature.source.origin
            for place, feature in enumerate(features)
            if isinstance(feature, Measured) and isinstance(feature.source, Number) and feature.source.column == name
        }
        if isinstance(member.model, Averaged | Boosted | Summed):
            for tree in member.model.trees:
                for feature, below, left in zip(tree.feature, tree.below, tree.left, strict=True):
                    if left >= 0 and feature in places:
                        yield below + places[feature]
