"""How often intervals and sets of labels hold the truth on new rows, over generated tables of many shapes.

Run as ``python tests/benchmarks/coverage.py [TABLES]``. Each table is fitted whole and scored on 20,000 new rows.
Beside the coverage stands the lowest one that the number of rows explains: given the rows learned from, the coverage
of new ones follows a Beta law (Vovk 2012), of which the 0.1 % quantile is shown.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta

import automl
from automl.evaluation.coverage import measure_coverage
from automl.preparation.target import encode_target
from automl.tables import table_from_frame

LEVEL = 0.9
NEW_ROWS = 20_000
SMALL = {"trials": 4, "families": "constant,linear,lightgbm", "no_report": True, "overwrite": True}


def make_table(number):
    """Return rows to learn from and new rows of one generator, and whether their target is a number."""
    rng = np.random.default_rng(number)
    rows = int(rng.choice([150, 300, 600, 1_200]))
    total = rows + NEW_ROWS
    frame = pd.DataFrame(rng.normal(size=(total, 5)), columns=list("abcde"))
    frame["city"] = rng.choice(["Bern", "Rom", "Oslo", "Paris"], total)
    signal = 2 * frame["a"] + np.abs(frame["b"]) * (frame["city"] == "Rom") + frame["c"] * frame["d"]
    noise = [rng.normal(size=total), rng.gamma(1, 1, total), rng.standard_t(3, total)][number % 3]
    score = signal + noise * (0.3 + np.abs(frame["e"])) * rng.choice([0.5, 1, 2])
    regression = number % 2 == 0
    if regression:
        frame["y"] = np.round(np.exp(score / 2) if number % 4 else score, 3)
    else:
        classes = 2 + number % 5
        frame["y"] = pd.qcut(score, classes, labels=[f"class {place}" for place in range(classes)]).astype(str)
    return frame[:rows], frame[rows:], regression


def measured(number, folder):
    """Fit one table; return its coverage on new rows, with what the fit said of it."""
    train, new, regression = make_table(number)
    task = None if not regression else "regression"
    model = automl.fit(train, target="y", seed=number, output=folder / "model.automl", task=task, **SMALL)
    cells = table_from_frame(new)
    prediction = model.predict_table(cells)
    target = encode_target(cells.cells["y"], model.schema.column("y"), model.schema.task, model.labels)
    values = prediction.values if regression else prediction.probabilities
    found = measure_coverage(model.bounds, target, np.asarray(values, dtype=float), LEVEL)
    return len(train), model.schema.task, found, model.manifest["postprocessing"]["coverage"]


def main():
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    found = []
    print("table  rows  task        coverage  lowest explained   said  size")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(tables):
            rows, task, coverage, said = measured(number, Path(folder))
            rank = int(np.ceil((rows + 1) * LEVEL))
            lowest = beta.ppf(0.001, rank, rows + 1 - rank)
            found.append((task, coverage.value))
            print(
                f"{number:5}  {rows:4}  {task:10}  {coverage.value:8.4f}  {lowest:16.4f}  {said['value']:5.3f}  "
                f"{coverage.size:.3g}",
                flush=True,
            )
    for name in sorted({task for task, _ in found}):
        print(f"{name}: mean coverage {np.mean([value for task, value in found if task == name]):.4f}")
    print(f"all: mean coverage {np.mean([value for _, value in found]):.4f}, asked for {LEVEL}")


if __name__ == "__main__":
    main()
