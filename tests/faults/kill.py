"""Kill fits at random moments, go on with each, and count how many end with a model and every finished candidate.

python tests/faults/kill.py [--tries 100] [--seconds 12] [--trials N] [--seed 0] [--record kills.jsonl]

Each fit has a budget of --seconds and is killed (signal 9) between the second second and the last. The second run goes
on with what was left of the budget; or, on a machine that is too busy for that, until it has tried --trials candidates.
With --record, tries that stand in that file are not done again, so that a long count may be interrupted.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from faulty_runs import QUICK, finished_trials, run, started, write_table

ROWS = 300
FIRST_MOMENT = 2.0
SURVIVED = ("went on", "had ended before")


def kill_one(folder, budget, moment):
    """Kill a fit ``moment`` seconds after its start; return what its log holds as finished, None where it had ended."""
    with started(folder, *budget, *QUICK) as process:
        end = time.monotonic() + moment
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        if process.poll() is not None:
            return None
    log = folder / "train.automl.work" / "trials.jsonl"
    return finished_trials(folder) if log.exists() else []


def outcome_of(folder, budget, moment, bound):
    """Return in a few words what became of a fit that was killed and went on within a bound."""
    before = kill_one(folder, budget, moment)
    done = run(folder, "fit", "train.csv", "--target", "churn", *bound, *QUICK, "--resume")
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stderr.splitlines()[-2:]}"
    manifest = json.loads(run(folder, "inspect", "train.automl", "--json").stdout)
    after = [(each["family"], json.dumps(each["hyperparameters"])) for each in manifest["candidates"]]
    if any(after.count((family, values)) != 1 for family, values, _ in before or ()):
        return "a finished candidate was lost or counted twice"
    if run(folder, "predict", "train.automl", "train.csv").returncode != 0:
        return "the model does not predict"
    return "went on" if before is not None else "had ended before"


def recorded(path):
    """Return the outcomes of earlier tries by their number."""
    if path is None or not path.exists():
        return {}
    return {each["try"]: each["outcome"] for each in map(json.loads, path.read_text().splitlines())}


def main():
    """Try, and say how many survived."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tries", type=int, default=100)
    options.add_argument("--seconds", type=int, default=12)
    options.add_argument("--trials", type=int)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--record", type=Path)
    given = options.parse_args()
    budget = ("--time-budget", str(given.seconds))
    bound = budget if given.trials is None else ("--trials", str(given.trials))
    outcomes = recorded(given.record)
    for number in range(1, given.tries + 1):
        if number in outcomes:
            continue
        moment = random.Random(f"{given.seed} {number}").uniform(FIRST_MOMENT, given.seconds)
        with tempfile.TemporaryDirectory() as place:
            write_table(Path(place), rows=ROWS)
            outcomes[number] = outcome_of(Path(place), budget, moment, bound)
        survived = sum(each in SURVIVED for each in outcomes.values())
        print(f"{moment:5.2f} s: {outcomes[number]} (tried {len(outcomes)}, survived {survived})", flush=True)
        if given.record is not None:
            with given.record.open("a") as stream:
                stream.write(json.dumps({"try": number, "moment": moment, "outcome": outcomes[number]}) + "\n")
    survived = sum(each in SURVIVED for each in outcomes.values())
    print(f"tried {len(outcomes)}, survived {survived}; {dict(Counter(outcomes.values()))}")
    sys.exit(survived < len(outcomes))


if __name__ == "__main__":
    main()
