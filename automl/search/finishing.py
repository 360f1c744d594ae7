"""How long the end of a fit will take on this machine, as busy as it is at the moment."""

from __future__ import annotations

import os
import time
import zlib
from pathlib import Path

__all__ = ["FinishingTime"]

_SAMPLE_BYTES = 256 * 1024
_SLOWEST = 3.0
_EXIT_SECONDS = 0.4
_ENCODER_SHARE = 1.3


class FinishingTime:
    """Seconds to keep for what comes after the search.

    Parameters
    ----------
    idle_seconds : float
        What the steps without the model's bytes take where nothing else runs.
    workers : int
        How many processes of ours are busy now and will not be then.
    """

    def __init__(self, idle_seconds: float, workers: int) -> None:
        self._idle_seconds = idle_seconds
        self._workers = workers
        self._seconds_a_byte = float("inf")
        self._bytes = 0

    @property
    def seconds(self) -> float:
        """The seconds, as far as is known by now."""
        writing = self._bytes * _ENCODER_SHARE * self._seconds_a_byte if self._bytes else 0.0
        return _slowness(self._workers) * (self._idle_seconds + writing) + _EXIT_SECONDS

    def measure(self, models: list[Path]) -> None:
        """Pack the beginning of the largest model that would be written now, and see how long that takes.

        Parameters
        ----------
        models : list of Path
            The files of the blend as it stands.
        """
        sizes = {path: path.stat().st_size for path in models}
        self._bytes = sum(sizes.values())
        with max(sizes, key=lambda path: sizes[path]).open("rb") as stream:
            sample = stream.read(_SAMPLE_BYTES)
        begun = time.thread_time()
        zlib.compress(sample, 1)
        self._seconds_a_byte = min(self._seconds_a_byte, (time.thread_time() - begun) / len(sample))


def _slowness(workers: int) -> float:
    """Return how many times longer work takes for what others run here: by the load of the last minute."""
    others = max(0.0, os.getloadavg()[0] - workers)
    return min(_SLOWEST, max(1.0, (others + 1) / (os.cpu_count() or 1)))
