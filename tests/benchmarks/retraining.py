"""Whether ``retrain`` ever replaces a champion by a worse one: new rows that are poisoned, judged on clean ones.

usage: python tests/benchmarks/retraining.py [--tries 50] [--controls 9] [--budget 8 | --trials 4]

Each try takes the champion of one of three tables and new rows of the same kind that were spoiled in one of six ways.
Where the champion was replaced, both are compared on 10,000 clean rows. The controls are champions of a tenth of the
rows and clean new rows: there a challenger should be promoted. ``--trials`` bounds each fit by count, with linear
models and LightGBM alone, so that a busy machine changes nothing.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from monitoring import CASES, Case

from automl.api import fit
from automl.events import Silent
from automl.operate.comparison import compare
from automl.retraining import RetrainRequest, retrain
from automl.search.stop import StopToken
from automl.tables import table_from_frame

Bounds = dict[str, Any]
Spoil = Callable[[pd.DataFrame, Case, np.random.Generator], pd.DataFrame]
RULES = ("better", "not-worse")
CLEAN_ROWS = 10_000


def shuffled_labels(frame: pd.DataFrame, case: Case, random: np.random.Generator) -> pd.DataFrame:
    """Give every row another row's target."""
    return frame.assign(**{case.target: random.permutation(frame[case.target].to_numpy())})


def half_of_labels_shuffled(frame: pd.DataFrame, case: Case, random: np.random.Generator) -> pd.DataFrame:
    """Give half of the rows another row's target."""
    rows = random.choice(len(frame), len(frame) // 2, replace=False)
    target = frame[case.target].to_numpy().copy()
    target[rows] = target[random.permutation(rows)]
    return frame.assign(**{case.target: target})


def constant_column(frame: pd.DataFrame, case: Case, random: np.random.Generator) -> pd.DataFrame:
    """Let an important column have the same value throughout."""
    return frame.assign(**{case.number: frame[case.number].median()})


def other_unit(frame: pd.DataFrame, case: Case, random: np.random.Generator) -> pd.DataFrame:
    """Give an important column another unit."""
    return frame.assign(**{case.number: frame[case.number] * 365.25})


def half_at_random(frame: pd.DataFrame, case: Case, random: np.random.Generator) -> pd.DataFrame:
    """Lose half of the rows, whichever they are."""
    return frame.sample(frac=0.5, random_state=int(random.integers(2**31)))


def half_in_order(frame: pd.DataFrame, case: Case, random: np.random.Generator) -> pd.DataFrame:
    """Lose the second half of a file that was sorted by an important column."""
    return frame.sort_values(case.number).head(len(frame) // 2)


POISONS: tuple[Spoil, ...] = (
    shuffled_labels,
    constant_column,
    half_in_order,
    half_at_random,
    half_of_labels_shuffled,
    other_unit,
)


@dataclass(frozen=True)
class Try:
    """What came of one retraining: whether it promoted, why, and the verdict on clean rows ("" without promotion)."""

    promoted: bool
    why: str
    clean: str
    seconds: float


def champion_of(folder: Path, case: Case, rows: int, bounds: Bounds) -> Path:
    """Fit and return a champion."""
    data, output = folder / f"{case.name}-{rows}.csv", folder / f"{case.name}-{rows}.automl"
    case.draw(rows, 1).to_csv(data, index=False)
    fit(str(data), target=case.target, output=str(output), no_report=True, **bounds)
    return output


def tried(folder: Path, champion: Path, case: Case, new: pd.DataFrame, rule: str) -> Try:
    """Retrain a copy of a champion."""
    model, data = folder / "model.automl", folder / "new.csv"
    shutil.copy(champion, model)
    new.to_csv(data, index=False)
    begun = time.monotonic()
    result = retrain(RetrainRequest(model, str(data), promote_if=rule), Silent(), StopToken())
    seconds = time.monotonic() - begun
    assert result.retraining is not None
    verdict = result.retraining.verdict
    replaced = model.read_bytes() != champion.read_bytes()
    assert replaced == verdict.promoted
    if not replaced:
        return Try(promoted=False, why=verdict.why, clean="", seconds=seconds)
    clean = compare(champion, model, table_from_frame(case.draw(CLEAN_ROWS, 77)))
    figures = f"{clean.verdict} {clean.difference:+.4f} {clean.interval}"
    return Try(promoted=True, why=verdict.why, clean=figures, seconds=seconds)


def poisoned(folder: Path, tries: int, bounds: Bounds) -> None:
    """Print what became of champions that were challenged by spoiled rows."""
    champions = [champion_of(folder, case, case.rows, bounds) for case in CASES]
    counts: Counter[tuple[str, str]] = Counter()
    worse = 0
    for number in range(tries):
        place, spoil = number % len(CASES), POISONS[number // len(CASES) % len(POISONS)]
        case, rule = CASES[place], RULES[(number + number // (len(CASES) * len(POISONS))) % 2]
        new = spoil(case.draw(case.rows, 100 + number), case, np.random.default_rng(number))
        found = tried(folder, champions[place], case, new, rule)
        outcome = "kept" if not found.promoted else {"a": "worse", "b": "better"}.get(found.clean[0], "not told apart")
        worse += outcome == "worse"
        counts[spoil.__name__, outcome] += 1
        print(f"{number:3} {case.name:7}{spoil.__name__:24}{rule:10}{found.seconds:5.1f} s  {outcome:15} {found.why}")
        if found.promoted:
            print(f"    on clean rows: {found.clean}", flush=True)
    for (name, outcome), count in sorted(counts.items()):
        print(f"{name:24} {outcome:15} {count}")
    print(f"replaced by a worse one: {worse} of {tries}", flush=True)


def controls(folder: Path, tries: int, bounds: Bounds) -> None:
    """Print how often a champion of few rows is replaced by a challenger of ten times as many."""
    champions = [champion_of(folder, case, case.rows // 10, bounds) for case in CASES]
    promoted = 0
    for number in range(tries):
        place = number % len(CASES)
        case = CASES[place]
        found = tried(folder, champions[place], case, case.draw(case.rows, 500 + number), "better")
        promoted += found.promoted
        print(f"{number:3} {case.name:7} {found.seconds:5.1f} s  {found.clean or 'kept':40} {found.why}", flush=True)
    print(f"promoted on clean rows: {promoted} of {tries}", flush=True)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=50)
    parser.add_argument("--controls", type=int, default=9)
    parser.add_argument("--budget", default="8")
    parser.add_argument("--trials")
    given = parser.parse_args()
    bounds: Bounds = {"time_budget": given.budget}
    if given.trials is not None:
        bounds = {"trials": int(given.trials), "families": "constant,linear,lightgbm", "jobs": 1}
    with tempfile.TemporaryDirectory(prefix="retraining-") as folder:
        poisoned(Path(folder), given.tries, bounds)
        controls(Path(folder), given.controls, bounds)


if __name__ == "__main__":
    main()
