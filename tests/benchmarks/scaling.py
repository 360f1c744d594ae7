"""What more workers would bring: a search simulated for 1 to 1,000 of them from what a real one took.

usage: python tests/benchmarks/scaling.py [--data FILE --target COLUMN] [--trials 150] [--families NAMES]
    [--seconds 600] [--transfer 0.004] [--measured FILE]

First a real search of ``--trials`` candidates runs here, and says how long each fit took, how long the coordinator was
busy with each result and each proposal by the number of candidates so far, and what the blend's loss was after each.
Then time is simulated: a coordinator that does one thing after another, and workers that wait for it. A trial is its
first fold, and the others beside each other after it, unless the race ended it; ``--transfer`` is what sending a task
and taking its files takes the coordinator beside that, as measured with a Dask cluster. The loss after n candidates is
that of the real search, and beyond it a power law fitted to it; that proposals made while many others run know less of
them is left out, so that for many workers the seconds to a given loss are a bound from below.

``--measured FILE`` keeps what was measured, and is read where it is there.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import curve_fit

from automl.cli.run import run
from automl.search.run import SearchRun

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "telecom_churn.csv"
WORKERS = (1, 2, 4, 8, 16, 32, 64, 125, 250, 500, 1_000)


@dataclass
class Measured:
    """What a real search took.

    Attributes
    ----------
    fits : list of list of float
        Seconds of the folds of each candidate that were fitted, the first fold first.
    told : list of (int, float)
        Candidates so far, and what the coordinator did with a candidate that was complete, in seconds.
    taken, proposed : list of float
        Seconds of the coordinator for a fold's result beside that, and for a proposal.
    losses : list of float
        Of the blend after each candidate.
    """

    fits: list[list[float]] = field(default_factory=list)
    told: list[tuple[int, float]] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    proposed: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)

    def telling(self) -> tuple[float, float]:
        """Return seconds for a complete candidate, and how many more each one before it adds."""
        counts, seconds = np.array(self.told).T
        slope, level = np.polyfit(counts, seconds, 1)
        return max(0.0, float(level)), max(0.0, float(slope))

    def loss_after(self) -> Callable[[int], float]:
        """Return the loss by the number of candidates."""
        counts = np.arange(1, len(self.losses) + 1)

        def law(count: Any, end: float, scale: float, power: float) -> Any:
            return end + scale * count**-power

        begin = len(counts) // 10
        known = np.array(self.losses[begin:])
        start = (known[-1], known[0] - known[-1], 0.5)
        bounds = ([0.0, 0.0, 0.05], [np.inf, np.inf, 3.0])
        found, _ = curve_fit(law, counts[begin:], known, start, bounds=bounds)
        return lambda count: self.losses[count - 1] if count <= len(self.losses) else float(law(count, *found))


def measure(data: Path, target: str, trials: int, families: str) -> Measured:
    """Search with one worker, and watch the coordinator."""
    measured, inner = Measured(), [0.0]

    def timed(name: str, note: Callable[[SearchRun, float], None]) -> None:
        original = getattr(SearchRun, name)

        def watched(self: SearchRun, *arguments: Any) -> Any:
            began = time.perf_counter()
            result = original(self, *arguments)
            note(self, time.perf_counter() - began)
            return result

        setattr(SearchRun, name, watched)

    def note_told(search: SearchRun, seconds: float) -> None:
        inner[0] += seconds
        complete = sum(trial.prediction is not None for trial in search.trials)
        measured.told.append((complete, seconds))
        measured.losses.append(search.blending.blend.loss)

    def note_taken(_: SearchRun, seconds: float) -> None:
        measured.taken.append(max(0.0, seconds - inner[0]))
        inner[0] = 0.0

    searches: list[SearchRun] = []

    def note_begun(search: SearchRun, _: float) -> None:
        searches.append(search)

    timed("_tell", note_told)
    timed("_take", note_taken)
    timed("_propose_one", lambda _, seconds: measured.proposed.append(seconds))
    timed("begin", note_begun)
    with tempfile.TemporaryDirectory() as folder:
        words = ["fit", data, "--target", target, "--trials", trials, "--families", families, "--jobs", 1]
        code = run([str(word) for word in [*words, "--no-report", "--quiet", "--output", f"{folder}/m.automl"]])
    assert code == 0
    for trial in searches[0].trials[1:]:
        measured.fits.append([result.seconds for _, result in sorted(trial.results.items())])
    return measured


@dataclass(frozen=True)
class Outcome:
    """A simulated search: complete candidates by second, and how busy the coordinator was."""

    ends: list[float]
    busy: float


def simulate(measured: Measured, workers: int, seconds: float, transfer: float, seed: int = 0) -> Outcome:
    """Simulate ``seconds`` of a search with so many workers."""
    draw = random.Random(seed)
    level, slope = measured.telling()
    taking, proposing = float(np.mean(measured.taken)) + transfer, float(np.mean(measured.proposed))
    events: list[tuple[float, int, int]] = []  # when a fit ends, its number, its trial
    waiting: list[tuple[int, float]] = []  # folds to fit: the trial, the seconds
    trials: dict[int, list[float]] = {}
    left: dict[int, int] = {}
    ends: list[float] = []
    clock, busy, number, idle = 0.0, 0.0, 0, workers

    def spend(amount: float) -> None:
        nonlocal clock, busy
        clock, busy = clock + amount, busy + amount

    while clock < seconds:
        while idle:
            if not waiting:
                spend(proposing)
                trial = len(trials)
                trials[trial] = draw.choice(measured.fits)
                left[trial] = len(trials[trial])
                waiting.append((trial, trials[trial][0]))
            trial, duration = waiting.pop()
            spend(transfer)
            number, idle = number + 1, idle - 1
            heapq.heappush(events, (clock + duration, number, trial))
            if clock >= seconds:
                break
        ended, _, trial = heapq.heappop(events)
        clock, idle = max(clock, ended), idle + 1
        spend(taking)
        if left[trial] == len(trials[trial]):
            waiting.extend((trial, duration) for duration in trials[trial][1:])
        left[trial] -= 1
        if not left[trial]:
            spend(level + slope * len(ends))
            ends.append(clock)
    return Outcome(ends, busy / clock)


def main() -> None:
    """Measure, simulate, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=SAMPLE)
    options.add_argument("--target", default="churn")
    options.add_argument("--trials", type=int, default=150)
    options.add_argument("--families", default="lightgbm,xgboost,catboost,linear")
    options.add_argument("--seconds", type=float, default=600.0)
    options.add_argument("--transfer", type=float, default=0.004)
    options.add_argument("--measured", type=Path)
    given = options.parse_args()
    if given.measured is not None and given.measured.exists():
        measured = Measured(**json.loads(given.measured.read_text()))
    else:
        measured = measure(given.data, given.target, given.trials, given.families)
        if given.measured is not None:
            given.measured.write_text(json.dumps(asdict(measured)))
    level, slope = measured.telling()
    folds = [seconds for trial in measured.fits for seconds in trial]
    taken, proposed = (1e3 * float(np.mean(each)) for each in (measured.taken, measured.proposed))
    sys.stdout.write(
        f"fits {np.mean(folds):.2f} s on average, {len(folds) / len(measured.fits):.1f} a candidate; coordinator: "
        f"{taken:.1f} ms a fit, {proposed:.1f} ms a proposal, {1e3 * level:.1f} ms a complete candidate and "
        f"{1e6 * slope:.0f} us for each one before it\n"
    )
    loss = measured.loss_after()
    goals = [measured.losses[at] for at in (len(measured.losses) // 4, len(measured.losses) // 2, -1)]
    sys.stdout.write("workers  trials/s  coordinator busy  " + "  ".join(f"s to {goal:.4f}" for goal in goals) + "\n")
    for workers in WORKERS:
        found = simulate(measured, workers, given.seconds, given.transfer)
        times = [next((end for n, end in enumerate(found.ends, 1) if loss(n) <= goal), None) for goal in goals]
        shown = "  ".join(f"{'-' if each is None else f'{each:.0f}':>11}" for each in times)
        sys.stdout.write(f"{workers:7}  {len(found.ends) / given.seconds:8.2f}  {100 * found.busy:14.0f} %  {shown}\n")


if __name__ == "__main__":
    main()
