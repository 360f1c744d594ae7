"""How many planted problems are found, and how often a finding stands on a clean table.

Run from the project's root: ``python tests/benchmarks/findings.py [SEEDS]``.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "preparation"))

from planted import LATER_PLANTS, PLANTS, SHAPES, TRUE_OF, clean_columns
from planted_files import EVERY, FILE_PLANTS, clean_lines, content_of

from automl.preparation import profile
from automl.tables import infer_schema, read_table, table_from_frame


def codes_of(columns, later=None):
    """Return the codes found in a table with the target ``y``, beside rows that come later."""
    table = table_from_frame(pd.DataFrame(columns))
    test_data = None if later is None else table_from_frame(pd.DataFrame(later))
    return {finding.code for finding in profile(table, infer_schema(table, "y"), "y", test_data).findings}


def false_alarms(seeds):
    """Return the clean tables on which each code stands, and the number of clean tables."""
    alarms = Counter()
    for shape in SHAPES:
        for seed in range(seeds):
            later = clean_columns(shape, seed + seeds)
            alarms.update(codes_of(clean_columns(shape, seed), later) - TRUE_OF.get(shape, set()))
    return alarms, len(SHAPES) * seeds


def detections(seeds):
    """Return, for each planted problem, in how many of how many tables its code is found, and where it is missed."""
    rates = {}
    for code, plant, shapes in (*PLANTS, *LATER_PLANTS):
        is_later = (code, plant, shapes) in LATER_PLANTS
        misses = []
        for shape in shapes:
            for seed in range(seeds):
                clean = clean_columns(shape, seed)
                planted = plant(clean_columns(shape, seed + seeds * is_later), np.random.default_rng(seed))
                if code not in (codes_of(clean, planted) if is_later else codes_of(planted)):
                    misses.append(f"{shape}/{seed}")
        total = len(shapes) * seeds
        rates[f"{code} ({plant.__name__})"] = (total - len(misses), total, misses)
    return rates


def codes_of_file(content, path):
    """Return the codes found in reading a file."""
    path.write_bytes(content)
    return {finding.code for finding in read_table(path).findings}


def file_false_alarms(seeds, path):
    """Return the clean files on which each code stands, and the number of clean files."""
    alarms = Counter()
    for shape in EVERY:
        for seed in range(seeds):
            alarms.update(codes_of_file(content_of(clean_lines(shape, seed)), path))
    return alarms, len(EVERY) * seeds


def file_detections(seeds, path):
    """Return the same as :func:`detections` for the problems that are planted into files."""
    rates = {}
    for code, plant, shapes in FILE_PLANTS:
        contents = {
            f"{shape}/{seed}": plant(clean_lines(shape, seed), np.random.default_rng(seed))
            for shape in shapes
            for seed in range(seeds)
        }
        misses = [name for name, content in contents.items() if code not in codes_of_file(content, path)]
        rates[f"{code} ({plant.__name__})"] = (len(contents) - len(misses), len(contents), misses)
    return rates


def main(seeds):
    """Print a line for each problem, then one for each code that stands on a clean table or file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        rates = {**detections(seeds), **file_detections(seeds, path)}
        file_alarms, files = file_false_alarms(seeds, path)
    lines = []
    for name, (hits, total, misses) in rates.items():
        lines.append(f"{name:48} found {hits:3} of {total:3}  {' '.join(misses[:6])}")
    alarms, tables = false_alarms(seeds)
    lines.append(f"{sum(hits for hits, *_ in rates.values())} of {sum(total for _, total, _ in rates.values())} found")
    lines.append(f"{sum(alarms.values())} findings on {tables} clean tables")
    lines.append(f"{sum(file_alarms.values())} findings of reading on {files} clean files")
    lines += [f"  {code:30} {count}" for code, count in (alarms + file_alarms).most_common()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
