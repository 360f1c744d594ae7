"""What each monitor of the comparison has in common: it is shown every batch of every table, and says what is wrong.

Needs pandas and the standard library alone, since it runs in the environment of each of them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

__all__ = ["Said", "read", "watch"]

DATES = ("sold",)


@dataclass(frozen=True)
class Said:
    """What was said of a batch: the columns in alarm, whether there is one of the whole, and why nothing was said."""

    columns: Collection[str] = ()
    whole: bool = False
    failed: str = ""


Look = Callable[[Path], Said]


def read(path: Path) -> pd.DataFrame:
    """Return rows with dates as dates."""
    frame = pd.read_csv(path)
    for name in DATES:
        if name in frame.columns:
            frame[name] = pd.to_datetime(frame[name])
    return frame


def watch(folder: Path, begin: Callable[[Path], Look]) -> None:
    """Print a line of JSON for each batch of each table.

    Parameters
    ----------
    folder : Path
        Holds a folder a table, with the training rows in ``reference.csv`` and the batches in ``batches``.
    begin : callable
        Gets ready for a table, given its folder, and returns what looks at one of its batches.

    Notes
    -----
    Seconds are those of the processor; the first line says how many had gone by, imports included, before anything
    was looked at.
    """
    sys.stdout.write(json.dumps({"started": time.process_time()}) + "\n")
    for table in sorted(path.parent for path in folder.glob("*/batches")):
        look = begin(table)
        for batch in sorted((table / "batches").iterdir()):
            begun = time.process_time()
            said = look(batch)
            seconds = time.process_time() - begun
            line = {"table": table.name, "batch": batch.stem, "seconds": seconds, **asdict(said)}
            sys.stdout.write(json.dumps({**line, "columns": sorted(said.columns)}) + "\n")
