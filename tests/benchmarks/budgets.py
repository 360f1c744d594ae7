"""Whether fits end inside their budgets as whole processes, and how much of them they use, beside other busy processes.

usage: python tests/benchmarks/budgets.py [--busy 1] [--work DIR] [SECONDS ...]

Tables: those of public_tables.py that decisions are checked on, and 100,000 generated rows of 30 columns (see
shapes.py). Each line tells the budget, the seconds from start to end of the command, their share of the budget, why the
search ended, and when the first model was found that is better than a constant.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from public_tables import CHECKED
from shapes import table

AUTOML = (sys.executable, "-m", "automl")
GENERATED_ROWS = 100_000


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep so many processes busy meanwhile."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def tables(work: Path) -> dict[Path, str]:
    """Write the tables; return their files and targets."""
    found = {}
    for public in CHECKED:
        found[work / f"{public.name}.csv"] = public.target
        public.frame().to_csv(work / f"{public.name}.csv", index=False)
    found[work / "generated.csv"] = "outcome"
    table(GENERATED_ROWS, 30, 1).to_csv(work / "generated.csv", index=False)
    return found


def measure(source: Path, target: str, budget: int) -> tuple[float, str, float]:
    """Fit; return the seconds it took, why it ended, and when a candidate was better than the constant."""
    model = source.with_suffix(".automl")
    command = [*AUTOML, "fit", source, "--target", target, "--output", model, "--overwrite", "--quiet"]
    begun = time.monotonic()
    subprocess.run([*map(str, command), "--time-budget", str(budget)], check=True, stdout=subprocess.DEVNULL)
    taken = time.monotonic() - begun
    inspected = json.loads(subprocess.run([*AUTOML, "inspect", str(model), "--json"], capture_output=True).stdout)
    listed = json.loads(subprocess.run([*AUTOML, "leaderboard", str(model), "--json"], capture_output=True).stdout)
    return taken, inspected["stopped_by"], first_useful(listed["candidates"], inspected["greater_is_better"])


def first_useful(candidates: list[dict[str, object]], greater_is_better: bool) -> float:
    """Return when the first candidate was found that beats the constant; NaN where none does."""
    sign = 1 if greater_is_better else -1
    scored = [each for each in candidates if each["score"] is not None]
    floor = max((sign * float(str(each["score"])) for each in scored if each["family"] == "constant"), default=-1e300)
    found = [float(str(each["found_at"])) for each in scored if sign * float(str(each["score"])) > floor]
    return min(found, default=float("nan"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("budgets", nargs="*", type=int, default=[10, 20, 60])
    parser.add_argument("--busy", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("budgets-work"))
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    late, fits = 0, 0
    with busy(given.busy):
        for source, target in tables(given.work).items():
            for budget in given.budgets:
                taken, reason, first = measure(source, target, budget)
                late, fits = late + (taken > budget), fits + 1
                used = f"{taken:6.1f} of {budget:3d} s  {taken / budget:4.0%}  {reason}  first {first:.1f} s"
                print(f"{source.stem:32s} {used}", flush=True)
    print(f"late: {late} of {fits}")
