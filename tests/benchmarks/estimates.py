"""Whether the estimate of a fit is what its model then reaches on new rows, and its interval right as often as it says.

Run as ``python tests/benchmarks/estimates.py [--runs 40] [--budget 20] [--seed 0] [--into FILE]``, and with
``--random-labels --runs 12`` on tables whose labels were drawn at random. Each generated table of 100 to 20,000 rows
is fitted whole; the truth is the model's score on 20,000 further rows, or twice as many as it learned from. Runs that
stand in FILE already (JSON lines) are not made again, so that an interrupted benchmark goes on where it was.

A run says: the score that the search chose by, the estimate with its interval, the truth, by how much of the
interval's half width the estimate is too good, and how wide the interval is beside a plain percentile bootstrap of the
same model on as many new rows.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import automl
from automl.errors import AutomlError
from automl.evaluation.metrics import METRICS, default_metric
from automl.evaluation.thresholds import judged_by
from automl.preparation.target import encode_target
from automl.tables import Task, table_from_frame

ROWS = (100, 200, 300, 1_000, 3_000, 20_000)
NEW_ROWS = 20_000
KINDS = ("binary", "rare class", "five classes", "number", "skewed number", "binary, weak", "number, linear", "grouped")
REPLICATES = 300


def signal_of(frame, kind, rng):
    """Return what can be known of the target: additive, with an interaction, a step and an effect of the category."""
    numbers = frame.filter(like="x").to_numpy()
    if kind == "number, linear":
        return numbers @ rng.normal(size=numbers.shape[1])
    effect = dict(zip("abcdefgh", rng.normal(size=8), strict=True))
    crossed = numbers[:, 1] * numbers[:, 2] - np.abs(numbers[:, 3])
    return numbers[:, 0] + 0.7 * crossed + (numbers[:, 4] > 0.5) + frame["shop"].map(effect).to_numpy()


def target_of(signal, kind, rng):
    """Return the target as it would stand in a file."""
    noise = rng.normal(size=len(signal))
    if kind == "skewed number":
        return np.exp(0.5 * signal + 0.6 * noise).round(4)
    if kind.startswith("number"):
        return (signal + noise).round(4)
    if kind == "five classes":
        cuts = np.quantile(signal, [0.3, 0.55, 0.75, 0.9])
        return np.array([f"k{code}" for code in np.digitize(signal + 0.8 * noise, cuts)])
    score = signal * (0.3 if kind == "binary, weak" else 1.0) + 1.2 * noise
    return np.where(score > np.quantile(score, 0.93 if kind == "rare class" else 0.6), "yes", "no")


def make_table(number, random_labels):
    """Return rows to learn from, new rows of the same generator, and the kind of the table."""
    rng = np.random.default_rng([17, number])
    kind = KINDS[number % len(KINDS)]
    rows = int(rng.choice(ROWS[:-1] if random_labels else ROWS))
    total, columns = rows + max(NEW_ROWS, 2 * rows), int(rng.integers(6, 16))
    frame = pd.DataFrame(rng.normal(size=(total, columns)).round(4), columns=[f"x{each}" for each in range(columns)])
    frame["shop"] = rng.choice(list("abcdefgh"), total)
    signal = signal_of(frame, kind, rng)
    if kind == "grouped":
        frame["person"] = np.arange(total) // 4
        signal = signal + np.repeat(rng.normal(size=total // 4 + 1), 4)[:total]
    target = target_of(signal, kind, rng)
    measured_columns = frame.columns.drop("person", errors="ignore")
    missing = rng.random((total, len(measured_columns))) < 0.03
    frame[measured_columns] = frame[measured_columns].mask(missing)
    frame["y"] = rng.permutation(target) if random_labels else target
    return frame[:rows], frame[rows:], kind


def bootstrap_width(target, prediction, metric, rows, rng):
    """Return the median width of 95 % percentile intervals over a few draws of so many of the new rows."""
    widths = []
    for _ in range(5):
        drawn = rng.choice(len(target), rows, replace=False)
        scorer = metric.scorer(target[drawn], prediction[drawn])
        scores = [
            scorer(np.bincount(rng.integers(0, rows, rows), minlength=rows).astype(float)) for _ in range(REPLICATES)
        ]
        low, high = np.nanquantile(scores, [0.025, 0.975])
        widths.append(high - low)
    return float(np.median(widths))


def chance_score(metric, target, labels):
    """Return what one answer for every row, the best that there is, scores on the new rows."""
    if labels:
        shares = np.bincount(target, minlength=len(labels)) / len(target)
        return metric.score(target, np.tile(shares, (len(target), 1)))
    return metric.score(target, np.full(len(target), target.mean()))


def measured(number, budget, random_labels, path):
    """Fit one table, and hold its estimate against the truth."""
    train, new, kind = make_table(number, random_labels)
    named = {"group": "person"} if kind == "grouped" else {}
    task = "regression" if "number" in kind else None
    made = {"kind": kind, "rows": len(train)}
    try:
        model = automl.fit(
            train,
            target="y",
            seed=number,
            time_budget=budget,
            output=path,
            task=task,
            no_report=True,
            overwrite=True,
            **named,
        )
    except AutomlError as error:
        return {**made, "failed": str(error)}
    cells, estimate = table_from_frame(new), model.manifest["estimate"]
    said = model.predict_table(cells)
    assert model.schema.task is not None
    target = encode_target(cells.cells["y"], model.schema.column("y"), model.schema.task, model.labels)
    answers = said.values.astype(float) if model.schema.task is Task.REGRESSION else said.probabilities
    metric = METRICS[estimate["metric"]]
    assert metric.name == default_metric(model.schema.task)
    judged = judged_by(metric, answers, model.postprocessing.threshold_value)
    width = bootstrap_width(target, judged, metric, min(estimate["rows"], len(target)), np.random.default_rng(number))
    low, high = estimate["interval"]
    sign = 1 if metric.greater_is_better else -1
    truth = metric.score(target, judged)
    return {
        **made,
        "metric": metric.name,
        "method": estimate["method"],
        "selection": model.manifest["selection_score"],
        "value": estimate["value"],
        "low": low,
        "high": high,
        "truth": truth,
        "baseline": model.manifest["baseline_score"],
        "chance": chance_score(metric, target, model.labels),
        "flattery": sign * (estimate["value"] - truth) / ((high - low) / 2),
        "width_ratio": (high - low) / width,
        "trials": model.manifest["trials"],
        "claims": [each["code"] for each in model.manifest["findings"] if each["code"].startswith("target_leak")],
    }


def line_of(run):
    """Return a run as one line."""
    start = f"{run['run']:4}  {run['kind']:14}  {run['rows']:6}"
    if "failed" in run:
        return f"{start}  {run['failed']}"
    inside = "inside" if run["low"] <= run["truth"] <= run["high"] else "OUTSIDE"
    interval = f"[{run['low']:.4f}, {run['high']:.4f}]"
    return (
        f"{start}  {run['metric']:8}  {run['selection']:.4f}  {run['value']:.4f} {interval}  "
        f"{run['truth']:.4f}  {inside:7}  {run['flattery']:+.2f}  {run['width_ratio']:.2f}  {' '.join(run['claims'])}"
    )


def summary_of(runs):
    """Return what the runs come to, one sentence a line."""
    done = [run for run in runs if "failed" not in run]
    lines = [f"{len(done)} of {len(runs)} runs made a model."]
    if not done:
        return lines
    inside = sum(run["low"] <= run["truth"] <= run["high"] for run in done)
    chance = sum(run["low"] <= run["chance"] <= run["high"] for run in done)
    baseline = sum(run["low"] <= run["baseline"] <= run["high"] for run in done)
    flattery, widths = np.array([run["flattery"] for run in done]), [run["width_ratio"] for run in done]
    error = flattery.std(ddof=1) / np.sqrt(len(done)) if len(done) > 1 else np.nan
    return [
        *lines,
        f"True score inside the interval: {inside} of {len(done)} ({inside / len(done):.1%}).",
        f"Median width beside a bootstrap on as many rows: {np.median(widths):.2f} (largest {max(widths):.2f}).",
        f"Mean of (estimate - truth) / half width, + is too good: {flattery.mean():+.3f} (standard error {error:.3f}).",
        f"Chance level inside the interval: {chance} of {len(done)} by the new rows, {baseline} by those learned from.",
        f"Findings that claim a signal: {sum(len(run['claims']) for run in done)}.",
    ]


def known_runs(into, identity):
    """Return the runs of this benchmark that stand in a file already, by their number."""
    if into is None or not into.exists():
        return {}
    runs = (json.loads(line) for line in into.read_text(encoding="utf-8").splitlines() if line.endswith("}"))
    return {run["run"]: run for run in runs if {name: run[name] for name in identity} == identity}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of a fit")
    parser.add_argument("--seed", type=int, default=0, help="the tables are those from 1,000 times this number on")
    parser.add_argument("--random-labels", action="store_true")
    parser.add_argument("--into", type=Path, help="JSON lines; runs in it are not made again")
    asked = parser.parse_args()
    identity = {"seed": asked.seed, "budget": asked.budget, "random_labels": asked.random_labels}
    known, runs = known_runs(asked.into, identity), []
    print(
        " run  kind              rows  metric    selection  estimate [interval]  truth  too good by  width", flush=True
    )
    with tempfile.TemporaryDirectory() as folder:
        for number in range(asked.runs):
            run = known.get(number)
            if run is None:
                started = time.monotonic()
                found = measured(
                    1_000 * asked.seed + number, asked.budget, asked.random_labels, Path(folder) / "m.automl"
                )
                run = {"run": number, **identity, **found, "seconds": round(time.monotonic() - started, 1)}
                if asked.into is not None:
                    with asked.into.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(run) + "\n")
            runs.append(run)
            print(line_of(run), flush=True)
    print("\n".join(summary_of(runs)))


if __name__ == "__main__":
    main()
