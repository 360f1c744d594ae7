"""Which folds' column ranks are still to be found, and what those found say together."""

from __future__ import annotations

from automl.models.registry import family
from automl.search.ranking import ColumnRank, summarise_ranks
from automl.search.tasks import TaskResult

__all__ = ["RanksWanted"]

_FAMILIES = ("lightgbm", "xgboost", "hist_gradient_boosting")
_FOLDS = 3


class RanksWanted:
    """The column ranks of a search.

    Parameters
    ----------
    families, encodings : tuple of str
        Of the search; the first of the quick boosters among them ranks, on the first of its encodings.
    folds : int
        Of the search.
    column_count : int
        One column needs no rank.
    """

    def __init__(self, families: tuple[str, ...], encodings: tuple[str, ...], folds: int, column_count: int) -> None:
        booster = next((name for name in _FAMILIES if name in families), None)
        wanted = min(_FOLDS, folds) if booster and column_count > 1 else 0
        self.family = booster or ""
        self.encoding = next(name for name in family(booster).encodings if name in encodings) if booster else ""
        self.ranks: tuple[ColumnRank, ...] = ()
        self._due = list(range(wanted))
        self._wanted = wanted
        self._found: dict[int, TaskResult] = {}

    @property
    def is_due(self) -> bool:
        """Whether there is a fold to give out."""
        return bool(self._due)

    @property
    def is_complete(self) -> bool:
        """Whether every fold wanted has ended, well or not."""
        return len(self._found) == self._wanted

    def next_fold(self) -> int:
        """Return a fold to give out."""
        return self._due.pop(0)

    def take(self, result: TaskResult) -> bool:
        """Take a fold's result; return whether the ranks are known with it."""
        if result.fold in self._due:
            self._due.remove(result.fold)
        self._found[result.fold] = result
        good = [each.importance for _, each in sorted(self._found.items()) if each.status == "ok"]
        if not self.is_complete or not good:
            return False
        self.ranks = summarise_ranks(good)
        return True
