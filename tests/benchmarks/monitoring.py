"""How often ``monitor`` raises a false alarm, how often it finds planted drift, and how right it is without labels.

usage: python tests/benchmarks/monitoring.py [alarms] [drift] [performance] [--batches 200] [--repeats 20]
    [--tables 20] [--shift 1] [--seed 0]

alarms: batches of 100 to 10,000 rows drawn as the training rows were, of three tables, every other one with its target.
drift: five changes, each planted in ``--repeats`` batches of 2,000 rows of each table.
performance: tables whose rows shift while the target's connection to them stays; the ROC AUC that is estimated without
labels beside the one measured on the labels of the same 5,000 rows. ``--shift`` makes rows move further.

``--seed`` draws other rows throughout, and other tables for performance.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from automl.cli.run import run
from automl.evaluation.metrics import METRICS
from automl.operate.monitoring import monitor
from automl.tables import table_from_frame

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sample_data"))
from recipes.telecom_churn import customers

Draw = Callable[[int, int], pd.DataFrame]
PARTS = ("alarms", "drift", "performance")
SHIFTED_ROWS = 2_000
LABELLED_ROWS = 5_000
# Seeds between those of two values of --seed.
_SEEDS = 10_000


@dataclass(frozen=True)
class Case:
    """A kind of table: how rows are drawn (rows and seed in), and where drift is planted.

    ``number`` is an important number, ``level`` a category, ``swapped`` two columns and ``unit`` a number whose unit
    changes.
    """

    name: str
    target: str
    rows: int
    draw: Draw
    number: str
    level: str
    swapped: tuple[str, str]
    unit: tuple[str, float]


def churn(rows: int, seed: int) -> pd.DataFrame:
    """Return customers with two classes and missing values."""
    random = np.random.RandomState(seed)
    frame = customers(random, rows).drop(columns=["customer_id", "churn_probability"])
    for name, share in (("data_gb", 0.08), ("satisfaction", 0.2)):
        frame[name] = frame[name].where(random.uniform(size=rows) >= share)
    return frame


def prices(rows: int, seed: int) -> pd.DataFrame:
    """Return a regression with heavy tails, counts, dates and a category of 400 levels."""
    random = np.random.default_rng(seed)
    effect = np.random.default_rng(0).normal(0, 0.3, 400)
    street = np.minimum(random.zipf(1.5, rows), 400) - 1
    frame = pd.DataFrame(
        {
            "area": random.lognormal(4.4, 0.5, rows).round(1),
            "garden": (random.pareto(1.8, rows) * 100).round(),
            "rooms": random.poisson(3, rows) + 1,
            "street": [f"s{number}" for number in street],
            "heating": random.choice(["gas", "oil", "wood", "none"], rows, p=[0.6, 0.25, 0.12, 0.03]),
            "sold": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 400, rows), "D"),
            "floor": random.integers(0, 9, rows).astype(float),
        }
    )
    log = np.log(frame["area"]) + 0.05 * frame["rooms"] + effect[street] + 0.1 * (frame["heating"] == "gas")
    frame["price"] = (1_000 * np.exp(log + random.normal(0, 0.25, rows))).round()
    frame["floor"] = frame["floor"].where(random.uniform(size=rows) >= 0.3)
    return frame


def sorts(rows: int, seed: int) -> pd.DataFrame:
    """Return three classes that depend on correlated numbers, with few training rows."""
    random = np.random.default_rng(seed)
    common = random.normal(size=(rows, 1))
    values = (common + random.normal(size=(rows, 6))).round(3)
    frame = pd.DataFrame(values, columns=[f"x{number}" for number in range(6)])
    frame["x1"] = (3 * frame["x1"] + 5).round(3)
    frame["side"] = random.choice(["left", "right"], rows)
    score = np.column_stack([values[:, 0], values[:, 1], (frame["side"] == "left") * 1.0])
    frame["sort"] = np.array(["a", "b", "c"])[(score + random.gumbel(size=(rows, 3))).argmax(axis=1)]
    return frame


CASES = (
    Case(
        "churn", "churn", 3_000, churn, "tenure_months", "contract", ("monthly_charge", "data_gb"), ("data_gb", 1_024)
    ),
    Case("prices", "price", 2_000, prices, "area", "heating", ("area", "rooms"), ("area", 10.764)),
    Case("sorts", "sort", 800, sorts, "x0", "side", ("x0", "x1"), ("x2", 2.54)),
)


def fitted(folder: Path, name: str, frame: pd.DataFrame, target: str, metric: str | None = None) -> Path:
    """Return the path of a model fitted to the frame."""
    data, output = folder / f"{name}.csv", folder / f"{name}.automl"
    frame.to_csv(data, index=False)
    words = ["fit", data, "--target", target, "--output", output, "--trials", "4", "--families", "linear,lightgbm"]
    words += ["--no-report", "--quiet", "--jobs", "1", *([] if metric is None else ["--metric", metric])]
    assert run([str(word) for word in words]) == 0
    return output


def look_for_false_alarms(folder: Path, batches: int, seed: int) -> None:
    """Print how many batches of unchanged rows raise an alarm, and by which tests."""
    total: Counter[str] = Counter()
    alarmed = 0
    for case in CASES:
        path = fitted(folder, case.name, case.draw(case.rows, 1 + seed * _SEEDS), case.target)
        generator, seen = np.random.default_rng(seed), 0
        for number in range(batches // len(CASES)):
            rows = round(float(np.exp(generator.uniform(np.log(100), np.log(10_000)))))
            frame = case.draw(rows, 1_000 + number + seed * _SEEDS)
            if number % 2:
                frame = frame.drop(columns=case.target)
            facts = monitor(path, [table_from_frame(frame)])
            seen += facts.alarm
            for alarm in facts.counting:
                total[alarm.test] += 1
                print(f"  {case.name} {rows}: {alarm.message}", flush=True)
        print(f"{case.name:8} {seen} of {batches // len(CASES)} batches", flush=True)
        alarmed += seen
    print(
        f"false alarms in {alarmed} of {batches // len(CASES) * len(CASES)} batches; by test: {dict(total)}", flush=True
    )


def planted(case: Case, frame: pd.DataFrame, random: np.random.Generator) -> dict[str, tuple[pd.DataFrame, set[str]]]:
    """Return the frame with each change, and the columns of which at least one (of a swap each) must be named."""
    rows = len(frame)
    shifted, new, gone, swapped, unit = (frame.copy() for _ in range(5))
    shifted[case.number] = frame[case.number] + 0.3 * frame[case.number].std()
    new[case.level] = frame[case.level].where(random.uniform(size=rows) >= 0.05, "never seen")
    gone[case.number] = frame[case.number].where(random.uniform(size=rows) >= 0.1)
    first, second = case.swapped
    swapped[first], swapped[second] = frame[second], frame[first]
    name, factor = case.unit
    unit[name] = frame[name] * factor
    return {
        "mean shift of 0.3 sd": (shifted, {case.number}),
        "new level at 5 %": (new, {case.level}),
        "missing + 10 points": (gone, {case.number}),
        "swapped columns": (swapped, {first, second}),
        "changed unit": (unit, {name}),
    }


def look_for_drift(folder: Path, repeats: int, seed: int) -> None:
    """Print in how many batches each planted change is found by the name of its columns."""
    found: Counter[str] = Counter()
    for case in CASES:
        path = fitted(folder, case.name, case.draw(case.rows, 1 + seed * _SEEDS), case.target)
        own: Counter[str] = Counter()
        for number in range(repeats):
            frame = case.draw(SHIFTED_ROWS, 2_000 + number + seed * _SEEDS).drop(columns=case.target)
            for change, (changed, names) in planted(case, frame, np.random.default_rng(number)).items():
                facts = monitor(path, [table_from_frame(changed)])
                named = {alarm.column for alarm in facts.counting}
                own[change] += names <= named
        print(f"{case.name:8} of {repeats}: {dict(own)}", flush=True)
        found.update(own)
    for change, count in found.items():
        print(f"{change:22} found in {count} of {repeats * len(CASES)}", flush=True)


def shifting(seed: int, shift: float) -> Draw:
    """Return a way to draw rows of two classes; the number of rows below zero asks for shifted ones."""
    made = np.random.default_rng(seed)
    columns = int(made.integers(5, 12))
    linear, waves, pairs = made.normal(0, 0.7, columns), made.normal(0, 0.7, columns), made.normal(0, 0.5, columns)
    toward, effect = shift * made.normal(0, 0.35, columns), made.normal(0, 0.8, 6)
    offset = made.uniform(-1.5, 0.5)

    def draw(rows: int, number: int) -> pd.DataFrame:
        random = np.random.default_rng([seed, number])
        values = random.normal(size=(abs(rows), columns))
        shares = np.full(6, 1 / 6)
        if rows < 0:
            values = values * random.uniform(0.7, 1.2, columns) + toward
            shares = random.dirichlet(np.full(6, 3))
        level = random.choice(6, abs(rows), p=shares)
        score = values @ linear + np.sin(2 * values) @ waves + values * np.roll(values, 1, axis=1) @ pairs
        chance = 1 / (1 + np.exp(-(score + effect[level] + offset)))
        frame = pd.DataFrame(values.round(4), columns=[f"x{place}" for place in range(columns)])
        frame["kind"] = [f"k{place}" for place in level]
        frame["outcome"] = np.where(random.random(abs(rows)) < chance, "yes", "no")
        return frame

    return draw


def look_without_labels(folder: Path, tables: int, shift: float, first: int) -> None:
    """Print how far the ROC AUC that is estimated for shifted rows is from the one that their labels show."""
    errors, inside, naive, known = [], 0, [], METRICS["roc_auc"]
    for seed in range(first * _SEEDS, first * _SEEDS + tables):
        draw = shifting(seed, shift)
        path = fitted(folder, f"shift{seed}", draw(3_000, 0), "outcome", "roc_auc")
        frame = draw(-LABELLED_ROWS, 1)
        without = monitor(path, [table_from_frame(frame.drop(columns="outcome"))]).batches[0].performance
        truth = monitor(path, [table_from_frame(frame)]).batches[0].performance
        assert without is not None
        assert truth is not None
        assert (without.labelled, truth.labelled, truth.metric) == (False, True, known.name)
        errors.append(without.value - truth.value)
        naive.append(without.promised - truth.value)
        inside += without.interval[0] <= truth.value <= without.interval[1]
        print(
            f"table {seed:2}: promised {without.promised:.4f}, estimated {without.value:.4f} "
            f"({without.interval[0]:.4f} to {without.interval[1]:.4f}), true {truth.value:.4f}",
            flush=True,
        )
    print(
        f"mean absolute error {np.abs(errors).mean():.4f} (of the promise itself {np.abs(naive).mean():.4f}), "
        f"mean error {np.mean(errors):+.4f}; the interval holds the truth in {inside} of {tables}",
        flush=True,
    )


def main() -> None:
    """Measure the parts that are asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} [default: all]")
    options.add_argument("--batches", type=int, default=200)
    options.add_argument("--repeats", type=int, default=20)
    options.add_argument("--tables", type=int, default=20)
    options.add_argument("--shift", type=float, default=1.0)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    parts = {
        "alarms": lambda folder: look_for_false_alarms(folder, chosen.batches, chosen.seed),
        "drift": lambda folder: look_for_drift(folder, chosen.repeats, chosen.seed),
        "performance": lambda folder: look_without_labels(folder, chosen.tables, chosen.shift, chosen.seed),
    }
    for part in chosen.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            parts[part](Path(folder))


if __name__ == "__main__":
    main()
