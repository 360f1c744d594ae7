"""``automl monitor`` beside evidently and NannyML: what each says of the same batches, and what that costs.

usage: python tests/benchmarks/monitors_beside.py FOLDER --evidently PYTHON --nannyml PYTHON [--clean 20] [--repeats 6]
    [--tables 5] [--seed 0]

PYTHON is the interpreter of an environment in which one of them is installed. FOLDER gets the training rows of the
three tables of ``monitoring.py`` without their target, a model of each, ``--clean`` batches of 2,000 rows drawn as the
training rows were and ``--repeats`` batches of each planted change, all as CSV. Each monitor looks at them in an
interpreter of its own (``monitors/by_….py``), as it comes: NannyML and evidently hold a batch against the training
rows, ours against the model file. A change is found where its column is named, of swapped columns both.

Then the ROC AUC that ours and NannyML's confidence-based estimate expect of 5,000 rows without labels, of ``--tables``
tables whose rows have shifted, beside the true one. NannyML learns from 2,000 labelled rows that nothing was fitted to;
ours needs none.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from monitoring import CASES, LABELLED_ROWS, SHIFTED_ROWS, Case, fitted, planted, shifting
from sklearn.metrics import roc_auc_score

from automl import load
from automl.operate.monitoring import monitor
from automl.tables import table_from_frame

MONITORS = Path(__file__).resolve().parent / "monitors"
CLEAN = "clean"
KNOWN_ROWS = 2_000
TELLS_NOBODY = {"DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1"}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Contender:
    """A monitor: its interpreter, its script with options, and what is to be installed for it."""

    name: str
    python: str
    words: tuple[str, ...]
    package: str

    def run(self, *words: str | Path) -> str:
        """Return what its interpreter printed."""
        environment = {**os.environ, **TELLS_NOBODY, **ONE_THREAD}
        done = subprocess.run([self.python, *words], env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def look(self, folder: Path) -> list[dict[str, Any]]:
        """Return what it said of each batch, and first how long it took to begin."""
        script, *options = self.words
        return [json.loads(line) for line in self.run(MONITORS / script, folder, *options).splitlines()]


def write_batches(folder: Path, clean: int, repeats: int, seed: int) -> dict[tuple[str, str], set[str]]:
    """Write models, training rows and batches; return which columns each planted change of each table is to name."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for case in CASES:
        home = folder / case.name
        (home / "batches").mkdir(parents=True)
        training = case.draw(case.rows, 1 + seed)
        fitted(folder, case.name, training, case.target).rename(home / "model.automl")
        training.drop(columns=case.target).to_csv(home / "reference.csv", index=False)
        for kind, number, frame, names in batches_of(case, clean, repeats, seed):
            frame.to_csv(home / "batches" / f"{kind} {number:02}.csv", index=False)
            if kind != CLEAN:
                wanted[case.name, kind] = names
    return wanted


def batches_of(case: Case, clean: int, repeats: int, seed: int) -> Iterator[tuple[str, int, pd.DataFrame, set[str]]]:
    """Yield each batch with its kind, its number, and the columns that it is to be found by."""
    for number in range(clean):
        yield CLEAN, number, case.draw(SHIFTED_ROWS, 1_000 + number + seed).drop(columns=case.target), set()
    for number in range(repeats):
        frame = case.draw(SHIFTED_ROWS, 2_000 + number + seed).drop(columns=case.target)
        for kind, (changed, names) in planted(case, frame, np.random.default_rng(number)).items():
            yield kind, number, changed, names


def compare_alarms(folder: Path, contenders: list[Contender], wanted: dict[tuple[str, str], set[str]]) -> None:
    """Print of each monitor how many clean batches it alarms, what it finds, and what a batch takes."""
    for contender in contenders:
        begun, *said = contender.look(folder)
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for line in said:
            kind = line["batch"].rpartition(" ")[0]
            counts[kind]["batches"] += 1
            counts[kind]["whole"] += line["whole"]
            counts[kind]["any"] += bool(line["columns"]) or line["whole"]
            counts[kind]["named"] += wanted.get((line["table"], kind), set()) <= set(line["columns"])
            if kind == CLEAN:
                counts[CLEAN].update(f"{line['table']}: {name}" for name in line["columns"])
        clean = counts.pop(CLEAN)
        shown = {name: clean.pop(name) for name in ("batches", "any", "whole", "named")}
        seconds = np.mean([line["seconds"] for line in said])
        print(
            f"{contender.name}: alarms in {shown['any']} of {shown['batches']} clean batches, of the whole in", end=" "
        )
        print(f"{shown['whole']}; {seconds:.2f} processor seconds a batch, {begun['started']:.1f} to begin")
        if failures := Counter(f"{line['table']}: {line['failed']}" for line in said if line["failed"]):
            print(f"    nothing said of {dict(failures)}")
        print(f"    clean batches in alarm by {dict(clean.most_common(8))}")
        for kind, count in counts.items():
            print(f"    {kind:22} named in {count['named']} of {count['batches']}, whole in {count['whole']}")
        sys.stdout.flush()


def compare_sizes(contenders: list[Contender]) -> None:
    """Print what is installed for each monitor: packages, and megabytes of their files."""
    for name, contender in {contender.package: contender for contender in contenders}.items():
        print(f"{name}: {contender.run(MONITORS / 'installed.py', name).strip()}", flush=True)


def compare_estimates(folder: Path, nannyml: Contender, tables: int, seed: int) -> None:
    """Print the ROC AUC that is expected without labels, by ours and by NannyML, beside the true one."""
    misses: dict[str, list[float]] = defaultdict(list)
    inside: Counter[str] = Counter()
    for number in range(seed, seed + tables):
        draw = shifting(number, 1.0)
        path = fitted(folder, f"shift{number}", draw(3_000, 0), "outcome", "roc_auc")
        known, shifted = draw(KNOWN_ROWS, 2), draw(-LABELLED_ROWS, 1)
        for name, frame in (("known", known), ("shifted", shifted)):
            answers(path, frame).to_csv(folder / f"{name}.csv", index=False)
        scores = pd.read_csv(folder / "shifted.csv")
        truth = float(roc_auc_score(scores["truth"], scores["positive"]))
        own = monitor(path, [table_from_frame(shifted.drop(columns="outcome"))]).batches[0].performance
        assert own is not None
        theirs = json.loads(nannyml.run(MONITORS / "estimates_of_nannyml.py", folder))
        said = {"automl": (own.value, *own.interval), "nannyml": (theirs["value"], theirs["low"], theirs["high"])}
        for name, (value, low, high) in said.items():
            misses[name].append(value - truth)
            inside[name] += low <= truth <= high
            print(f"table {number}: true {truth:.4f}, {name} {value:.4f} ({low:.4f} to {high:.4f})", flush=True)
    for name, each in misses.items():
        print(
            f"{name}: mean absolute error {np.abs(each).mean():.4f}, mean {np.mean(each):+.4f}, {inside[name]} inside"
        )


def answers(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a model answers of rows, and their truth."""
    positive = load(path).predict_proba(frame.drop(columns="outcome"))[:, 1]
    return pd.DataFrame({"truth": (frame["outcome"] == "yes").astype(int), "positive": positive})


def main() -> None:
    """Write the batches, and show them to each monitor."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--evidently", required=True, metavar="PYTHON")
    options.add_argument("--nannyml", required=True, metavar="PYTHON")
    options.add_argument("--clean", type=int, default=20)
    options.add_argument("--repeats", type=int, default=6)
    options.add_argument("--tables", type=int, default=5)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    contenders = [
        Contender("automl", sys.executable, ("by_automl.py",), "automl-cli"),
        Contender("evidently", given.evidently, ("by_evidently.py",), "evidently"),
        Contender("evidently, with its summary", given.evidently, ("by_evidently.py", "--quality"), "evidently"),
        Contender("NannyML, any chunk", given.nannyml, ("by_nannyml.py",), "nannyml"),
        Contender("NannyML, most chunks", given.nannyml, ("by_nannyml.py", "--most"), "nannyml"),
        Contender("NannyML, its data quality too", given.nannyml, ("by_nannyml.py", "--most", "--quality"), "nannyml"),
    ]
    compare_sizes(contenders)
    wanted = write_batches(given.folder, given.clean, given.repeats, given.seed)
    compare_alarms(given.folder, contenders, wanted)
    compare_estimates(given.folder, contenders[-1], given.tables, given.seed)


if __name__ == "__main__":
    main()
