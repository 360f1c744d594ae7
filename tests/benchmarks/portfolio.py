"""Learn the starting order of the portfolio: which candidate adds most to the blend for its seconds, on public tables.

usage: python tests/benchmarks/portfolio.py measure --work DIR [--rows 3000] [--tables TABLE ...]
       python tests/benchmarks/portfolio.py order --work DIR

``measure`` fits every candidate of the portfolio, and three random ones of each family, on three folds of each table
of public_tables.py, and keeps out-of-fold predictions and processor seconds. ``order`` builds an order greedily: next
comes the candidate whose gain, the fall of the blend's loss averaged over the tables, is largest for its seconds. Both
are measured in shares: of the way from a constant to the blend of everything, and of the seconds that everything takes.
The order is judged on each table by one that was learned without that table, beside the order in the package: the share
of the way that is still to go when some share of the seconds is used up, averaged over shares from 2 to 60 %.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from public_tables import LEARNED, PublicTable, drawn

from automl.decisions import Decisions, decide, prepare_request
from automl.ensemble.greedy import greedy_selection
from automl.evaluation.metrics import METRICS, Metric
from automl.features import useful_encodings
from automl.models.portfolio import PORTFOLIO, Candidate
from automl.models.registry import available_families, family
from automl.preparation.prepare import PreparedData, prepare
from automl.search.board import Evidence, Trial
from automl.search.studies import FamilyStudy
from automl.search.tasks import FoldTask, WorkFolder
from automl.search.training_data import TrainingData, write_training_data
from automl.search.worker import fit_fold
from automl.settings import FitSettings
from automl.tables import Schema, apply_schema, infer_schema, read_table

FOLDS, SECONDS_PER_FOLD = 3, 4.0
SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6)
FIRST = ("constant", "linear")
#: How many candidates are put into order, those behind them stay as they are; and how long a blend is improved.
ORDERED, ROUNDS = 14, 10


def pool() -> tuple[Candidate, ...]:
    """Return the portfolio, and random candidates of every family that has a space."""
    more = []
    for described in available_families():
        if described.space:
            study = FamilyStudy(described, seed=17)
            for _ in range(3):
                _, values = study.ask()
                encoding = str(values.pop("encoding", described.encodings[0]))
                more.append(Candidate(described.name, encoding, values))
    return (*PORTFOLIO, *more)


def label(candidate: Candidate) -> str:
    """Return what stands for a candidate in files and lists."""
    return f"{candidate.family}/{candidate.encoding} {json.dumps(dict(candidate.hyperparameters), sort_keys=True)}"


# -- measuring


def measure(table: PublicTable, rows: int, work: Path) -> None:
    """Fit every candidate on every fold, and write what came of it to ``work/NAME.npz``."""
    source = work / f"{table.name}.csv"
    drawn(table.frame(), table.target, rows).to_csv(source, index=False)
    settings = FitSettings(str(source), table.target, work / "unused.automl", folds=FOLDS)
    cells = read_table(settings.data, settings.read_options())
    prepared = prepare(cells, infer_schema(cells, table.target), prepare_request(settings))
    decisions = decide(settings, prepared)
    folder = WorkFolder(work / f"{table.name}.work")
    shutil.rmtree(folder.path, ignore_errors=True)
    golden = apply_schema(replace(cells, cells=cells.cells.iloc[:2]), Schema(prepared.feature_columns)).frame
    objective = decisions.metric.objective
    weight, blocks, monotone = decisions.training_weight, decisions.groups, decisions.monotone
    write_training_data(folder, prepared, decisions.splits, weight, blocks, golden, objective, monotone)
    evidence = evidence_of(folder, prepared, decisions)
    data, useful = TrainingData(folder), useful_encodings(prepared.feature_columns, len(prepared.target))
    labels, seconds, losses, predictions = [], [], [], []
    for number, candidate in enumerate(pool()):
        described = family(candidate.family)
        if candidate.encoding not in (*useful, "none") or len(prepared.target) > described.max_rows:
            continue
        trial = fitted(number, candidate, evidence, data)
        if trial is None:
            print(f"{table.name}: {label(candidate)} failed", flush=True)
            continue
        labels.append(label(candidate))
        seconds.append(trial.seconds)
        losses.append(trial.loss)
        predictions.append(trial.prediction)
        print(f"{table.name}: {trial.seconds:6.1f} s  {trial.loss:.5f}  {labels[-1]}", flush=True)
    np.savez(
        work / f"{table.name}.npz",
        labels=labels,
        seconds=seconds,
        losses=losses,
        predictions=np.stack([each for each in predictions if each is not None]),
        target=evidence.target[evidence.rows],
        metric=decisions.metric.name,
    )


def evidence_of(folder: WorkFolder, prepared: PreparedData, decisions: Decisions) -> Evidence:
    """Return what the candidates are judged by."""
    classes = len(prepared.schema.labels)
    return Evidence(folder, prepared.target, decisions.weight, decisions.splits, decisions.metric, classes)


def fitted(number: int, candidate: Candidate, evidence: Evidence, data: TrainingData) -> Trial | None:
    """Return the candidate with its out-of-fold predictions; its seconds are the processor's. None where it failed."""
    trial = Trial(number, candidate, None)
    for fold in range(len(evidence.splits.folds)):
        data.encoded(candidate.encoding, None, fold)
        resolved = trial.results[0].resolved if fold else {}
        hyperparameters = {**candidate.hyperparameters, **resolved}
        task = FoldTask(
            number, fold, candidate.family, candidate.encoding, None, hyperparameters, fold, 1, SECONDS_PER_FOLD
        )
        begun = time.process_time()
        result = fit_fold(task, data)
        if result.status != "ok":
            return None
        trial.results[fold] = replace(result, seconds=time.process_time() - begun)
    trial.complete(evidence, 0.0)
    return trial


# -- ordering


@dataclass(frozen=True)
class Measured:
    """What every candidate did on one table."""

    name: str
    labels: tuple[str, ...]
    seconds: np.ndarray
    losses: np.ndarray
    predictions: np.ndarray
    target: np.ndarray
    metric: Metric

    @classmethod
    def read(cls, path: Path) -> Measured:
        """Read what ``measure`` wrote."""
        with np.load(path) as kept:
            labels = tuple(str(each) for each in kept["labels"])
            metric = METRICS[str(kept["metric"])]
            arrays = (kept[name] for name in ("seconds", "losses", "predictions", "target"))
            return cls(path.stem, labels, *arrays, metric)

    def blend_loss(self, chosen: Sequence[str]) -> float:
        """Return the loss of the blend of some candidates; that of the constant where there is no other."""
        places = [self.labels.index(each) for each in chosen if each in self.labels and not each.startswith("constant")]
        if not places:
            return float(self.losses[[each.startswith("constant") for each in self.labels]][0])
        chosen_predictions = [self.predictions[place] for place in places]
        return greedy_selection(chosen_predictions, self.target, self.metric, rounds=ROUNDS).loss

    def cost(self, name: str) -> float:
        """Return a candidate's share of the seconds that all take; 0 where it does not fit the table."""
        return float(self.seconds[self.labels.index(name)] / self.seconds.sum()) if name in self.labels else 0.0


@dataclass
class Way:
    """How far along the way from the constant to the blend of everything a table is."""

    table: Measured
    worst: float
    best: float
    chosen: list[str]
    loss: float

    @classmethod
    def begin(cls, table: Measured) -> Way:
        """Begin with nothing but the constant."""
        worst = table.blend_loss(())
        return cls(table, worst, table.blend_loss(table.labels), [], worst)

    def left(self, loss: float) -> float:
        """Return the share of the way that is still to go."""
        return (loss - self.best) / (self.worst - self.best)

    def gain(self, name: str) -> float:
        """Return the share of the way that a further candidate would take."""
        if name not in self.table.labels:
            return 0.0
        return self.left(self.loss) - self.left(self.table.blend_loss([*self.chosen, name]))

    def add(self, name: str) -> None:
        """Take a candidate into the blend."""
        self.chosen.append(name)
        self.loss = self.table.blend_loss(self.chosen)


def greedy_order(tables: Sequence[Measured], names: Sequence[str]) -> list[str]:
    """Return candidates in the order of what each adds to the blend for its seconds, averaged over tables."""
    order = [name for first in FIRST for name in names if name.startswith(first)][: len(FIRST)]
    ways = [Way.begin(table) for table in tables]
    for way in ways:
        for name in order:
            way.add(name)
    while len(order) < ORDERED and (rest := [name for name in names if name not in order]):
        worth = [
            np.mean([way.gain(name) for way in ways]) / max(np.mean([way.table.cost(name) for way in ways]), 1e-9)
            for name in rest
        ]
        order.append(rest[int(np.argmax(worth))])
        for way in ways:
            way.add(order[-1])
    return [*order, *(name for name in names if name not in order)]


def regret(table: Measured, order: Sequence[str]) -> float:
    """Return the share of the way still to go, averaged over shares of the seconds."""
    way, ends = Way.begin(table), np.cumsum([table.cost(name) for name in order])
    within = [[name for name, end in zip(order, ends, strict=True) if end <= share] for share in SHARES]
    return float(np.mean([way.left(table.blend_loss(names)) for names in within]))


def compare_orders(tables: Sequence[Measured]) -> None:
    """Print the learned order, and what is left with it and with the package's on tables it was not learned from."""
    present = [label(candidate) for candidate in PORTFOLIO]
    every = [label(candidate) for candidate in pool()]
    for names in (present, every):
        for place, name in enumerate(greedy_order(tables, names)):
            print(f"{place:3d} {'    ' if name in present else 'new '}{name}", flush=True)
    rows = []
    for table in tables:
        others = [each for each in tables if each is not table]
        orders = (present, greedy_order(others, present), greedy_order(others, every))
        rows.append([regret(table, order) for order in orders])
        told = f"package {rows[-1][0]:.4f}  reordered {rows[-1][1]:.4f}  learned {rows[-1][2]:.4f}"
        print(f"{table.name:32s} {told}", flush=True)
    means = np.mean(rows, axis=0)
    print(f"{'mean':32s} package {means[0]:.4f}  reordered {means[1]:.4f}  learned {means[2]:.4f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["measure", "order"])
    parser.add_argument("--tables", nargs="*", help="Names such as modeldata-concrete; all by default.")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=3_000)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if given.what == "measure":
        for public in LEARNED:
            if not given.tables or public.name in given.tables:
                measure(public, given.rows, given.work)
    else:
        compare_orders([Measured.read(path) for path in sorted(given.work.glob("*.npz"))])
