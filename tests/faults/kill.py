"""Kill fits at random moments, go on with each, and count how many end with a model and every finished candidate.

python tests/faults/kill.py [--tries 100] [--seconds 12] [--trials N] [--seed 0]

With --trials the fits are bounded by count, so that a busy machine does not end them; they are killed within --seconds.
"""

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from faulty_runs import QUICK, finished_trials, run, started, write_table


def kill_one(folder, bound, moment):
    """Kill a fit ``moment`` seconds after its start; return what its log holds as finished."""
    with started(folder, *bound, *QUICK) as process:
        end = time.monotonic() + moment
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
    log = folder / "train.automl.work" / "trials.jsonl"
    return finished_trials(folder) if log.exists() else []


def failure_of(folder, bound, moment):
    """Return in a few words why a killed fit could not go on; None where it could."""
    before = kill_one(folder, bound, moment)
    fitting = ("fit", "train.csv", "--target", "churn", *bound, *QUICK, "--resume")
    done = run(folder, *fitting)
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stderr.splitlines()[-2:]}"
    manifest = json.loads(run(folder, "inspect", "train.automl", "--json").stdout)
    after = [(each["family"], json.dumps(each["hyperparameters"])) for each in manifest["candidates"]]
    if any(after.count((family, values)) != 1 for family, values, _ in before):
        return "a finished candidate was lost or counted twice"
    if run(folder, "predict", "train.automl", "train.csv").returncode != 0:
        return "the model does not predict"
    return None


def main():
    """Try, and say how many survived."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tries", type=int, default=100)
    options.add_argument("--seconds", type=int, default=12)
    options.add_argument("--trials", type=int)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    bound = ("--time-budget", str(given.seconds)) if given.trials is None else ("--trials", str(given.trials))
    draw = random.Random(given.seed)
    survived = 0
    for number in range(given.tries):
        moment = draw.uniform(0, given.seconds + 2)
        with tempfile.TemporaryDirectory() as place:
            write_table(Path(place))
            failure = failure_of(Path(place), bound, moment)
        survived += failure is None
        print(f"try {number + 1}: killed after {moment:.2f} s: {failure or 'went on'}", flush=True)
    print(f"tried {given.tries}, survived {survived}")


if __name__ == "__main__":
    main()
