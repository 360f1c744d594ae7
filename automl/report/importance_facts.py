"""How much a model relies on each column: values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["NOT_MEASURED", "GlobalImportance", "Importance", "Measure"]

NOT_MEASURED = (
    "The search ended before it had measured what the columns matter; 'automl explain MODEL DATA' measures it."
)

#: ``score_loss``: by how much the metric worsens. ``prediction_change``: by how much predictions move. ``stored``: by
#: what share the loss grew in the folds of the fit. Each when the column's values are shuffled.
Measure = Literal["score_loss", "prediction_change", "stored"]


@dataclass(frozen=True)
class Importance:
    """How much one column, or several shuffled together, matter.

    ``low`` and ``high`` bound a 95 % interval; where the fit stored it, they are two standard deviations between folds
    away. Both are None where rows of one group, or one fold, tell no spread; ``value`` is None, too, where a fit ended
    before it measured it.
    """

    columns: tuple[str, ...]
    value: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the importance as JSON-ready values."""
        return {"value": self.value, "interval": [self.low, self.high]}


@dataclass(frozen=True)
class GlobalImportance:
    """The columns a model uses, most important first.

    Attributes
    ----------
    measure : Measure
        What the values are.
    metric : str
        The metric of ``score_loss``; empty for the others.
    columns, groups : tuple of Importance
        Single columns; and columns that go together so closely that shuffling one alone hides what they carry.
    rows, repeats : int
        How many rows were shuffled, and how often; 0 for ``stored``.
    """

    measure: Measure
    metric: str
    columns: tuple[Importance, ...]
    groups: tuple[Importance, ...] = ()
    rows: int = 0
    repeats: int = 0

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> GlobalImportance:
        """Rebuild it from what ``asdict`` made of it (also after a trip through JSON)."""
        columns, groups = (
            tuple(Importance(**{**each, "columns": tuple(each["columns"])}) for each in values[name])
            for name in ("columns", "groups")
        )
        return cls(**{**values, "columns": columns, "groups": groups})
