"""How much memory a fit may use, and which worker takes too much of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["MemoryWatch", "memory_limit", "used_bytes"]

_CGROUP = Path("/sys/fs/cgroup")
_SHARE = 0.95


def memory_limit(stated: int | None, root: Path = _CGROUP, membership: Path = Path("/proc/self/cgroup")) -> int:
    """Return the bytes that this process and its workers may use together.

    Parameters
    ----------
    stated : int or None
        What the user allows; it lowers the limit of the machine and never raises it.
    root : Path
        Where the control groups are mounted (version 2, or 1 with its folder ``memory``).
    membership : Path
        Says which group this process is in.
    """
    import psutil

    limits = [psutil.virtual_memory().total, *_group_limits(root, membership)]
    return int(min(limits if stated is None else [*limits, stated]))


def _group_limits(root: Path, membership: Path) -> list[int]:
    """Return the limits of this process's control groups and of all above them."""
    try:
        lines = membership.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
    limits = []
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if controllers == "":
            limits += _limits_upwards(root, name, "memory.max")
        elif "memory" in controllers.split(","):
            limits += _limits_upwards(root / "memory", name, "memory.limit_in_bytes")
    return limits


def _limits_upwards(mount: Path, name: str, file: str) -> list[int]:
    """Return the limits from a group up to the mount; in a container the mount itself is the group."""
    place = mount / name.lstrip("/")
    found = []
    for folder in (place, *place.parents):
        if not folder.is_relative_to(mount):
            break
        try:
            found.append(int((folder / file).read_text(encoding="ascii")))
        except (OSError, ValueError):
            # No such group is visible from here, or its limit is "max".
            continue
    return found


class MemoryWatch:
    """Finds the worker to end when coordinator and workers together use more than they may.

    Memory that stands for files, such as a mapped table, does not count: the system can take it back. What forked
    processes share counts once.

    Parameters
    ----------
    limit : int
        Bytes for all together.
    """

    def __init__(self, limit: int) -> None:
        self._limit = _SHARE * limit

    def has_room(self, wanted: int, everybody: Iterable[int]) -> bool:
        """Whether ``wanted`` bytes more are within the limit, beside what these processes use now."""
        return wanted + used_bytes(everybody) <= self._limit

    def too_large(self, workers: Sequence[int], others: Iterable[int]) -> int | None:
        """Return the process id of the largest of ``workers``, where all of them and ``others`` use too much."""
        everybody = (*workers, *others)
        if not workers or sum(map(_at_most_bytes, everybody)) <= self._limit:
            return None
        used = {pid: _bytes(pid) for pid in everybody}
        return max(workers, key=lambda pid: used[pid]) if sum(used.values()) > self._limit else None


def used_bytes(pids: Iterable[int]) -> int:
    """Return the memory that processes use, without what stands for files; what forked ones share counts once."""
    return sum(map(_bytes, pids))


def _bytes(pid: int) -> int:
    """Return the resident bytes that no file stands behind, each shared one divided among those that share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:"))
    except (OSError, StopIteration):
        return _at_most_bytes(pid)


def _at_most_bytes(pid: int) -> int:
    """Return the same without dividing, which is quicker; 0 where the process has ended."""
    import psutil

    try:
        memory = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0
    return int(memory.rss - getattr(memory, "shared", 0))
