"""A year of the README's daily script, day by day: drift that sets in, days without a column, labels that come late.

usage: python tests/benchmarks/year.py FOLDER [--first 0] [--step 1] [--rows 150] [--budget 8 | --trials 3]

Each day brings rows without a target to ``incoming/``, and those of ``LABEL_DELAY`` days before with their target to
``labelled/``; then the script of the guide "In production" runs as it is written. From ``DRIFT_BEGINS`` on, over
``DRIFT_DAYS`` days, customers grow older and what visits do to them turns around; on the days of ``BROKEN`` a column
that the model uses is not there. ``--first 100 --step 5`` lives through every fifth day from the
hundredth on; ``--trials`` bounds each fit by count, with linear models and LightGBM alone.

FOLDER gets ``churn/`` with all that the script leaves, ``days.csv`` with the score of each day as it was served and as
the first champion would have served it, and ``year.html``: the days with their labels, held against the first champion.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl import load
from automl.bundle.model import Model
from automl.evaluation.metrics import METRICS

README = Path(__file__).resolve().parents[2] / "README.md"
FIRST_DAY = date(2025, 1, 1)
DAYS = 365
LABEL_DELAY = 14
DRIFT_BEGINS, DRIFT_DAYS = 120, 60
BROKEN = range(230, 237)
HISTORY = 800


def customers(rows: int, seed: int, drift: float) -> pd.DataFrame:
    """Return rows of one day; ``drift`` runs from 0 to 1."""
    random = np.random.default_rng(seed)
    age = random.normal(45 + 8 * drift, 12, rows).round(1)
    visits = random.poisson(4, rows)
    city = random.choice(["Bern", "Rom", "Oslo"], rows, p=[0.5, 0.3, 0.2])
    income = random.lognormal(8, 0.5, rows).round(2)
    effect = (1 - 1.6 * drift) * (visits - 4) * 0.7
    leaves = (45 - age) / 12 + effect + 0.6 * (city == "Oslo") + random.logistic(0, 0.8, rows) > 0
    churn = np.where(leaves, "Yes", "No")
    return pd.DataFrame({"age": age, "visits": visits, "city": city, "income": income, "churn": churn})


def of_day(day: int, rows: int) -> pd.DataFrame:
    """Return the rows of a day, their target included."""
    drift = min(1.0, max(0.0, (day - DRIFT_BEGINS) / DRIFT_DAYS))
    return customers(rows, 1_000 + day, drift)


def script() -> str:
    """Return the daily script as the README shows it."""
    guide = README.read_text(encoding="utf-8").partition("\n## In production\n")[2].partition("\n## ")[0]
    found = re.search(r"^```sh\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def auc(truth: pd.Series, positive: NDArray[np.float64]) -> float:
    """Return the ROC AUC of the probabilities of Yes."""
    target = (truth == "Yes").to_numpy().astype(np.int64)
    return METRICS["roc_auc"].score(target, np.column_stack([1 - positive, positive]))


def live_through(folder: Path, days: range, rows: int, bounds: dict[str, str]) -> None:
    """Run the script on each day, and write down how good its predictions were."""
    home = folder / "churn"
    for name in ("incoming", "labelled", "truth"):
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "daily.sh").write_text(script())
    customers(HISTORY, 1, 0.0).to_csv(home / "labelled" / "history.csv", index=False)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **bounds,
        "AUTOML_PREDICT_PROBA": "1",
        "AUTOML_RUNS": str(folder / "runs.sqlite"),
    }
    codes: Counter[int] = Counter()
    first: Model | None = None
    with (folder / "days.csv").open("w", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["day", "code", "seconds", "served", "first"])
        for day in days:
            name = str(FIRST_DAY + timedelta(days=day))
            frame = of_day(day, rows)
            shown = frame.drop(columns=["visits"]) if day in BROKEN else frame
            shown.drop(columns=["churn"]).to_csv(home / "incoming" / f"{name}.csv", index=False)
            shown.to_csv(home / "truth" / f"{name}.csv", index=False)
            if day >= LABEL_DELAY:
                due = FIRST_DAY + timedelta(days=day - LABEL_DELAY)
                of_day(day - LABEL_DELAY, rows).to_csv(home / "labelled" / f"{due}.csv", index=False)
            begun = time.monotonic()
            done = subprocess.run(["sh", home / "daily.sh", home, name], env=environment, check=False)
            codes[done.returncode] += 1
            seconds = time.monotonic() - begun
            if first is None:
                shutil.copy(home / "churn.automl", folder / "first.automl")
                first = load(folder / "first.automl")
            scores = home / "scores" / f"{name}.csv"
            served = auc(frame["churn"], pd.read_csv(scores)["proba_Yes"].to_numpy()) if scores.exists() else math.nan
            stayed = auc(frame["churn"], first.predict_proba(frame)[:, 1])
            lines.writerow([name, done.returncode, f"{seconds:.1f}", served, stayed])
            stream.flush()
    print(f"exit codes of the days: {dict(codes)}")


def tell(folder: Path) -> None:
    """Print what happened: retrainings and promotions, and the mean score of each month."""
    events = [json.loads(line) for line in (folder / "churn" / "events.jsonl").read_text().splitlines()]
    kinds = Counter((event["event"], event.get("why", ""), event["code"]) for event in events)
    for (event, why, code), count in sorted(kinds.items()):
        print(f"{event} {why} {code}: {count}")
    print("promoted on", *[event["day"] for event in events if event["event"] == "retrain" and event["code"] == 0])
    days = pd.read_csv(folder / "days.csv")
    print(days.groupby(days["day"].str[:7])[["served", "first", "seconds"]].mean().round(3).to_string())
    batches = sorted((folder / "churn" / "truth").iterdir())
    words = [sys.executable, "-m", "automl", "monitor", folder / "first.automl", *batches, "--no-log"]
    done = subprocess.run([*words, "--output", folder / "year.html", "--json"], stdout=subprocess.PIPE, check=False)
    said = json.loads(done.stdout)
    alarmed = [batch["name"] for batch in said["batches"] if batch["alarm"]]
    print(f"first alarm {said['first_alarm']}; alarms on {len(alarmed)} of {len(batches)} days, held against the first")


def main() -> None:
    """Live through the year and tell of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--rows", type=int, default=150)
    parser.add_argument("--budget", default="8")
    parser.add_argument("--trials")
    given = parser.parse_args()
    bounds = {"AUTOML_FIT_TIME_BUDGET": given.budget}
    if given.trials is not None:
        bounds = {"AUTOML_FIT_TRIALS": given.trials, "AUTOML_FIT_FAMILIES": "constant,linear,lightgbm"}
    live_through(given.folder, range(given.first, DAYS, given.step), given.rows, bounds)
    tell(given.folder)


if __name__ == "__main__":
    main()
