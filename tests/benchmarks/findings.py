"""How many planted problems are found, and how often a finding stands on a clean table.

Run from the project's root: ``python tests/benchmarks/findings.py [SEEDS]``.
"""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from preparation.planted import PLANTS, SHAPES, TRUE_OF, clean_columns

from automl.preparation import profile
from automl.tables import infer_schema, table_from_frame


def codes_of(columns):
    """Return the codes found in a table with the target ``y``."""
    table = table_from_frame(pd.DataFrame(columns))
    return {finding.code for finding in profile(table, infer_schema(table, "y"), "y").findings}


def false_alarms(seeds):
    """Return the clean tables on which each code stands, and the number of clean tables."""
    alarms = Counter()
    for shape in SHAPES:
        for seed in range(seeds):
            alarms.update(codes_of(clean_columns(shape, seed)) - TRUE_OF.get(shape, set()))
    return alarms, len(SHAPES) * seeds


def detections(seeds):
    """Return, for each planted problem, in how many of how many tables its code is found, and where it is missed."""
    rates = {}
    for code, plant, shapes in PLANTS:
        misses = []
        for shape in shapes:
            for seed in range(seeds):
                planted = plant(clean_columns(shape, seed), np.random.default_rng(seed))
                if code not in codes_of(planted):
                    misses.append(f"{shape}/{seed}")
        total = len(shapes) * seeds
        rates[f"{code} ({plant.__name__})"] = (total - len(misses), total, misses)
    return rates


def main(seeds):
    """Print a line for each problem, then one for each code that stands on a clean table."""
    rates = detections(seeds)
    lines = []
    for name, (hits, total, misses) in rates.items():
        lines.append(f"{name:48} found {hits:3} of {total:3}  {' '.join(misses[:6])}")
    alarms, tables = false_alarms(seeds)
    lines.append(f"{sum(hits for hits, *_ in rates.values())} of {sum(total for _, total, _ in rates.values())} found")
    lines.append(f"{sum(alarms.values())} findings on {tables} clean tables")
    lines += [f"  {code:30} {count}" for code, count in alarms.most_common()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
