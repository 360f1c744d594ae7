"""When this process began, so that the time budget counts the interpreter's start and the imports too."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

__all__ = ["process_started"]

_START_TIME_FIELD = 22  # of /proc/PID/stat, counted from 1 (proc(5)); in clock ticks since boot


def process_started() -> float:
    """Return the process's creation on the scale of ``time.monotonic()``; now where the system does not say."""
    now = time.monotonic()
    with suppress(OSError, ValueError, IndexError, AttributeError):
        # The second field, the program's name in parentheses, may itself hold blanks and parentheses.
        after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        ticks = int(after_name[_START_TIME_FIELD - 3])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        if 0 <= age < now:
            return now - age
    return now
