"""Predict the rows of a table much larger than memory should be, and watch how much memory that takes.

python tests/faults/large.py [--gigabytes 5] [--place /tmp]

The table has ten numeric columns and lies in a folder of its own under --place, which is removed at the end. Printed is
the largest resident memory in each tenth of the time: flat where rows are read, predicted and written block by block.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

GIGABYTE = 1_000**3
MEGABYTE = 1024**2
ROWS = 100_000
COLUMNS = 10
PARTS = 10
LOOK_SECONDS = 0.2
#: By how much the second half of the time may need more than the first.
MOST_GROWTH = 1.1


def block(draw, rows, labelled):
    """Return the lines of so many rows."""
    values = draw.normal(size=(rows, COLUMNS)).round(4)
    lines = [",".join(map(str, row)) for row in values.tolist()]
    if labelled:
        targets = (values[:, 0] + values[:, 1] > 0).astype(int).tolist()
        lines = [f"{line},{target}" for line, target in zip(lines, targets, strict=True)]
    return "\n".join(lines) + "\n"


def write_tables(folder, size):
    """Write a small table to fit and a large one to predict; return the number of rows of the large one."""
    draw = np.random.default_rng(0)
    head = ",".join(f"c{number}" for number in range(COLUMNS))
    (folder / "small.csv").write_text(f"{head},y\n" + block(draw, 2_000, True))
    repeated = block(draw, ROWS, False).encode()
    count = max(1, size // len(repeated))
    with (folder / "large.csv").open("wb") as stream:
        stream.write(f"{head}\n".encode())
        for _ in range(count):
            stream.write(repeated)
    return count * ROWS


def automl(folder, *arguments, **options):
    """Start the command line in the folder."""
    return subprocess.Popen([sys.executable, "-m", "automl", *arguments], cwd=folder, **options)


def watched(process):
    """Return the seconds since the start and the resident megabytes at each look, until the process ends."""
    begun, looks = time.monotonic(), []
    while process.poll() is None:
        try:
            looks.append((time.monotonic() - begun, psutil.Process(process.pid).memory_info().rss / MEGABYTE))
        except psutil.Error:
            break
        time.sleep(LOOK_SECONDS)
    process.wait()
    return looks


def main():
    """Predict, and say how much memory it took."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gigabytes", type=float, default=5)
    options.add_argument("--place", type=Path, default=None)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.place) as place:
        folder = Path(place)
        rows = write_tables(folder, int(given.gigabytes * GIGABYTE))
        size = (folder / "large.csv").stat().st_size / GIGABYTE
        fit = ("fit", "small.csv", "--target", "y", "--optimize", "speed", "--trials", "4", "--no-report")
        if automl(folder, *fit, stdout=subprocess.DEVNULL).wait() != 0:
            sys.exit("the small table could not be fitted")
        predict = ("predict", "small.automl", "large.csv", "--output", "predicted.csv")
        process = automl(folder, *predict)
        looks = watched(process)
        with (folder / "predicted.csv").open("rb") as stream:
            written = sum(1 for _ in stream) - 1
    taken = looks[-1][0]
    peaks = [
        max((used for at, used in looks if part <= PARTS * at / taken <= part + 1), default=0.0)
        for part in range(PARTS)
    ]
    print(f"{size:.2f} GB, {rows:,} rows, {written:,} predictions in {taken:.0f} s, exit {process.returncode}")
    print("largest resident megabytes in each tenth of the time: " + " ".join(f"{peak:.0f}" for peak in peaks))
    flat = max(peaks[PARTS // 2 :]) <= MOST_GROWTH * max(peaks[: PARTS // 2])
    sys.exit(not (flat and process.returncode == 0 and written == rows))


if __name__ == "__main__":
    main()
