"""Let many processes write one run log at once, kill some of them, and count what is there in the end.

python tests/faults/concurrent_runs.py [--processes 200] [--kills 40] [--lines 2] [--seed 0]

Each process says every line that it has written. In the end the file must be whole, every line said must be there,
and of each process that was killed at most one line more.
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from automl.operate.run_log import read_runs

WRITER = """
import sys
from pathlib import Path
from automl.operate.run_log import Run, append_run
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    append_run(Path(sys.argv[1]), Run("fit", "2026-01-01T00:00:00+00:00", 1.0, 0, target=f"{sys.argv[3]} {number}"))
    print(f"{sys.argv[3]} {number}", flush=True)
"""


def start(path, lines, name):
    """Start a process that writes once it is told to."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(lines), str(name)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def write_all(path, given):
    """Let all write at once, kill some at moments of their own; return what each said and how many were killed."""
    draw = random.Random(given.seed)
    writers = [start(path, given.lines, name) for name in range(given.processes)]
    for each in writers:
        each.stdout.readline()
    for each in writers:
        each.stdin.write("\n")
        each.stdin.flush()
    for each in draw.sample(writers, given.kills):
        time.sleep(draw.uniform(0, 0.2))
        each.kill()
    said = [each.communicate()[0].splitlines() for each in writers]
    return said, sum(each.returncode == -9 for each in writers), sum(each.returncode > 0 for each in writers)


def main():
    """Write, and say what is there."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--processes", type=int, default=200)
    options.add_argument("--kills", type=int, default=40)
    options.add_argument("--lines", type=int, default=2)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite"
        began = time.monotonic()
        said, killed, failed = write_all(path, given)
        seconds = time.monotonic() - began
        with closing(sqlite3.connect(path)) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = [run.target for run in read_runs(path)]
    lines = [line for each in said for line in each]
    lost = len(set(lines) - set(found))
    more = len(found) - len(lines)
    print(f"{given.processes} processes, {killed} killed, {failed} failed, {seconds:.1f} s; file whole: {whole}")
    print(f"{len(lines)} lines said, {len(found)} found, {lost} lost, {more} more by those killed")
    sys.exit(not whole or lost > 0 or failed > 0 or not 0 <= more <= killed or len(set(found)) < len(found))


if __name__ == "__main__":
    main()
