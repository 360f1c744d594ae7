"""Files with bytes changed at random, from the sample data and from tables in many dialects: what becomes of each.

A file survives where it is refused by an error of ours, or read and typed, within 30 processor seconds; and where
there is no finding, only with the cells that the standard library reads in the dialect found. What happened to each
other file is printed, and the file kept in FOLDER.

usage: python tests/benchmarks/fuzzing.py [--tries 10000] [--seed 0] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tables"))

from messy import messy_file  # noqa: E402
from mutations import mutated  # noqa: E402

from automl.errors import AutomlError  # noqa: E402
from automl.tables import Table, infer_schema, read_table, typing_findings  # noqa: E402
from automl.tables.applying import apply_schema  # noqa: E402

SAMPLES = ROOT / "sample_data"
SECONDS = 30
SAMPLE_BYTES = 60_000


def originals(seed: int) -> bytes:
    """Return the file to change: every second time one of the sample data, whole or its beginning."""
    draws = random.Random(seed)
    if draws.random() < 0.5:
        return messy_file(seed).content
    samples = sorted(SAMPLES.glob("*.csv"))
    content = draws.choice(samples).read_bytes()
    return content if draws.random() < 0.1 else content[: draws.randrange(200, SAMPLE_BYTES)]


def attempt(path: Path) -> str:
    """Read and type a file; return what became of it."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        table = read_table(path)
        schema = infer_schema(table)
        typing_findings(table, schema)
        apply_schema(table, schema)
    except AutomlError:
        return "refused"
    except TimeoutError:
        return "slow"
    except Exception as error:  # noqa: BLE001 - every other error is what is looked for
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return "read" if table.findings or is_as_written(path, table) else "changed without a finding"


def is_as_written(path: Path, table: Table) -> bool:
    """Whether the standard library reads the same cells with the dialect that was found."""
    dialect = table.dialect
    if len(dialect.delimiter) > 1:
        return True
    text = path.read_bytes().decode(dialect.encoding)
    if dialect.escape:
        # The standard library drops an escape before any character; before one that needs none it is a character.
        needing = re.escape(dialect.escape + dialect.quote + dialect.delimiter)
        text = re.sub(rf"({re.escape(dialect.escape)}[{needing}\r\n])|({re.escape(dialect.escape)})", _doubled, text)
    parser = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape or None,
        doublequote=dialect.escape != dialect.quote,
        skipinitialspace=dialect.delimiter != " ",
    )
    rows = [row for row in parser if row][dialect.header_rows :]
    return [[cell.strip() for cell in row] for row in rows] == [
        [cell.strip() for cell in row] for row in table.cells.to_numpy().tolist()
    ]


def _doubled(found: re.Match[str]) -> str:
    return found[1] or 2 * found[2]


def stop(_number: int, _frame: object) -> None:
    """End an attempt that takes too long."""
    raise TimeoutError


def main() -> None:
    """Try, count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    signal.signal(signal.SIGPROF, stop)
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "changed.csv"
        for seed in range(arguments.seed, arguments.seed + arguments.tries):
            content = mutated(originals(seed), seed)
            path.write_bytes(content)
            outcome = attempt(path)
            outcomes[outcome if outcome in ("read", "refused") else "failed"] += 1
            if outcome not in ("read", "refused"):
                sys.stdout.write(f"seed {seed}: {outcome}\n")
                sys.stdout.flush()
                if arguments.keep:
                    (arguments.keep / f"{seed}.csv").write_bytes(content)
    survived = outcomes["read"] + outcomes["refused"]
    sys.stdout.write(f"{arguments.tries:,} tried, {survived:,} survived ({outcomes['refused']:,} refused)\n")


if __name__ == "__main__":
    main()
