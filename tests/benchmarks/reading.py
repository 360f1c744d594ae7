"""What a large CSV file takes to read and to type, against pandas with pyarrow: processor seconds and peak memory.

Each measurement is a process of its own, in turn (pandas, ours, pandas, ours), so that load on the machine meets both.

usage: python tests/benchmarks/reading.py [--rows 1000000] [--columns 30] [--repeats 2] [--file FILE]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from automl.tables import infer_schema, read_table
from automl.tables.applying import apply_schema

MEBIBYTE = 1024**2


def write_table(path: Path, rows: int, columns: int) -> None:
    """Write a third each of decimals, whole numbers and categories."""
    draws = np.random.default_rng(0)
    makers = (
        lambda: draws.normal(size=rows).round(4),
        lambda: draws.integers(0, 10_000, rows),
        lambda: np.array(["north", "south", "east", "west", "none"])[draws.integers(0, 5, rows)],
    )
    csv.write_csv(pa.table({f"column_{i}": makers[i % 3]() for i in range(columns)}), path)


def with_pandas(path: Path) -> dict[str, float]:
    """Read by pandas; return processor seconds and the size of the table in MiB."""
    started = time.process_time()
    frame = pd.read_csv(path, engine="pyarrow")
    spent = time.process_time() - started
    return {"read": spent, "total": spent, "table": frame.memory_usage(deep=True).sum() / MEBIBYTE}


def with_ours(path: Path) -> dict[str, float]:
    """Read, find the kinds and type; return processor seconds of each step and the size of the typed table in MiB."""
    times = [time.process_time()]
    table = read_table(path)
    times.append(time.process_time())
    schema = infer_schema(table)
    times.append(time.process_time())
    typed = apply_schema(table, schema)
    times.append(time.process_time())
    steps = dict(zip(("read", "schema", "typed"), np.diff(times).tolist(), strict=True))
    return {**steps, "total": times[-1] - times[0], "table": typed.frame.memory_usage(deep=True).sum() / MEBIBYTE}


READERS = {"pandas": with_pandas, "ours": with_ours}


def measured_alone(reader: str, path: Path) -> dict[str, float]:
    """Run one reader in a process of its own."""
    command = [sys.executable, __file__, "--reader", reader, "--file", str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def compare(path: Path, repeats: int) -> None:
    """Print the median of each measurement, and the ratios."""
    runs: dict[str, list[dict[str, float]]] = {reader: [] for reader in READERS}
    for _ in range(repeats):
        for reader, found in runs.items():
            found.append(measured_alone(reader, path))
    medians = {
        reader: {name: statistics.median(run[name] for run in found) for name in found[0]}
        for reader, found in runs.items()
    }
    for reader, values in medians.items():
        sys.stdout.write(f"{reader:8s} " + ", ".join(f"{name} {value:.2f}" for name, value in values.items()) + "\n")
    ours = medians["ours"]
    sys.stdout.write(f"seconds, ours / pandas: {ours['total'] / medians['pandas']['total']:.2f}\n")
    sys.stdout.write(f"peak memory / typed table: {ours['peak'] / ours['table']:.2f}\n")


def main() -> None:
    """Measure one reader, or compare both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--reader", choices=tuple(READERS), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.reader:
        found = READERS[arguments.reader](arguments.file)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(json.dumps({**found, "peak": peak}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.file or Path(folder) / "table.csv"
        if arguments.file is None:
            write_table(path, arguments.rows, arguments.columns)
        compare(path, arguments.repeats)


if __name__ == "__main__":
    main()
