"""Fit a generated table that is larger than the memory the fit may use, through the command line.

usage: python tests/benchmarks/larger_than_memory.py [--rows 20000000] [--memory 2G] [--budget 180] [--work DIR]

It writes a CSV file of 20 columns, fits it, and prints the seconds of the whole command, the largest memory of its
process tree (PSS), from how many rows it learned, its estimate, and its score on 200,000 further rows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
from pyarrow import csv
from shapes import largest_memory
from sklearn.metrics import roc_auc_score

BLOCK_ROWS = 500_000
TEST_ROWS = 200_000
NUMBERS = 16


def block(rows: int, seed: int) -> pa.Table:
    """Return numbers, two categories and a binary target that depends on some of them, with interactions."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(rows, NUMBERS)).round(6)
    columns = {f"x{place}": numbers[:, place] for place in range(NUMBERS)}
    columns["amount"] = np.exp(rng.normal(3, 1, rows)).round(2)
    columns["city"] = np.array([f"city{place:03d}" for place in range(200)])[rng.integers(0, 200, rows)]
    columns["plan"] = np.array(["basic", "plus", "pro"])[rng.integers(0, 3, rows)]
    score = numbers[:, 0] * numbers[:, 1] + np.sin(3 * numbers[:, 2]) - 4
    score += 0.5 * (columns["plan"] == "pro") * numbers[:, 3] + 0.4 * np.log(columns["amount"])
    columns["churn"] = np.where(rng.random(rows) < 1 / (1 + np.exp(-score)), "yes", "no")
    return pa.table(columns)


def write(path: Path, rows: int) -> None:
    """Write the training table block by block."""
    with path.open("wb") as stream:
        for start in range(0, rows, BLOCK_ROWS):
            options = csv.WriteOptions(include_header=not start, quoting_style="none")
            csv.write_csv(block(min(BLOCK_ROWS, rows - start), 1 + start), stream, options)


def fit(data: Path, model: Path, memory: str, budget: int) -> tuple[float, float]:
    """Fit through the command line; return seconds and megabytes."""
    command = [sys.executable, "-m", "automl", "fit", data, "--target", "churn", "--output", model, "--overwrite"]
    command += ["--max-memory", memory, "--time-budget", budget, "--no-report", "--quiet"]
    begun, stop, found = time.monotonic(), threading.Event(), [0.0]
    running = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    watcher = threading.Thread(target=largest_memory, args=(psutil.Process(running.pid), stop, found))
    watcher.start()
    code = running.wait()
    seconds = time.monotonic() - begun
    stop.set()
    watcher.join()
    if code:
        raise SystemExit(f"fit ended with {code}")
    return seconds, max(found)


def main() -> None:
    """Make the tables, fit, score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--memory", default="2G")
    parser.add_argument("--budget", type=int, default=180)
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.work) as folder:
        data, model, test = Path(folder) / "train.csv", Path(folder) / "m.automl", Path(folder) / "test.csv"
        write(data, given.rows)
        further = block(TEST_ROWS, 0)
        csv.write_csv(further.drop_columns("churn"), test, csv.WriteOptions(quoting_style="none"))
        seconds, megabytes = fit(data, model, given.memory, given.budget)
        inspected = subprocess.run(
            [sys.executable, "-m", "automl", "inspect", model, "--json"], capture_output=True, check=True
        )
        manifest = json.loads(inspected.stdout)
        predicted = subprocess.run(
            [sys.executable, "-m", "automl", "predict", model, test, "--proba", "--quiet"],
            capture_output=True,
            check=True,
        )
        scores = csv.read_csv(pa.BufferReader(predicted.stdout))["proba_yes"].to_numpy()
        reached = roc_auc_score(further["churn"].to_numpy() == "yes", scores)
        low, high = manifest["estimate"]["interval"]
        print(f"{data.stat().st_size / 1e9:.2f} GB of CSV, {given.rows:,} rows x {len(further.column_names)} columns")
        print(f"fit {seconds:.1f} s of {given.budget}, {megabytes:.0f} MB of {given.memory}")
        print(f"learned from {manifest['rows']:,} rows drawn from {manifest['drawn_from'] or manifest['rows']:,}")
        print(f"estimate {manifest['estimate']['value']:.4f} ({low:.4f} to {high:.4f}), on further rows {reached:.4f}")


if __name__ == "__main__":
    main()
