"""What is said about a model's behaviour over its columns: values only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from automl.report.formatting import shorten

__all__ = ["Behaviour", "DependenceCurve", "Interaction", "Rule", "SurrogateTree"]

_LONGEST_LABEL = 30


@dataclass(frozen=True)
class DependenceCurve:
    """Predictions with one column set to each of some values.

    Attributes
    ----------
    column : str
    names : tuple of str
        The values as text.
    positions : tuple of float
        Where they stand on a number line; days since 1970 for dates; empty for levels.
    mean, low, high : tuple of float
        The average prediction over the rows, and the 10 % and 90 % quantiles of the rows' own.
    density : tuple of float
        Share of the data: in 20 equal bins over the positions' range, or with each level.
    rows : tuple of tuple of float
        The predictions of a few single rows, from those that are lowest to those that are highest on average.
    dates : bool
        Whether the positions are days.
    """

    column: str
    names: tuple[str, ...]
    positions: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    density: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...] = ()
    dates: bool = False


@dataclass(frozen=True)
class Interaction:
    """Two columns, and the share of their joint effect's variance that neither has alone (H squared)."""

    columns: tuple[str, str]
    share: float


@dataclass(frozen=True)
class Rule:
    """One leaf: the conditions that lead to it, the average prediction of its rows, and their share."""

    conditions: tuple[str, ...]
    prediction: float
    share: float


@dataclass(frozen=True)
class SurrogateTree:
    """A tree as rules, lowest prediction first.

    Attributes
    ----------
    rules : tuple of Rule
    fidelity : float
        Share of the variance of the model's predictions that the tree explains (R squared), on rows that it was not
        fitted to.
    """

    rules: tuple[Rule, ...]
    fidelity: float


@dataclass(frozen=True)
class Behaviour:
    """How the model's prediction depends on its most important columns.

    Attributes
    ----------
    label : str or None
        The class whose probability is described: the positive one, or that of several whose probability varies most.
    curves : tuple of DependenceCurve
    interactions : tuple of Interaction or None
        Strongest first; None where there was no time to look.
    surrogate : SurrogateTree or None
        None where there was no time for it.
    """

    label: str | None
    curves: tuple[DependenceCurve, ...]
    interactions: tuple[Interaction, ...] | None = None
    surrogate: SurrogateTree | None = None

    @property
    def predicted(self) -> str:
        """What is described, in words: the probability of a class, or the prediction."""
        return "prediction" if self.label is None else f"probability of {shorten(self.label, _LONGEST_LABEL)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the behaviour as JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Behaviour:
        """Rebuild it from what :meth:`to_dict` returned (also after a trip through JSON)."""
        pairs, tree = values["interactions"], values["surrogate"]
        return cls(
            values["label"],
            tuple(DependenceCurve(**_in_tuples(curve)) for curve in values["curves"]),
            None if pairs is None else tuple(Interaction(tuple(pair["columns"]), pair["share"]) for pair in pairs),
            None
            if tree is None
            else SurrogateTree(tuple(Rule(**_in_tuples(rule)) for rule in tree["rules"]), tree["fidelity"]),
        )


def _in_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_tuple(value) for name, value in values.items()}


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(each) for each in value) if isinstance(value, list | tuple) else value
