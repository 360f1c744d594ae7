"""The stop token: how a signal handler tells a running search to finish with what it has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["StopToken", "StoppedEarlyError"]


class StoppedEarlyError(BaseException):
    """A stop was asked for while there was nothing to finish with.

    Like ``KeyboardInterrupt`` it is no ``Exception``, so that no step that survives its own failures survives this.
    """


class StopToken:
    """A flag that is set once and never cleared; the first reason stays.

    Safe to set from another thread or from a signal handler: appending to a list is atomic, and no lock is taken that
    the interrupted code might hold.
    """

    def __init__(self) -> None:
        self._reasons: list[str] = []
        self._at_once = False

    def request(self, reason: str) -> None:
        """Ask for a stop; ``reason`` is the name of the signal, such as ``"SIGTERM"``.

        Raises
        ------
        StoppedEarlyError
            Inside :meth:`at_once`.
        """
        self._reasons.append(reason)
        if self._at_once:
            raise StoppedEarlyError(reason)

    @property
    def requested(self) -> str | None:
        """The first reason given, or None while nobody asked for a stop."""
        return self._reasons[0] if self._reasons else None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let a stop end the block where it stands: for the time before there is anything to finish with."""
        self._at_once = True
        try:
            if self.requested is not None:
                raise StoppedEarlyError(self.requested)
            yield
        finally:
            self._at_once = False
