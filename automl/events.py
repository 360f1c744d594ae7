"""What the library says while it works.

The library emits these records into a :class:`Sink`; the command line draws them. Nothing here prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Event", "Note", "PhaseStarted", "SearchProgress", "Silent", "Sink", "TrialFinished"]


@dataclass(frozen=True)
class PhaseStarted:
    """A phase of the work began: ``read``, ``profile``, ``search``, ``ensemble``, ``report``, ``write``."""

    name: str
    detail: str = ""


@dataclass(frozen=True)
class Note:
    """One sentence a user should see; ``warning`` where it asks for attention."""

    message: str
    warning: bool = False


@dataclass(frozen=True)
class TrialFinished:
    """One candidate was scored, or failed.

    ``score`` is in the metric's own units and None where the candidate failed; ``status`` is ``"ok"`` or the reason.
    """

    number: int
    family: str
    score: float | None
    status: str
    seconds: float


@dataclass(frozen=True)
class SearchProgress:
    """Where the search stands; ``best_score`` is the blend's selection score in the metric's own units."""

    trials: int
    best_score: float | None
    seconds_left: float | None
    trying: tuple[str, ...]


Event = PhaseStarted | Note | TrialFinished | SearchProgress


class Sink(Protocol):
    """Receives events in the order in which they happen."""

    def emit(self, event: Event) -> None:
        """Take one event."""


class Silent:
    """A sink that drops every event."""

    def emit(self, event: Event) -> None:
        """Drop the event."""
