"""What would have to be otherwise in a row for the model to decide otherwise.

Source: Wachter, Mittelstadt and Russell, "Counterfactual explanations without opening the black box", Harvard Journal
of Law and Technology 31, 2018; here over values that stand in the data, fewest columns first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.explanation.facts import CellChange, Counterfactual
from automl.explanation.subject import Subject
from automl.explanation.values import value_text

__all__ = ["CounterfactualSearch"]

_MOST_COLUMNS = 3
_KEPT = 3
_BEAM = 4
_NUMBERS = 8
_LEVELS = 8
_BETWEEN = 10
# What another level costs, where a number costs the share of the data that it passes.
_LEVEL_COST = 0.5

# Column and value of each change.
_Changes = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class _Tried:
    """Changes of a row, what they cost, how sure the model still is, what it now decides, and the probabilities."""

    changes: _Changes
    cost: float
    certainty: float
    label: str
    prediction: float
    probability: float


class CounterfactualSearch:
    """Finds the smallest changes of a row that flip the decision.

    Parameters
    ----------
    subject : Subject
        Of a classification.
    data : DataFrame
        Typed rows whose values may be taken on.
    fixed : sequence of str
        Columns that cannot be changed.
    written : callable, optional
        Says how a value of the column of that name is written.
    """

    def __init__(
        self,
        subject: Subject,
        data: pd.DataFrame,
        fixed: Sequence[str] = (),
        written: Callable[[str, Any], str] = lambda _name, value: value_text(value),
    ) -> None:
        self._subject = subject
        self._written = written
        self._data = data
        self._values = {name: _candidates(data[name]) for name in subject.columns if name not in fixed}
        self._sorted = {
            name: data[name].dropna().sort_values().to_numpy() for name in self._values if data[name].dtype.kind in "fM"
        }

    def find(self, row: pd.DataFrame) -> tuple[Counterfactual, ...]:
        """Return up to three ways to another decision, smallest first; none where none was found.

        At most three columns are changed, and only as many as are needed: two are tried where no single one flips the
        decision, three where no two do, going on from the four most promising each time.

        Parameters
        ----------
        row : DataFrame of shape (1, n_columns)
        """
        decided = self._subject.decisions(self._subject.predict(row))[0]
        starts: list[_Changes] = [()]
        for _ in range(_MOST_COLUMNS):
            attempts = {frozenset(more): more for start in starts for more in self._longer(row, start)}
            tried = self._try(row, decided, [*attempts.values()])
            flips = sorted((each for each in tried if each.label != decided), key=lambda each: each.cost)
            if flips:
                return tuple(self._told(row, self._nearer(row, decided, flip)) for flip in _of_other_columns(flips))
            best = sorted(tried, key=lambda each: each.certainty + 0.1 * each.cost)
            starts = [each.changes for each in best[:_BEAM]]
        return ()

    def _longer(self, row: pd.DataFrame, start: _Changes) -> list[_Changes]:
        """Return the changes with one more column, of every value but the row's own."""
        taken = {name for name, _ in start}
        return [
            (*start, (name, value))
            for name, values in self._values.items()
            if name not in taken
            for value in values
            if value != row[name].iloc[0]
        ]

    def _try(self, row: pd.DataFrame, decided: str, attempts: list[_Changes]) -> list[_Tried]:
        if not attempts:
            return []
        predicted = self._subject.predict(self._changed(row, attempts))
        labels = self._subject.decisions(predicted)
        known = self._subject.model.labels
        certainty = predicted[:, known.index(decided)]
        # Of two classes the positive one's probability is told, whichever is decided for.
        codes = [known.index(label) for label in labels]
        return [
            _Tried(
                changes,
                self._cost(row, changes),
                float(sure),
                label,
                prediction=float(shares[1 if len(known) == 2 else code]),
                probability=float(shares[code]),
            )
            for changes, sure, label, shares, code in zip(attempts, certainty, labels, predicted, codes, strict=True)
        ]

    def _changed(self, row: pd.DataFrame, attempts: list[_Changes]) -> pd.DataFrame:
        """Return one copy of the row for each attempt, with its changes made."""
        columns = {}
        for name in row.columns:
            own = row[name].iloc[0]
            cells = [dict(changes).get(name, own) for changes in attempts]
            columns[name] = pd.Series(cells).astype(row[name].dtype)
        return pd.DataFrame(columns)

    def _cost(self, row: pd.DataFrame, changes: _Changes) -> float:
        return sum(self._distance(name, row[name].iloc[0], value) for name, value in changes)

    def _distance(self, name: str, old: Any, new: Any) -> float:
        """Return the share of the data between two numbers or dates, or the cost of another level."""
        if name not in self._sorted or pd.isna(old):
            return _LEVEL_COST
        ends = np.searchsorted(self._sorted[name], np.array([old, new], dtype=self._sorted[name].dtype))
        return abs(int(ends[1]) - int(ends[0])) / len(self._sorted[name])

    def _nearer(self, row: pd.DataFrame, decided: str, flip: _Tried) -> _Tried:
        """Move each changed number as far back as the new decision allows, over values that stand in the data."""
        for place, (name, value) in enumerate(flip.changes):
            old = row[name].iloc[0]
            if name not in self._sorted or pd.isna(old):
                continue
            between = [
                (*flip.changes[:place], (name, each), *flip.changes[place + 1 :])
                for each in self._between(name, old, value)
            ]
            kept = [each for each in self._try(row, decided, between) if each.label == flip.label]
            flip = min([flip, *kept], key=lambda each: each.cost)
        return flip

    def _between(self, name: str, old: Any, new: Any) -> list[Any]:
        values = self._data[name].dropna().drop_duplicates().sort_values()
        inside = values[(values > min(old, new)) & (values < max(old, new))]
        places = np.unique(np.linspace(0, len(inside) - 1, min(_BETWEEN, len(inside))).astype(int))
        return list(inside.iloc[places])

    def _told(self, row: pd.DataFrame, flip: _Tried) -> Counterfactual:
        changes = (
            CellChange(name, self._written(name, row[name].iloc[0]), self._written(name, value))
            for name, value in flip.changes
        )
        return Counterfactual(flip.label, flip.prediction, tuple(changes), flip.probability)


def _of_other_columns(flips: list[_Tried]) -> list[_Tried]:
    """Keep the cheapest way for each set of columns, and three in all."""
    best: dict[frozenset[str], _Tried] = {}
    for flip in flips:
        best.setdefault(frozenset(name for name, _ in flip.changes), flip)
    return list(best.values())[:_KEPT]


def _candidates(cells: pd.Series) -> list[Any]:
    """Return values from all over a column: quantiles of numbers and dates, the most frequent levels of others."""
    present = cells.dropna()
    if not len(present):
        return []
    if cells.dtype.kind not in "fM":
        return list(present.value_counts().head(_LEVELS).index)
    places = np.round(np.linspace(0.02, 0.98, _NUMBERS) * (len(present) - 1)).astype(int)
    return list(present.sort_values().iloc[places].drop_duplicates())
