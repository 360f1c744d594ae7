"""Reading tables to learn from that may be larger than the memory there is for a fit."""

from __future__ import annotations

from collections.abc import Sequence

from automl.search.deadline import Deadline
from automl.search.memory import memory_limit
from automl.settings import FitSettings
from automl.tables import ReadOptions, Table, read_table
from automl.tables.sampling import SampleRequest, draw_table, text_bytes

__all__ = ["read_in_room", "read_within_memory", "room_for_cells", "rooms_for"]

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
    return read_in_room(settings.data, settings.read_options(), settings, room_for_cells(settings.max_memory), deadline)


def read_in_room(
    source: str, options: ReadOptions, settings: FitSettings, room: int, deadline: Deadline | None
) -> Table:
    """Read a table; where its cells take more than ``room`` bytes as text, rows of it that are drawn at random.

    Parameters
    ----------
    source : str
    options : ReadOptions
    settings : FitSettings
        They name the target and the groups that are to be kept to.
    room : int
    deadline : Deadline or None
        As for :func:`read_within_memory`.

    Raises
    ------
    DataError, UsageError
        If it cannot be read.
    """
    wanted = text_bytes(source)
    if wanted is None or wanted <= room:
        return read_table(source, options)
    seconds = None if deadline is None or deadline.seconds is None else _READING_SHARE * deadline.remaining
    return draw_table(source, options, SampleRequest(room, settings.seed, settings.target, settings.group, seconds))


def rooms_for(sources: Sequence[str], stated: int | None) -> list[int]:
    """Return how many bytes of text each of several tables may have that are learned from together, by their size."""
    room = room_for_cells(stated)
    wanted = [text_bytes(source) or 0 for source in sources]
    total = max(1, sum(wanted))
    return [room if total <= room else room * each // total for each in wanted]


def room_for_cells(stated: int | None) -> int:
    """Return how many bytes of text the rows may have that a fit learns from.

    Parameters
    ----------
    stated : int or None
        As for :func:`automl.search.memory.memory_limit`.
    """
    return max(_LEAST_ROOM, int((_SHARE * memory_limit(stated) - _PROCESSES) / _BYTES_A_BYTE))
