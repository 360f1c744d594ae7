"""Fit generated tables of extreme shapes through the command line: many rows, many columns, many levels.

usage: python tests/benchmarks/shapes.py [--budget 60] [--work DIR] [SHAPE ...]

SHAPE is ROWSxCOLUMNS, such as 1000000x30, or `levels` (a category of 100,000 levels). For each it prints the seconds
of the whole command, the largest memory of its process tree (PSS), the error on 100,000 further rows, and what LightGBM
with its defaults reaches on the same columns, read by pandas.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

TEST_ROWS = 100_000
MOST_TEST_CELLS = 20_000_000
LEVELS = 100_000


def table(rows: int, columns: int, seed: int) -> pd.DataFrame:
    """Return numbers, two categories and a binary target that depends on ten of the columns, with interactions."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(rows, columns - 2)).round(4), columns=[f"x{n}" for n in range(columns - 2)])
    frame["region"] = rng.choice(list("abcdefghij"), rows)
    frame["shop"] = [f"s{n}" for n in rng.integers(0, 500, rows)]
    shop_effect = np.random.default_rng(0).normal(size=500)
    signal = (
        frame["x0"]
        + frame["x1"] * frame["x2"]
        + np.sin(3 * frame["x3"])
        + np.where(frame["region"].isin(["a", "b"]), frame["x4"], -frame["x4"])
        + 0.7 * shop_effect[frame["shop"].str[1:].astype(int)]
    )
    frame["outcome"] = np.where(rng.uniform(size=rows) < 1 / (1 + np.exp(-signal)), "yes", "no")
    return frame


def level_table(rows: int, seed: int) -> pd.DataFrame:
    """Return a table with one category of 100,000 levels that carries most of the signal."""
    rng = np.random.default_rng(seed)
    effect = np.random.default_rng(0).normal(size=LEVELS)
    level = rng.integers(0, LEVELS, rows)
    frame = pd.DataFrame({"customer": [f"c{n}" for n in level], "x": rng.normal(size=rows).round(4)})
    frame["outcome"] = (2 * effect[level] + frame["x"] + rng.normal(size=rows)).round(4)
    return frame


def largest_memory(process: psutil.Process, stop: threading.Event, found: list[float]) -> None:
    """Note the process tree's proportional set size, in megabytes, ten times a second."""
    while not stop.wait(0.1):
        try:
            tree = [process, *process.children(recursive=True)]
            found.append(sum(each.memory_full_info().pss for each in tree) / 1e6)
        except psutil.Error:
            continue


def fit(train: Path, model: Path, budget: int) -> tuple[float, float]:
    """Fit through the command line; return seconds and megabytes."""
    command = [sys.executable, "-m", "automl", "fit", train, "--target", "outcome", "--output", model, "--overwrite"]
    begun, stop, found = time.monotonic(), threading.Event(), [0.0]
    running = subprocess.Popen([*map(str, command), "--time-budget", str(budget), "--no-report", "--quiet"])
    watcher = threading.Thread(target=largest_memory, args=(psutil.Process(running.pid), stop, found))
    watcher.start()
    code = running.wait()
    stop.set()
    watcher.join()
    if code:
        raise SystemExit(f"fit ended with {code}")
    return time.monotonic() - begun, max(found)


def error_of(table: pd.DataFrame, predicted: pd.DataFrame) -> float:
    """Return 1 - roc_auc, or the root mean squared error."""
    from sklearn.metrics import mean_squared_error, roc_auc_score

    if "proba_yes" in predicted:
        return 1 - float(roc_auc_score(table["outcome"] == "yes", predicted["proba_yes"]))
    return float(mean_squared_error(table["outcome"], predicted["prediction"]) ** 0.5)


def lightgbm_error(train: pd.DataFrame, test: pd.DataFrame) -> float:
    """Return the error of LightGBM's defaults with its own handling of categories."""
    import lightgbm

    both = pd.concat([train, test]).drop(columns="outcome")
    for name in both.select_dtypes(exclude="number"):
        both[name] = both[name].astype("category")
    features, further = both.iloc[: len(train)], both.iloc[len(train) :]
    if train["outcome"].dtype.kind == "f":
        model = lightgbm.LGBMRegressor(verbose=-1).fit(features, train["outcome"])
        return error_of(test, pd.DataFrame({"prediction": model.predict(further)}))
    model = lightgbm.LGBMClassifier(verbose=-1).fit(features, train["outcome"])
    return error_of(test, pd.DataFrame({"proba_yes": model.predict_proba(further)[:, 1]}))


def run(shape: str, budget: int, work: Path) -> None:
    """Measure one shape and print its row."""
    if shape == "levels":
        train, test = level_table(300_000, 1), level_table(TEST_ROWS, 2)
    else:
        rows, columns = map(int, shape.split("x"))
        further = min(TEST_ROWS, max(rows, 20_000), MOST_TEST_CELLS // columns)
        train, test = table(rows, columns, 1), table(further, columns, 2)
    train.to_csv(work / "train.csv", index=False)
    test.drop(columns="outcome").to_csv(work / "test.csv", index=False)
    seconds, megabytes = fit(work / "train.csv", work / "model.automl", budget)
    command = [sys.executable, "-m", "automl", "predict", work / "model.automl", work / "test.csv", "--quiet"]
    command += ["--output", work / "predicted.csv", *(["--proba"] if shape != "levels" else [])]
    begun = time.monotonic()
    subprocess.run(list(map(str, command)), check=True)
    predicting = time.monotonic() - begun
    ours, theirs = error_of(test, pd.read_csv(work / "predicted.csv")), lightgbm_error(train, test)
    print(
        f"{shape:>12} fit {seconds:6.1f} s of {budget}, {megabytes:6.0f} MB, error {ours:.5f}, LightGBM {theirs:.5f},"
    )
    print(f"{'':>12} predict {len(test):,} rows in {predicting:.1f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "shapes", nargs="*", default=["1000x30", "10000x30", "100000x30", "1000000x30", "2000x5000", "levels"]
    )
    parser.add_argument("--budget", type=int, default=60)
    parser.add_argument("--work", type=Path, default=Path("shapes-work"))
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    for each in given.shapes:
        run(each, given.budget, given.work)
