"""Files that are made to stop a reader, at their true size, through the commands themselves: seconds, memory, answer.

Each command is a process of its own with a limit of time and of address space. ``ends`` says whether it came to an
answer: a result, or one error line with its exit code; a traceback (exit code 70), a kill or a timeout is none.

usage: python tests/benchmarks/hostile.py [NAME ...] [--command profile|clean ...] [--seconds 30] [--gibibytes 6]
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

GIBIBYTE = 1024**3
# An answer: done, "no", wrong usage, unusable data.
ANSWERS = (0, 1, 2, 3)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines as they come."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\n" for line in lines)


def wide(path: Path) -> None:
    """Write 100,000 columns of decimals, whole numbers and levels in 20 rows."""
    draws = random.Random(0)
    makers = (
        lambda: f"{draws.random():.4f}",
        lambda: str(draws.randrange(100)),
        lambda: draws.choice(["north", "south", "east"]),
    )
    rows = (",".join(makers[at % 3]() for at in range(100_000)) for _ in range(20))
    write_lines(path, (",".join(f"column_{at}" for at in range(100_000)), *rows))


def large_cell(path: Path) -> None:
    """Write one cell of 50 MB among 100 short rows."""
    rows = [f"{at},x,{2 * at}" for at in range(100)]
    write_lines(path, ["a,b,c", *rows[:50], f"50,{'y' * 50_000_000},100", *rows[50:]])


def open_quote(path: Path) -> None:
    """Open a quote in the first row of 6,000,000 and never close it."""
    write_lines(path, ("a,b,c", '"1,x,2', *(f"{at},x,{at % 7}" for at in range(6_000_000))))


def quoted_lines(path: Path) -> None:
    """Put 8,000,000 lines into one quoted cell."""
    write_lines(path, ("a,b,c", "1,x,2", '2,"', *(f"line {at}" for at in range(8_000_000)), 'end",3', "4,x,5"))


def zip_bomb(path: Path) -> None:
    """Pack 3 GiB of one row that comes again into 3 MB."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("t.csv", "w", force_zip64=True) as out,
    ):
        out.write(b"a,b\n")
        for _ in range(3_072):
            out.write(b"1,2\n" * (GIBIBYTE // 1024 // 4))


def sparse(path: Path) -> None:
    """Make a file of 5 GiB that was never written."""
    path.touch()
    os.truncate(path, 5 * GIBIBYTE)


def sparse_behind_rows(path: Path) -> None:
    """Make the same with 1,000 good rows at its start."""
    write_lines(path, ("a,b,c", *(f"{at},x,{at % 7}" for at in range(1_000))))
    os.truncate(path, 5 * GIBIBYTE)


def odd_names(path: Path) -> None:
    """Write column names that steer a terminal, are markup, or cannot be printed, and formulas as cells."""
    names = [
        "\x1b[31mred\x1b[0m",
        "\x1b]0;title\x07",
        "<script>alert(1)</script>",
        "[bold]x[/bold]",
        "\u202eabc",
        "\x08\x7f",
    ]
    cells = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "<img src=x onerror=alert(1)>", "\x1b[2J"]
    write_lines(path, [",".join(names), *(",".join(cells[at % 6 :] + cells[: at % 6]) for at in range(200))])


FILES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "100,000 columns": ("wide.csv", wide),
    "a cell of 50 MB": ("cell.csv", large_cell),
    "an open quote over 6,000,000 lines": ("open.csv", open_quote),
    "a quoted cell of 8,000,000 lines": ("lines.csv", quoted_lines),
    "a zip bomb of 3 GiB": ("bomb.zip", zip_bomb),
    "a sparse file of 5 GiB": ("sparse.csv", sparse),
    "1,000 rows and 5 GiB of zero bytes": ("rows.csv", sparse_behind_rows),
    "ESC, markup and formulas": ("names.csv", odd_names),
}


@dataclass(frozen=True)
class Run:
    """What a command did: seconds by the clock and of the processor, peak MiB, exit code (None if stopped), output."""

    wall: float
    processor: float
    memory: float
    code: int | None
    says: str

    @property
    def ends(self) -> bool:
        """Whether the command came to an answer, and sent nothing to the terminal that steers it."""
        return self.code in ANSWERS and "\x1b" not in self.says and "Traceback" not in self.says


def run(arguments: list[str], seconds: float, memory: int) -> Run:
    """Run one command within its limits."""
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-m", "automl", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
    )
    try:
        says, code = process.communicate(timeout=seconds)[0], process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        says, code = process.communicate()[0], None
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    # The peak of the largest child so far: files come in a process of their own for a figure of each.
    return Run(time.monotonic() - started, processor, used.ru_maxrss / 1024, code, says)


def command_line(command: str, path: Path) -> list[str]:
    """Return a command on a file, which writes nothing but into the file's folder."""
    return [command, str(path), *(("--output", str(path.with_suffix(".cleaned.csv"))) if command == "clean" else ())]


def measure(name: str, command: str, seconds: float, gibibytes: float) -> None:
    """Make one file, run one command, and print a row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILES[name][0]
        FILES[name][1](path)
        found = run(command_line(command, path), seconds, int(gibibytes * GIBIBYTE))
    line = next((line for line in found.says.splitlines() if line.startswith("error:")), "the table")
    cells = (
        name,
        command,
        f"{found.wall:.1f}",
        f"{found.processor:.1f}",
        f"{found.memory:,.0f}",
        found.code,
        found.ends,
    )
    sys.stdout.write("| " + " | ".join(map(str, (*cells, line.replace(folder, "")[:80]))) + " |\n")
    sys.stdout.flush()


def main() -> None:
    """Measure each file with each command, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"Some of: {', '.join(FILES)}.")
    parser.add_argument("--command", action="append", choices=("profile", "clean"))
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--gibibytes", type=float, default=6)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        measure(options.names[0], options.command[0], options.seconds, options.gibibytes)
        return
    sys.stdout.write(
        "| file | command | seconds | processor | MiB | exit | ends | answer |\n|---|---|---|---|---|---|---|---|\n"
    )
    sys.stdout.flush()
    for name in options.names or FILES:
        for command in options.command or ("profile", "clean"):
            limits = ["--seconds", str(options.seconds), "--gibibytes", str(options.gibibytes)]
            subprocess.run([sys.executable, __file__, name, "--command", command, *limits, "--alone"], check=True)


if __name__ == "__main__":
    main()
