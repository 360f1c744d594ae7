"""How error and the time to a first good model grow with the rows: one fit a size, drawn as growth.svg.

usage: python tests/benchmarks/growth.py [--budget 60] [--work DIR] [--plot growth.svg] [ROWS ...]

The tables are those of shapes.py, with 30 columns. A candidate is good where its out-of-fold error is at most 1.1 times
that of the best one found in the end, and useful where it is better than predicting a constant.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from shapes import TEST_ROWS, error_of, fit, table

COLUMNS = 30
GOOD = 1.1


@dataclass(frozen=True)
class Size:
    """What one fit reached."""

    rows: int
    seconds: float
    error: float
    first_useful: float
    first_good: float


def measure(rows: int, budget: int, work: Path) -> Size:
    """Fit a table of so many rows."""
    train, test = table(rows, COLUMNS, 1), table(TEST_ROWS, COLUMNS, 2)
    train.to_csv(work / "train.csv", index=False)
    test.drop(columns="outcome").to_csv(work / "test.csv", index=False)
    model, scores = work / "model.automl", work / "scores.csv"
    seconds, _ = fit(work / "train.csv", model, budget)
    automl = [sys.executable, "-m", "automl"]
    subprocess.run([*automl, "predict", model, work / "test.csv", "--proba", "--output", scores, "--quiet"], check=True)
    listed = subprocess.run([*automl, "leaderboard", model, "--json"], check=True, capture_output=True, text=True)
    scored = [each for each in json.loads(listed.stdout)["candidates"] if each["score"] is not None]
    best = min(1 - each["score"] for each in scored)
    useful = min(each["found_at"] for each in scored if each["score"] > 0.5 + 1e-6)
    good = min(each["found_at"] for each in scored if 1 - each["score"] <= GOOD * best)
    return Size(rows, seconds, error_of(test, pd.read_csv(scores)), useful, good)


def draw(sizes: list[Size], place: Path) -> None:
    """Draw error and seconds against rows."""
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    rows = [size.rows for size in sizes]
    left.plot(rows, [size.error for size in sizes], marker="o", color="#1f5f8b")
    left.set(xscale="log", xlabel="rows", ylabel="1 - roc_auc on new rows", title="Error")
    right.plot(rows, [size.first_useful for size in sizes], marker="o", color="#8b8b8b", label="better than a constant")
    right.plot(rows, [size.first_good for size in sizes], marker="s", color="#1f5f8b", label="within 10 % of the best")
    right.set(xscale="log", yscale="log", xlabel="rows", ylabel="seconds from the start", title="First model")
    right.legend(frameon=False)
    figure.savefig(place)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "rows", nargs="*", type=int, default=[1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
    )
    parser.add_argument("--budget", type=int, default=60)
    parser.add_argument("--work", type=Path, default=Path("growth-work"))
    parser.add_argument("--plot", type=Path, default=Path("growth.svg"))
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    measured = []
    for count in given.rows:
        measured.append(measure(count, given.budget, given.work))
        print(measured[-1], flush=True)
    draw(measured, given.plot)
