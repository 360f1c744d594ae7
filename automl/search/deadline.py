"""The budget as a promise: one clock that starts when the process was created."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Deadline", "process_start"]


@dataclass(frozen=True)
class Deadline:
    """When the command has to be over.

    Attributes
    ----------
    start : float
        ``time.monotonic()`` at the moment the budget began to run.
    seconds : float or None
        The budget; None where only the number of trials limits the search.
    """

    start: float
    seconds: float | None

    @property
    def elapsed(self) -> float:
        """Seconds used so far."""
        return time.monotonic() - self.start

    @property
    def remaining(self) -> float:
        """Seconds left; infinite without a budget."""
        return float("inf") if self.seconds is None else self.seconds - self.elapsed

    def within(self, seconds: float) -> Deadline:
        """Return a deadline that ends in ``seconds`` at the latest."""
        end = self.elapsed + seconds
        return Deadline(self.start, end if self.seconds is None else min(self.seconds, end))

    def earlier_by(self, seconds: float) -> Deadline:
        """Return a deadline that leaves ``seconds`` of this one for what comes after, at most half of them all."""
        if self.seconds is None:
            return self
        return Deadline(self.start, self.seconds - min(seconds, self.seconds / 2))


def process_start() -> float:
    """Return ``time.monotonic()`` as it was when this process was created."""
    return time.monotonic() - _seconds_since_process_start()


def _seconds_since_process_start() -> float:
    """Return how long ago this process was created, unmoved by changes of the wall clock where the system allows.

    Imports and start-up count too: the user's clock began when the command was typed.
    """
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started)
    except (OSError, AttributeError, IndexError, ValueError):
        import psutil

        return max(0.0, time.time() - float(psutil.Process().create_time()))
