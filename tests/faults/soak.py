"""Run many fits one after the other in one process, and look for what grows or stays behind.

python tests/faults/soak.py [--fits 200] [--seconds 10] [--seed 0]

Every fit has another generated table: other rows, columns, kinds of columns and task. After each are counted: the
memory and open files of this process, its children, what lies in the folder for temporary files and in the current one.
"""

import argparse
import gc
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

MEGABYTE = 1024**2
#: What memory may grow by, after the first fits have brought in every library.
MOST_GROWTH = 0.10
FITS_BEFORE = 10


def random_table(number, seed):
    """Return a table of random shape whose column ``y`` depends on two others."""
    draw = np.random.default_rng([seed, number])
    rows, columns = int(draw.integers(60, 3_000)), int(draw.integers(2, 25))
    frame = pd.DataFrame({f"n{each}": draw.normal(size=rows).round(4) for each in range(columns)})
    frame["level"] = draw.choice(list("abcdefgh")[: int(draw.integers(2, 9))], rows)
    frame["when"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(draw.integers(0, 900, rows), unit="D")
    score = frame["n0"] - frame["n1"] + (frame["level"] == "a") + draw.normal(size=rows)
    task = random.Random(f"{seed} {number}").choice(("two", "three", "number"))
    frame["y"] = score if task == "number" else pd.qcut(score, 2 if task == "two" else 3, labels=False)
    return frame.mask(draw.random(frame.shape) < 0.02).assign(y=frame["y"])


def fit_one(number, given, folder):
    """Fit, predict, and remove the model."""
    import automl

    table = random_table(number, given.seed)
    begun = time.monotonic()
    model = automl.fit(table, target="y", time_budget=given.seconds, output=str(folder / "soak.automl"), no_report=True)
    model.predict(table.drop(columns="y"))
    (folder / "soak.automl").unlink()
    return time.monotonic() - begun


def left_behind(folders):
    """Return the names in the folders."""
    return sorted(path.name for folder in folders for path in folder.iterdir())


def main():
    """Fit again and again, and say what grew."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--fits", type=int, default=200)
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryDirectory() as place:
        os.environ["TMPDIR"] = tempfile.tempdir = temporary
        failed, strange, memory, files, children = 0, set(), [], [], []
        for number in range(given.fits):
            try:
                taken = f"{fit_one(number, given, Path(place)):.1f} s"
            except Exception as error:  # noqa: BLE001 - whatever a fit ends with is counted
                failed, taken = failed + 1, f"{type(error).__name__}: {error}"
            gc.collect()
            memory.append(process.memory_info().rss / MEGABYTE)
            files.append(process.num_fds())
            children.append(len(process.children(recursive=True)))
            strange |= set(left_behind((Path(temporary), Path(place))))
            counts = f"{memory[-1]:.0f} MB, {files[-1]} open files, {children[-1]} children"
            print(f"fit {number + 1}: {taken}; {counts}; left behind: {sorted(strange)}", flush=True)
        tempfile.tempdir = None
    begin = min(FITS_BEFORE, given.fits) - 1
    growth = memory[-1] / memory[begin] - 1
    more_files = files[-1] - files[begin]
    print(
        f"tried {given.fits}, ended with a model {given.fits - failed}; since fit {begin + 1} memory grew by "
        f"{100 * growth:.0f} %, open files by {more_files}; {children[-1]} children at the end, left: {len(strange)}"
    )
    sys.exit(bool(failed or strange or growth > MOST_GROWTH or more_files > 0 or children[-1]))


if __name__ == "__main__":
    main()
