"""Compare two or more installed commands on the same tables, in turn, at the same budget.

usage: python tests/benchmarks/compare.py FOLDER COMMAND COMMAND [...] [--budget 20] [--seeds 0 1] [--only NAME ...]

FOLDER holds one folder a table with train.csv, test.csv and meta.json (`{"name", "task", "target"}`). A COMMAND is what
starts automl, options of `fit` behind a `+`: `automl`, `./older/automl`, `automl+--optimize+speed`. For each table and
seed the commands run one after the other (A B A B …), so that a machine that gets slower does so for both. Printed are
the error on the test rows (1 - roc_auc, log_loss, rmse) and at the end the geometric mean of the ratios to the first.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import tempfile
import time
from pathlib import Path

import pandas as pd
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score

METRIC = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def error_of(task: str, truth: pd.Series, predicted: pd.DataFrame) -> float:
    """Return the error of predictions as ``automl predict`` writes them."""
    if task == "regression":
        return float(mean_squared_error(truth.astype(float), predicted["prediction"]) ** 0.5)
    columns = sorted(name for name in predicted if name.startswith("proba_"))
    labels = [name.removeprefix("proba_") for name in columns]
    if task == "binary":
        return 1 - float(roc_auc_score(truth == labels[1], predicted[columns[1]]))
    return float(log_loss(truth, predicted[columns], labels=labels))


def measure(command: str, folder: Path, budget: int, seed: int) -> tuple[float, float]:
    """Fit and predict once; return the error and the seconds of the fit."""
    program, *options = command.split("+")
    meta = json.loads((folder / "meta.json").read_text())
    test = pd.read_csv(folder / "test.csv", dtype=str, keep_default_na=False)
    with tempfile.TemporaryDirectory() as work:
        model, rows, scores = (f"{work}/{name}" for name in ("m.automl", "x.csv", "p.csv"))
        test.drop(columns=meta["target"]).to_csv(rows, index=False)
        begun = time.monotonic()
        command = [program, "fit", folder / "train.csv", "--target", meta["target"], "--metric", METRIC[meta["task"]]]
        command += ["--time-budget", str(budget), "--seed", str(seed), "--output", model, "--quiet", "--no-report"]
        subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begun
        proba = [] if meta["task"] == "regression" else ["--proba"]
        subprocess.run([program, "predict", model, rows, "--output", scores, "--quiet", *proba], check=True)
        return error_of(meta["task"], test[meta["target"]], pd.read_csv(scores)), seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("commands", nargs="+")
    parser.add_argument("--budget", type=int, default=20)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0])
    parser.add_argument("--only", nargs="*")
    given = parser.parse_args()
    ratios: dict[str, list[float]] = {command: [] for command in given.commands}
    for seed in given.seeds:
        for folder in sorted(path.parent for path in given.folder.glob("*/meta.json")):
            if given.only and folder.name not in given.only:
                continue
            errors = {}
            for command in given.commands:
                errors[command], seconds = measure(command, folder, given.budget, seed)
                ratios[command].append(errors[command] / errors[given.commands[0]])
                print(f"{folder.name:16} {seed} {command:30} {errors[command]:10.5g} {seconds:6.1f} s", flush=True)
    for command, values in ratios.items():
        print(f"{command:30} {math.exp(sum(map(math.log, values)) / len(values)):.4f}")
