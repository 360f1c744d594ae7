"""What an explanation says: values only, JSON-ready, computed once and only rendered elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from automl.report.behaviour_facts import Behaviour
from automl.report.importance_facts import GlobalImportance

__all__ = [
    "CellChange",
    "Counterfactual",
    "Explanation",
    "RowExplanation",
    "Space",
]

#: What predictions, bases and contributions are: a probability, the logarithm of its odds, or the target's own units.
Space = Literal["probability", "log_odds", "target"]


_UNREAD = "(missing, unread)"


@dataclass(frozen=True)
class CellChange:
    """A cell as it is, and as it would have to be."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Counterfactual:
    """Changes of a row that flip the decision.

    Attributes
    ----------
    label : str
        What the model would decide.
    prediction : float
        The probability then: of the positive class of a binary task, else of ``label``.
    changes : tuple of CellChange
    probability : float
        Of ``label``, then.
    """

    label: str
    prediction: float
    changes: tuple[CellChange, ...]
    probability: float


@dataclass(frozen=True)
class RowExplanation:
    """What each column contributed to the prediction of one row.

    Attributes
    ----------
    row : int
        Position in the data; the first is 0.
    label : str or None
        The class whose probability is explained: the positive one of a binary task, else the predicted one. None for a
        regression.
    predicted : str or None
        The label that the model decides for; None for a regression.
    space : Space
    prediction, base : float
        The prediction in that space, and what it is on average; the contributions add up to their difference.
    probability : float or None
        Of ``label``; None for a regression.
    contributions, errors : dict of str to float
        By column, largest contribution first; and the standard error of each, 0 where it is exact.
    cells : dict of str to str
        What stands in those columns.
    counterfactuals : tuple of Counterfactual
        The smallest changes that were found to flip the decision; none for a regression.
    unread : tuple of str
        Columns whose cell could not be read: the model takes it as missing.
    """

    row: int
    label: str | None
    predicted: str | None
    space: Space
    prediction: float
    base: float
    probability: float | None
    contributions: dict[str, float]
    errors: dict[str, float]
    cells: dict[str, str]
    counterfactuals: tuple[Counterfactual, ...] = ()
    unread: tuple[str, ...] = ()

    def shown(self, column: str) -> str:
        """Return what stands in a column; of a cell that could not be read, what the model takes it as."""
        return _UNREAD if column in self.unread else self.cells[column]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation of the row as JSON-ready values."""
        return {
            "row": self.row,
            "label": self.label,
            "predicted": self.predicted,
            "prediction": self.prediction,
            "base": self.base,
            "probability": self.probability,
            "contributions": self.contributions,
            "standard_errors": self.errors,
            "cells": self.cells,
            "unread": list(self.unread),
            "counterfactuals": [asdict(each) for each in self.counterfactuals],
        }


@dataclass(frozen=True)
class Explanation:
    """Everything that was found about a model, and about some rows.

    Attributes
    ----------
    model, source : str
        The model file; the data, or empty.
    target, task : str
    labels : tuple of str
    space : Space
        Of the rows; without rows, of the model's predictions.
    importance : GlobalImportance
    method : str
        How contributions were found: ``exact`` or ``sampled_shapley``; empty without rows.
    background : str
        What rows the average prediction is over, in words; empty without rows.
    rows : tuple of RowExplanation
    notes : tuple of str
        What to keep in mind, one sentence each.
    behaviour : Behaviour or None
        How the prediction depends on the most important columns, where that was asked for.
    unparsed, unseen : dict of str to int
        Cells of the data that could not be read and count as missing, and cells of levels that training never saw, of
        the columns that have any.
    """

    model: str
    source: str
    target: str
    task: str
    labels: tuple[str, ...]
    space: Space
    importance: GlobalImportance
    method: str = ""
    background: str = ""
    rows: tuple[RowExplanation, ...] = ()
    notes: tuple[str, ...] = ()
    behaviour: Behaviour | None = None
    unparsed: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON-ready values."""
        found = self.importance
        return {
            "model": self.model,
            "source": self.source,
            "target": self.target,
            "task": self.task,
            "labels": list(self.labels),
            "importance": [{"column": each.columns[0], **each.to_dict()} for each in found.columns],
            "importance_groups": [{"columns": list(each.columns), **each.to_dict()} for each in found.groups],
            "importance_measure": found.measure,
            "importance_metric": found.metric or None,
            "importance_rows": found.rows,
            "space": self.space,
            "method": self.method or None,
            "background": self.background or None,
            "rows": [row.to_dict() for row in self.rows],
            "notes": list(self.notes),
            "unparsed": self.unparsed,
            "unseen": self.unseen,
            "behaviour": None if self.behaviour is None else self.behaviour.to_dict(),
        }
