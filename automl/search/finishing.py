"""How long the end of a fit will take on this machine, as busy as it is at the moment."""

from __future__ import annotations

import os
import time
import zlib
from pathlib import Path

__all__ = ["FinishingTime", "crowding"]

_SAMPLE_BYTES = 256 * 1024
_SLOWEST = 3.0
_EXIT_SECONDS = 0.6
_ENCODER_SHARE = 1.3
_FIRST_PROBES = 4
_MEMORY = 0.8
#: The blend is chosen once more, again on rows drawn for the estimate, and scored on many such draws.
_SELECTIONS_AFTER = 3.0
#: A file of the search's state is removed in a tenth of this where nothing else uses the disk.
_SECONDS_A_FILE = 0.001


def crowding(workers: int) -> float:
    """Return how much slower the machine's load may make work that takes seconds: from 1, nothing, to 2.

    The load average counts processes of low priority like others, and those of a machine that a container is on; so it
    is trusted only so far.

    Parameters
    ----------
    workers : int
        Processes of ours among the load.
    """
    others = (os.getloadavg()[0] - workers) / (os.cpu_count() or 1)
    return 1.0 + min(1.0, max(0.0, 0.25 * (others - 0.5)))


class FinishingTime:
    """Seconds to keep for what comes after the search.

    How busy others keep the machine is seen from our own work: how much longer packing some bytes takes than the
    processor needs for it. A process that mostly waits is served at once where one that works for seconds is not, so
    the machine's load counts too.

    Parameters
    ----------
    idle_seconds : float
        What the steps without the model's bytes take where nothing else runs.
    workers : int
        How many processes of ours are busy while the search goes on, and will not be after it.
    """

    def __init__(self, idle_seconds: float, workers: int) -> None:
        self._idle_seconds = idle_seconds
        self._workers = workers
        self._crowd = max(1.0, (workers + 1) / (os.cpu_count() or 1))
        self._seconds_a_byte = 0.0
        self._bytes = self._files = 0
        self._selecting = 0.0
        self._wall = self._processor = 0.0
        for _ in range(_FIRST_PROBES):
            self._pack(os.urandom(_SAMPLE_BYTES // 8) * 8, crowd=1.0)

    @property
    def seconds(self) -> float:
        """The seconds, as far as is known by now."""
        slowness = min(_SLOWEST, max(crowding(self._workers), self._wall / self._processor))
        writing = self._bytes * _ENCODER_SHARE * self._seconds_a_byte
        selecting, removing = _SELECTIONS_AFTER * self._selecting, _SECONDS_A_FILE * self._files
        return slowness * (self._idle_seconds + writing) + selecting + removing + _EXIT_SECONDS

    def measure(self, models: list[Path], selecting: float, files: int) -> None:
        """Pack the beginning of the largest model that would be written now, and see how long that takes.

        Parameters
        ----------
        models : list of Path
            The files of the blend as it stands.
        selecting : float
            Seconds that choosing this blend took, with the machine as busy as it is.
        files : int
            How many the search has left on the disk so far, to be removed at the end.
        """
        self._files = files
        self._selecting = max(selecting, _MEMORY * self._selecting)
        sizes = {path: path.stat().st_size for path in models}
        self._bytes = sum(sizes.values())
        with max(sizes, key=lambda path: sizes[path]).open("rb") as stream:
            sample = stream.read(_SAMPLE_BYTES)
        self._seconds_a_byte = self._pack(sample, self._crowd) / len(sample)

    def _pack(self, sample: bytes, crowd: float) -> float:
        """Pack a sample; return the processor's seconds. ``crowd`` is how much our own workers slow that down."""
        wall, processor = time.monotonic(), time.thread_time()
        zlib.compress(sample, 1)
        wall, processor = time.monotonic() - wall, time.thread_time() - processor
        self._wall = _MEMORY * self._wall + wall / crowd
        self._processor = _MEMORY * self._processor + processor
        return processor
