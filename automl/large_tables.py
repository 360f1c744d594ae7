"""Reading the training table, where it may be larger than the memory there is for a fit."""

from __future__ import annotations

from automl.search.deadline import Deadline
from automl.search.memory import memory_limit
from automl.settings import FitSettings
from automl.tables import Table, read_table
from automl.tables.sampling import SampleRequest, draw_table, text_bytes

__all__ = ["read_within_memory", "room_for_cells"]

_SHARE = 0.9
#: What the processes take before they hold a row.
_PROCESSES = 600_000_000
#: What a row takes at most, in all processes together, for each byte of its cells as text: measured with 20 columns.
_BYTES_A_BYTE = 6
_LEAST_ROOM = 4_000_000
_READING_SHARE = 0.4


def read_within_memory(settings: FitSettings, deadline: Deadline | None) -> Table:
    """Read the table; where it is too large for the memory, as many rows drawn at random as there is room for.

    Parameters
    ----------
    settings : FitSettings
    deadline : Deadline or None
        A share of what is left of it may go into reading; None for as long as it takes.

    Raises
    ------
    DataError, UsageError
        If it cannot be read.
    """
    room, wanted = room_for_cells(settings.max_memory), text_bytes(settings.data)
    if wanted is None or wanted <= room:
        return read_table(settings.data, settings.read_options())
    seconds = None if deadline is None or deadline.seconds is None else _READING_SHARE * deadline.remaining
    request = SampleRequest(room, settings.seed, settings.target, settings.group, seconds)
    return draw_table(settings.data, settings.read_options(), request)


def room_for_cells(stated: int | None) -> int:
    """Return how many bytes of text the rows may have that a fit learns from.

    Parameters
    ----------
    stated : int or None
        As for :func:`automl.search.memory.memory_limit`.
    """
    return max(_LEAST_ROOM, int((_SHARE * memory_limit(stated) - _PROCESSES) / _BYTES_A_BYTE))
