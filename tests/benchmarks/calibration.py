"""What calibrating probabilities brings on new rows, over generated tables of two to five classes.

Run as ``python tests/benchmarks/calibration.py [TABLES [SECONDS]]``. Each table is fitted whole; then the same model
scores 20,000 new rows with its calibration and without it, where it kept one.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import automl
from automl.evaluation.curves import calibration_curve
from automl.evaluation.metrics import METRICS
from automl.tables import table_from_frame

NEW_ROWS = 20_000


def make_table(number):
    """Return rows to learn from, and new rows of the same generator."""
    rng = np.random.default_rng(number)
    rows, classes = int(rng.choice([1_000, 2_000, 4_000, 8_000])), int(rng.choice([2, 2, 3, 5]))
    columns, total = int(rng.integers(5, 15)), rows + NEW_ROWS
    values = rng.normal(size=(total, columns))
    weights = rng.normal(size=(columns, classes)) * (rng.random((columns, classes)) < 0.6)
    scores = values @ weights * rng.choice([0.4, 0.8, 1.5])
    for _ in range(3):
        first, second = rng.integers(0, columns, 2)
        scores[:, rng.integers(0, classes)] += values[:, first] * values[:, second]
    shop = rng.integers(0, 12, total)
    scores += rng.normal(size=(12, classes))[shop]
    scores[:, 0] += rng.choice([0, 1.5])
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    frame = pd.DataFrame(values.round(4), columns=[f"x{place}" for place in range(columns)])
    frame["shop"] = [f"s{each}" for each in shop]
    frame["y"] = [f"k{each}" for each in (shares.cumsum(axis=1) > rng.random((total, 1))).argmax(axis=1)]
    return frame[:rows], frame[rows:]


def scored(target, prediction):
    """Return log loss and expected calibration error."""
    codes = [1] if prediction.shape[1] == 2 else range(prediction.shape[1])
    errors = [calibration_curve(target == code, prediction[:, code]).summary for code in codes]
    return np.array([METRICS["log_loss"].score(target, prediction), np.mean(errors)])


def measured(number, seconds, path):
    """Fit one table; return its calibration, and the scores without and with it."""
    train, new = make_table(number)
    settings = {"time_budget": seconds, "no_report": True, "overwrite": True, "output": path}
    model = automl.fit(train, target="y", seed=number, **settings)
    target = new["y"].map({label: code for code, label in enumerate(model.labels)}).to_numpy()
    table = table_from_frame(new.drop(columns="y"))
    after = scored(target, model.predict_proba(table))
    calibration = model.postprocessing.calibration
    model.postprocessing = replace(model.postprocessing, calibration=None)
    return len(train), calibration, scored(target, model.predict_proba(table)), after


def main():
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    found = []
    print("table  rows  calibration         log loss without, with   error without, with")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, tables + 1):
            rows, calibration, before, after = measured(number, seconds, Path(folder) / "model.automl")
            kept = "none" if calibration is None else f"{calibration.method} {calibration.slope:.3f}"
            found.append((calibration is not None, *(after - before)))
            print(
                f"{number:5}  {rows:4}  {kept:18}  {before[0]:.5f} {after[0]:.5f}  {before[1]:.4f} {after[1]:.4f}",
                flush=True,
            )
    changes = np.array([each[1:] for each in found if each[0]]).reshape(-1, 2)
    print(f"kept on {len(changes)} of {len(found)}; log loss {changes[:, 0].sum() / len(found):+.5f} over all tables")
    if len(changes):
        print(f"where kept: mean {changes[:, 0].mean():+.5f}, worst {changes[:, 0].max():+.5f}")


if __name__ == "__main__":
    main()
