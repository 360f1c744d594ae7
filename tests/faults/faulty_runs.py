"""A fit in a process of its own that something is done to: started, watched, stopped, and looked after."""

import json
import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil

QUICK = ("--families", "constant,linear,nearest_neighbors,extra_trees", "--folds", "2")


def write_table(folder, rows=400, name="train.csv"):
    """Write a table whose target depends on two of its columns."""
    draw = random.Random(7)
    lines = ["age,city,plan,churn"]
    for _ in range(rows):
        age, city = draw.randint(18, 80), draw.choice(["Bern", "Rom", "Oslo"])
        risk = (age < 40) + (city == "Rom") + draw.random()
        lines.append(f"{age},{city},{draw.choice('ab')},{'Yes' if risk > 1.4 else 'No'}")
    (folder / name).write_text("\n".join(lines) + "\n")


def environment(folder):
    """Return an environment whose folder for temporary files, and whose run log, are the test's own."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return {**kept, "TMPDIR": str(temporary), "AUTOML_RUNS": str(folder / "runs.sqlite")}


@contextmanager
def started(folder, *arguments, variables=()):
    """Yield a fit that runs, as :func:`start` begins it, and see to its end."""
    process = start(folder, *arguments, variables=variables)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def start(folder, *arguments, variables=()):
    """Start ``automl fit train.csv --target churn``; what it says goes to ``said.txt``, so that no pipe fills up.

    ``variables`` go into its environment.
    """
    said = (folder / "said.txt").open("w")
    with said:
        return subprocess.Popen(
            [sys.executable, "-m", "automl", "fit", "train.csv", "--target", "churn", "--verbose", *arguments],
            cwd=folder,
            env=environment(folder) | dict(variables),
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )


def run(folder, *arguments):
    """Run ``automl`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "automl", *map(str, arguments)],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def said(folder):
    """Return what the fit has said so far."""
    return (folder / "said.txt").read_text()


def wait_until(true, process, seconds=300):
    """Wait until ``true()``; fail where the process ends before."""
    end = time.monotonic() + seconds
    while not true():
        assert process.poll() is None, f"it ended with {process.returncode}"
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def wait_for_trials(folder, process, count=1):
    """Wait until so many candidates were scored."""
    wait_until(lambda: sum(line.startswith("trial ") for line in said(folder).splitlines()) >= count, process)


def family_of(process):
    """Return the process's descendants."""
    return psutil.Process(process.pid).children(recursive=True)


def assert_all_end(processes, seconds=10):
    """Wait until none of the processes runs."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]


def left_in(folder):
    """Return the names that lie in ``folder``, hidden ones too, without the test's own."""
    return {path.name for path in Path(folder).iterdir()} - {"train.csv", "said.txt", "runs.sqlite", "tmp"}


def finished_trials(folder):
    """Return family, hyperparameters and loss of each candidate that the log of a search holds as scored."""
    trials, finished = {}, []
    for line in (folder / "train.automl.work" / "trials.jsonl").read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        record = json.loads(line)
        if record["kind"] == "proposed":
            values = {**record["hyperparameters"], "encoding": record["encoding"]}
            trials[record["candidate"]] = (record["family"], json.dumps(values))
        elif record["kind"] == "ended" and record["status"] == "ok":
            finished.append((*trials[record["candidate"]], record["loss"]))
    return finished
