"""Processor seconds of preparing and profiling wide and long tables, for one version of the program or several in turn.

usage: python tests/benchmarks/preparing.py [--tree FOLDER ...] [--runs 3] [SHAPE ...]

SHAPE is ROWSxCOLUMNS: one with more columns than rows is prepared for a fit, any other is profiled. FOLDER
holds another version's `automl`; each runs in a process of its own, in turn (A B A B ...). The last line of a shape is
what pandas takes to read the file with pyarrow.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from reading import write_table
from shapes import table

HERE = Path(__file__).resolve().parents[2]
STEPS = """
import sys, time
def seconds(action):
    started = time.process_time()
    result = action()
    return time.process_time() - started, result
path = sys.argv[1]
if len(sys.argv) > 2:
    sys.path.insert(0, sys.argv[2])
    from automl.preparation import PrepareRequest, prepare, profile
    from automl.tables import infer_schema, read_table
    reading, table = seconds(lambda: read_table(path))
    target = "outcome" if "outcome" in table.cells else None
    typing, schema = seconds(lambda: infer_schema(table, target))
    act = (lambda: profile(table, schema)) if target is None else lambda: prepare(table, schema, PrepareRequest(target))
    print(reading, typing, seconds(act)[0])
else:
    import pandas as pd
    print(seconds(lambda: pd.read_csv(path, engine="pyarrow"))[0])
"""


def run(path: Path, *tree: Path) -> list[float]:
    """Return the seconds that one process printed."""
    command = [sys.executable, "-c", STEPS, str(path), *map(str, tree)]
    return [float(each) for each in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]


def measure(shape: str, trees: list[Path], runs: int, path: Path) -> None:
    """Write the table, and print the medians of each version."""
    rows, columns = map(int, shape.split("x"))
    if columns > rows:
        table(rows, columns, 1).to_csv(path, index=False)
    else:
        write_table(path, rows, columns)
    found: dict[str, list[list[float]]] = {}
    for _ in range(runs):
        for tree in trees:
            found.setdefault(str(tree), []).append(run(path, tree))
        found.setdefault("pandas", []).append(run(path))
    for name, times in found.items():
        medians = " ".join(f"{statistics.median(step):7.2f}" for step in zip(*times, strict=True))
        print(f"{shape:>12} {medians}  {name}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", default=["2000x5000", "20x100000", "1000000x30"])
    parser.add_argument("--tree", type=Path, action="append", default=[])
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for each in given.shapes:
            measure(each, [*given.tree, HERE], given.runs, Path(folder) / "table.csv")
