"""Disturb the time of fits, and measure whether they keep to their budget.

python tests/faults/load.py [--seconds 20] [--tries 1] [--only busy,stopped,forward,back]

busy: four processes take the cores; stopped: the fit and its workers are stopped (SIGSTOP) for five seconds in the
middle; forward, back: the clock on the wall is set by an hour in the middle, by libfaketime, without which these two
are left out. To keep the budget is to end with a model within 105 % of it, by a clock that nothing of this moves.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
from faulty_runs import started, write_table

ALLOWED = 1.05
BUSY = 4
STOPPED_SECONDS = 5.0
HOUR = 3_600
LIBRARIES = ("/usr/lib", "/usr/local/lib")


class Nothing:
    """Does nothing to a fit: what the others are compared with."""

    def __init__(self, folder):
        self.folder = folder

    variables = ()

    def before(self, closing):
        """Prepare; what has to end is left to ``closing``."""

    def in_the_middle(self, process):
        """Disturb."""


class Busy(Nothing):
    """Four processes that use all they get."""

    def before(self, closing):
        for _ in range(BUSY):
            process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            closing.callback(process.wait)
            closing.callback(process.kill)


class Stopped(Nothing):
    """The fit and all that belongs to it stand still."""

    def in_the_middle(self, process):
        family = [process.pid, *(each.pid for each in psutil.Process(process.pid).children(recursive=True))]
        for number, pause in ((signal.SIGSTOP, STOPPED_SECONDS), (signal.SIGCONT, 0.0)):
            for pid in family:
                try:
                    psutil.Process(pid).send_signal(number)
                except psutil.Error:
                    continue
            time.sleep(pause)


class Forward(Nothing):
    """The clock on the wall goes forward by an hour."""

    seconds = HOUR

    @property
    def variables(self):
        """What makes libfaketime read the clock's distance from a file again and again, and leave other clocks."""
        (self.folder / "clock").write_text("+0\n")
        return {
            "LD_PRELOAD": str(faketime()),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }.items()

    def in_the_middle(self, process):
        (self.folder / "clock").write_text(f"{self.seconds:+d}\n")


class Back(Forward):
    """The clock on the wall goes back by an hour."""

    seconds = -HOUR


DISTURBANCES = {"nothing": Nothing, "busy": Busy, "stopped": Stopped, "forward": Forward, "back": Back}


def faketime():
    """Return where libfaketime is, or None."""
    found = (each for place in LIBRARIES for each in Path(place).rglob("libfaketimeMT.so.1"))
    return next(found, None)


def disturbed(kind, seconds, draw):
    """Return the exit code of a disturbed fit, and the seconds it took."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as closing:
        folder = Path(place)
        write_table(folder, rows=2_000)
        disturbance = DISTURBANCES[kind](folder)
        disturbance.before(closing)
        begun = time.monotonic()
        with started(folder, "--time-budget", str(seconds), variables=disturbance.variables) as process:
            moment = seconds * draw.uniform(0.4, 0.6)
            while process.poll() is None and time.monotonic() - begun < moment:
                time.sleep(0.01)
            if process.poll() is None:
                disturbance.in_the_middle(process)
            code = process.wait()
            return code, time.monotonic() - begun


def main():
    """Disturb, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--tries", type=int, default=1)
    options.add_argument("--only", default=",".join(DISTURBANCES))
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    draw = random.Random(given.seed)
    failures = 0
    print("| disturbance | exit | seconds | of the budget | kept |\n|---|---|---|---|---|")
    for kind in given.only.split(","):
        if issubclass(DISTURBANCES[kind], Forward) and faketime() is None:
            print(f"| {kind} | libfaketime is not installed | | | |")
            continue
        for _ in range(given.tries):
            code, taken = disturbed(kind, given.seconds, draw)
            kept = code == 0 and taken <= ALLOWED * given.seconds
            failures += not kept
            said = (
                f"| {kind} | {code} | {taken:.1f} | {100 * taken / given.seconds:.0f} % | {'yes' if kept else 'NO'} |"
            )
            print(said, flush=True)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
