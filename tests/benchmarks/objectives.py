"""Fit regressions trained by the metric itself and by squared errors, in turn, and compare them on further rows.

usage: python tests/benchmarks/objectives.py [--budget 15] [--seeds 1] [METRIC ...]

METRIC is mae, mean_poisson_deviance or pinball_0.9, all three by default. Only the training differs: in both cases
candidates, blend and estimate are judged by the metric. Tables: scikit-learn's diabetes, Friedman's first function with
noise of a long tail that depends on a column, and counts or amounts whose logarithm is that function.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, make_friedman1

import automl
from automl.evaluation.metrics import METRICS
from automl.models.objectives import SQUARED_ERROR

DEFAULT = ("mae", "mean_poisson_deviance", "pinball_0.9")
ROWS, TEST_ROWS = 3_000, 20_000


def diabetes(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two thirds of the 442 rows to learn from, and the others."""
    frame = load_diabetes(as_frame=True).frame.rename(columns={"target": "y"})
    order = np.random.default_rng(seed).permutation(len(frame))
    cut = 2 * len(frame) // 3
    return frame.iloc[order[:cut]].reset_index(drop=True), frame.iloc[order[cut:]].reset_index(drop=True)


def long_tail(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return Friedman's function plus gamma noise that grows with the first column."""
    values, mean = make_friedman1(ROWS + TEST_ROWS, random_state=seed)
    noise = np.random.default_rng(seed).gamma(0.7, 1.0, len(mean))
    return _parted(values, np.maximum(mean, 0.0) + 6.0 * values[:, 0] * noise)


def counts(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return Poisson counts, half of them zero or one."""
    values, function = make_friedman1(ROWS + TEST_ROWS, random_state=seed)
    return _parted(values, np.random.default_rng(seed).poisson(np.exp(function / 6 - 2)).astype(float))


def _parted(values: np.ndarray, target: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame(values.round(4), columns=[f"x{number}" for number in range(values.shape[1])]).assign(y=target)
    return frame.iloc[:ROWS].reset_index(drop=True), frame.iloc[ROWS:].reset_index(drop=True)


TABLES = {"diabetes": diabetes, "long tail": long_tail, "counts": counts}


def error(name: str, table: str, seed: int, budget: float, direct: bool) -> float:
    """Fit, and return the metric's loss on rows that the fit did not see."""
    asked = METRICS[name]
    learned, tested = TABLES[table](seed)
    METRICS[name] = asked if direct else replace(asked, objective=SQUARED_ERROR)
    try:
        model = automl.fit(learned, target="y", metric=name, time_budget=budget, seed=seed, task="regression")
    finally:
        METRICS[name] = asked
    prediction = np.asarray(model.predict(tested.drop(columns="y")), dtype=np.float64)
    return asked.loss(tested["y"].to_numpy(), prediction)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budget", type=float, default=15.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("metrics", nargs="*", default=DEFAULT, metavar="METRIC")
    options = parser.parse_args()
    print("| metric | table | seed | direct | squared error | ratio |")
    print("|---|---|---|---|---|---|")
    for name in options.metrics:
        ratios = []
        for table in TABLES:
            for seed in range(options.seeds):
                direct, squared = (error(name, table, seed, options.budget, way) for way in (True, False))
                ratios.append(direct / squared)
                print(f"| {name} | {table} | {seed} | {direct:.4f} | {squared:.4f} | {ratios[-1]:.3f} |", flush=True)
        print(f"| {name} | geometric mean | | | | {np.exp(np.mean(np.log(ratios))):.3f} |", flush=True)


if __name__ == "__main__":
    main()
