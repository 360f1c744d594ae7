"""Where a model comes from: the rows it was fitted on, the model it was held against, and those before that one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["MOST_GENERATIONS", "DataFact", "GenerationFact", "VerdictFact", "lineage_from"]

#: So many generations are kept in a model file, the newest first.
MOST_GENERATIONS = 20


@dataclass(frozen=True)
class DataFact:
    """A table that rows were taken from: its file name, the digest of its bytes, and its rows."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class VerdictFact:
    """Whether a challenger took the champion's place.

    Attributes
    ----------
    rule : {"better", "not-worse"}
    promoted : bool
    why : str
        One sentence.
    metric : str
        What decided.
    rows : int
        Held back from the new rows: neither model was fitted on them.
    champion, challenger, baseline, difference : float or None
        Scores on these rows, that of the best constant answer, and the challenger's less the champion's; None where
        they were not compared.
    interval : tuple of float or None
        The 95 % interval of the difference.
    margin : float or None
        By ``not-worse``: how much worse, in the metric's units, the interval may say that the challenger is.
    """

    rule: str
    promoted: bool
    why: str
    metric: str
    rows: int
    champion: float | None = None
    challenger: float | None = None
    baseline: float | None = None
    difference: float | None = None
    interval: tuple[float, float] | None = None
    margin: float | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> VerdictFact:
        """Rebuild it from JSON values."""
        bounds = values.get("interval")
        return cls(**{**values, "interval": None if bounds is None else (float(bounds[0]), float(bounds[1]))})


@dataclass(frozen=True)
class GenerationFact:
    """One model of a line in which each was fitted to take the place of the one before it.

    Attributes
    ----------
    created : str
        ISO 8601, UTC.
    sha256 : str
        Digest of its file; empty for the model whose own file says this.
    data : tuple of DataFact
        What it was fitted on.
    rows : int
        It was fitted on so many.
    metric : str
    estimate : float
        Its own, from the time of its fit.
    verdict : VerdictFact or None
        How it fared against the model before it; None for one that was fitted without any.
    """

    created: str
    sha256: str
    data: tuple[DataFact, ...]
    rows: int
    metric: str
    estimate: float
    verdict: VerdictFact | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> GenerationFact:
        """Rebuild it from JSON values."""
        verdict = values.get("verdict")
        return cls(
            **{
                **values,
                "data": tuple(DataFact(**each) for each in values["data"]),
                "verdict": None if verdict is None else VerdictFact.from_dict(verdict),
            }
        )


def lineage_from(values: Sequence[Mapping[str, Any]]) -> tuple[GenerationFact, ...]:
    """Rebuild a line of models from JSON values, the newest first; TypeError or ValueError where it is none."""
    return tuple(GenerationFact.from_dict(each) for each in values[:MOST_GENERATIONS])
