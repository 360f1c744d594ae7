"""Metrics of several processes, told by whichever is asked: each leaves its own in a file for the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from automl.files import write_text
from automl.serving.metering import Family, exposition

__all__ = ["Noticeboard"]


class Noticeboard:
    """Where a process leaves its metrics, and finds those of the others.

    Parameters
    ----------
    folder : Path or None
        None for a single process.
    worker : int
        The number of this process.
    """

    def __init__(self, folder: Path | None, worker: int) -> None:
        self._folder = folder
        self._worker = worker

    def exposition(self, own: list[Family], of_models: Callable[[], Iterable[Family]]) -> str:
        """Return the metrics of all processes as text, its own as they are now, those of others as they were left."""
        by_worker = self._left_by_others()
        by_worker[self._worker] = [*own, *of_models()]
        return exposition({str(worker): by_worker[worker] for worker in sorted(by_worker)})

    def leave(self, families: Iterable[Family]) -> None:
        """Leave the metrics of this process for the others."""
        if self._folder is not None:
            content = json.dumps([family.to_dict() for family in families])
            write_text(self._folder / f"{self._worker}.json", content)

    @property
    def is_shared(self) -> bool:
        """Whether there are others."""
        return self._folder is not None

    def _left_by_others(self) -> dict[int, list[Family]]:
        found: dict[int, list[Family]] = {}
        for file in () if self._folder is None else self._folder.glob("[0-9]*.json"):
            if int(file.stem) != self._worker:
                found[int(file.stem)] = [
                    Family.from_dict(each) for each in json.loads(file.read_text(encoding="utf-8"))
                ]
        return found
