"""How a search is bounded and spread."""

from __future__ import annotations

from dataclasses import dataclass

from automl.features import ENCODING_NAMES
from automl.models.family import Device
from automl.models.portfolio import Candidate
from automl.search.deadline import Deadline

__all__ = ["SearchPlan"]


@dataclass(frozen=True)
class SearchPlan:
    """How the search is bounded and spread.

    Attributes
    ----------
    families : tuple of str
        Installed families to try.
    trials : int or None
        Candidates to try; with ``deadline.seconds`` None this alone ends the search, and no clock is read.
    deadline : Deadline
    reserve : float
        Seconds that what comes after the search takes on an idle machine, without writing the model.
    workers, threads : int
        Worker processes, and threads of each fit.
    seed : int
    patience : float or None
        As for :class:`~automl.search.plateau.Plateau`.
    memory : int or None
        Bytes that the coordinator and its workers may use together; None for no limit.
    encodings : tuple of str
        That candidates may learn from.
    optimize : str
        ``"accuracy"`` for a blend of fold models; ``"speed"`` or ``"size"`` for one candidate, fitted on all rows.
    first : tuple of Candidate
        Known to be good on rows like these: tried before the portfolio.
    on_gpu : tuple of str
        Families that are fitted on a GPU.
    """

    families: tuple[str, ...]
    trials: int | None
    deadline: Deadline
    reserve: float
    workers: int
    threads: int
    seed: int
    optimize: str = "accuracy"
    memory: int | None = None
    patience: float | None = None
    encodings: tuple[str, ...] = ENCODING_NAMES
    first: tuple[Candidate, ...] = ()
    on_gpu: tuple[str, ...] = ()

    def device_of(self, family: str) -> Device:
        """Return what a family is fitted on."""
        return "gpu" if family in self.on_gpu else "cpu"

    @property
    def single(self) -> bool:
        """Whether the model is to be one candidate, fitted again on all rows."""
        return self.optimize != "accuracy"

    @property
    def timed(self) -> bool:
        """Whether a clock bounds the search."""
        return self.deadline.seconds is not None
