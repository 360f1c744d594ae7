"""How long a large CSV file takes to read and to type, against pandas with pyarrow.

usage: python tests/benchmarks/reading.py [--rows 1000000] [--columns 30] [--file FILE]
"""

from __future__ import annotations

import argparse
import resource
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


def write_table(path: Path, rows: int, columns: int) -> None:
    """Write a third each of decimals, whole numbers and categories."""
    draws = np.random.default_rng(0)
    makers = (
        lambda: draws.normal(size=rows).round(4),
        lambda: draws.integers(0, 10_000, rows),
        lambda: np.array(["north", "south", "east", "west", "none"])[draws.integers(0, 5, rows)],
    )
    csv.write_csv(pa.table({f"column_{i}": makers[i % 3]() for i in range(columns)}), path)


def seconds(action) -> tuple[float, object]:
    """Return how long an action took, and what it returned."""
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


def main() -> None:
    """Measure and print one line a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--file", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.file or Path(folder) / "table.csv"
        if arguments.file is None:
            write_table(path, arguments.rows, arguments.columns)
        pandas_seconds, _ = seconds(lambda: pd.read_csv(path, engine="pyarrow"))
        read_seconds, table = seconds(lambda: read_table(path))
        schema_seconds, schema = seconds(lambda: infer_schema(table))
        typed_seconds, _ = seconds(lambda: apply_schema(table, schema))
    total = read_seconds + schema_seconds + typed_seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    steps = {"pandas": pandas_seconds, "read": read_seconds, "schema": schema_seconds, "typed": typed_seconds}
    for name, value in steps.items():
        sys.stdout.write(f"{name:8s} {value:7.2f} s\n")
    sys.stdout.write(f"ratio    {total / pandas_seconds:7.2f}\npeak     {peak:7.0f} MiB\n")


if __name__ == "__main__":
    main()
