"""Stop fits by signals at random moments, and count how many leave what they should and nothing else.

python tests/faults/stops.py [--tries 30] [--seconds 12] [--seed 0]

Each fit gets SIGINT, SIGTERM or SIGHUP within its first --seconds. It has to end with that signal's exit code, with a
model that is marked as incomplete and predicts, or with none where it says so; no process of it may outlive it by more
than ten seconds, and neither temporary files nor locks may stay. Printed is also how long each took to end.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
from faulty_runs import QUICK, family_of, left_in, run, said, started, write_table

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ROWS = 300
EARLIEST = 0.3
PATIENCE = 120


def stop_one(folder, number, moment):
    """Stop a fit ``moment`` seconds after its start; return what was wrong, in a word, and how long it took to end."""
    with started(folder, "--time-budget", "10m", *QUICK) as process:
        time.sleep(moment)
        family = family_of(process)
        process.send_signal(number)
        begun = time.monotonic()
        out, _ = process.communicate(timeout=PATIENCE)
        seconds = time.monotonic() - begun
    _, alive = psutil.wait_procs(family, timeout=10)
    if [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]:
        return "a process outlived it", seconds
    if list((folder / "tmp").iterdir()) or [name for name in left_in(folder) if name.endswith((".tmp", ".lock"))]:
        return "it left something behind", seconds
    if process.returncode != 128 + number:
        return f"exit {process.returncode}: {said(folder).splitlines()[-2:]}", seconds
    return wrong_with_model(folder, out.strip()), seconds


def wrong_with_model(folder, name):
    """Return what is wrong with the model that a stopped fit has named, or says not to have."""
    if not name:
        return "" if "Stopped before a model could be written" in said(folder) else "it says nothing of its model"
    manifest = json.loads(run(folder, "inspect", name, "--json").stdout)
    if manifest["complete"] or not manifest["stopped_by"].startswith("SIG"):
        return "its model is not marked as incomplete"
    return "" if run(folder, "predict", name, "train.csv").returncode == 0 else "its model does not predict"


def main():
    """Try, and say how many survived."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tries", type=int, default=30)
    options.add_argument("--seconds", type=float, default=12.0)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    draw, outcomes, taken = random.Random(given.seed), Counter(), []
    for tried in range(1, given.tries + 1):
        number, moment = draw.choice(SIGNALS), draw.uniform(EARLIEST, given.seconds)
        with tempfile.TemporaryDirectory() as place:
            write_table(Path(place), rows=ROWS)
            wrong, seconds = stop_one(Path(place), number, moment)
            left = sorted(left_in(Path(place)))
        outcomes[wrong] += 1
        taken.append(seconds)
        print(
            f"{number.name} after {moment:5.2f} s: ended in {seconds:.1f} s, left {left} {wrong} "
            f"(tried {tried}, survived {outcomes['']})",
            flush=True,
        )
    print(f"tried {given.tries}, survived {outcomes['']}; slowest to end {max(taken):.1f} s")
    sys.exit(outcomes[""] < given.tries)


if __name__ == "__main__":
    main()
