"""Which workers a fit is given to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from automl.errors import UsageError
from automl.search.executor import StartExecutor, local_workers
from automl.search.pool import Nursery
from automl.settings import FitSettings
from automl.tables.libraries import install_command, not_installed

__all__ = ["Workers", "open_workers"]


@dataclass(frozen=True)
class Workers:
    """Who carries out the tasks of a search.

    Attributes
    ----------
    start : callable
        Makes the executor of a search.
    count : int or None
        How many tasks it carries out at once; None where that is for this machine to decide.
    """

    start: StartExecutor
    count: int | None = None


@contextmanager
def open_workers(settings: FitSettings, nursery: Nursery) -> Iterator[Workers]:
    """Return this machine's workers, or those of the cluster that the settings name.

    Raises
    ------
    UsageError
        If the cluster cannot be used, or its library is not installed.
    """
    if settings.executor == "local" or settings.scheduler is None:
        yield Workers(local_workers(nursery))
        return
    if not_installed(("distributed",)):
        raise UsageError(
            "The Dask executor needs the library distributed, which is not installed.",
            f"Install it with: {install_command('dask')}.",
        )
    from automl.executors.dask import cluster_workers, count_slots, open_cluster

    with open_cluster(settings.scheduler) as client:
        yield Workers(cluster_workers(client), count_slots(client))
