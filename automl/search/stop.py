"""The stop token: how a signal handler tells a running search to finish with what it has."""

from __future__ import annotations

__all__ = ["StopToken"]


class StopToken:
    """A flag that is set once and never cleared; the first reason stays.

    Safe to set from another thread or from a signal handler: appending to a list is atomic, and no lock is taken that
    the interrupted code might hold.
    """

    def __init__(self) -> None:
        self._reasons: list[str] = []

    def request(self, reason: str) -> None:
        """Ask for a stop; ``reason`` is the name of the signal, such as ``"SIGTERM"``."""
        self._reasons.append(reason)

    @property
    def requested(self) -> str | None:
        """The first reason given, or None while nobody asked for a stop."""
        return self._reasons[0] if self._reasons else None
