"""How much memory fits take at their largest: guessed from the table at first, then learned from what was seen."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

__all__ = ["Peaks", "begin_peak", "grown_since"]

_PROCESS = Path("/proc/self")
#: How many times the table's bytes a fit takes: copies of the encoded rows, gradients, histograms, trees.
_COPIES = {"catboost": 5.0, "nearest_neighbors": 2.0, "linear": 3.0, "constant": 0.5}
_MANY_COPIES = 4.0


class Peaks:
    """What a fit of each family is expected to add to a worker's memory.

    Parameters
    ----------
    table_bytes : int
        Of the typed table, which grows with rows and columns.
    """

    def __init__(self, table_bytes: int) -> None:
        self._table_bytes = table_bytes
        self._seen: dict[str, int] = {}

    def expected(self, family: str) -> int:
        """Return the bytes that a fit may add: the most that one of the family was seen to, or a guess."""
        return self._seen.get(family, int(_COPIES.get(family, _MANY_COPIES) * self._table_bytes))

    def learn(self, family: str, peak: int) -> None:
        """Take note of what a fit added; 0 where that is not known."""
        if peak > 0:
            self._seen[family] = max(peak, self._seen.get(family, 0))


def begin_peak() -> int:
    """Let this process's peak begin anew, and return the bytes it uses now; 0 where the system does not say."""
    with suppress(OSError):
        (_PROCESS / "clear_refs").write_text("5")
    return _status("VmRSS")


def grown_since(begun: int) -> int:
    """Return by how many bytes this process was larger at its peak than at :func:`begin_peak`; 0 where not known."""
    return max(0, _status("VmHWM") - begun) if begun else 0


def _status(name: str) -> int:
    try:
        lines = (_PROCESS / "status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
    except (OSError, StopIteration):
        return 0
