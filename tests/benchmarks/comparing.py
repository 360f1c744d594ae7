"""How often ``compare`` calls one of two models better: equally good ones, and ones that differ by two standard errors.

usage: python tests/benchmarks/comparing.py [--pairs 200] [--seed 0]
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np

from automl.evaluation.metrics import METRICS
from automl.evaluation.paired import compare_scores

ROWS = (60, 300, 2_000)
#: How much less noise makes scores differ by about two standard errors, times the root of the rows.
GAPS = {"rmse": 3.6, "roc_auc": 11.0, "log_loss": 8.0}


def predictions(generator: np.random.Generator, rows: int, name: str, gap: float) -> tuple[np.ndarray, ...]:
    """Return a truth and two predictions of it with errors of their own, ``gap`` less of the second."""
    signal = generator.normal(size=rows)
    shared = generator.normal(size=rows)
    seen = [signal + shared + (1 - less) * generator.normal(size=rows) for less in (0.0, gap)]
    if name == "rmse":
        return (signal, *seen)
    target = (generator.random(rows) < 1 / (1 + np.exp(-2 * signal))).astype(int)
    shares = [1 / (1 + np.exp(-each)) for each in seen]
    return (target, *(np.column_stack([1 - share, share]) for share in shares))


def main() -> None:
    """Print a line for each metric, number of rows and gap."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    generator = np.random.default_rng(chosen.seed)
    print(f"{'metric':8} {'rows':>6} {'gap':>5} {'a':>4} {'b':>4} {'undecided':>9} {'gap / s.e.':>10}")
    for name, wide in GAPS.items():
        for rows in ROWS:
            for gap in (0.0, min(1.0, wide / np.sqrt(rows))):
                said: Counter[str] = Counter()
                differences = []
                for _ in range(chosen.pairs):
                    drawn = predictions(generator, rows, name, gap)
                    found = compare_scores(*drawn, METRICS[name], replicates=400)
                    said[found.better(greater_is_better=METRICS[name].greater_is_better)] += 1
                    differences.append(found.difference)
                errors = abs(np.mean(differences)) / np.std(differences)
                counts = [said[each] for each in ("a", "b", "undecided")]
                print(f"{name:8} {rows:6} {gap:5.2f} {counts[0]:4} {counts[1]:4} {counts[2]:9} {errors:10.1f}")


if __name__ == "__main__":
    main()
