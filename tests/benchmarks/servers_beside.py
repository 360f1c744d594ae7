"""``automl serve`` beside ``mlflow models serve`` and BentoML: the same model, asked the same rows.

usage: python tests/benchmarks/servers_beside.py FOLDER --automl PYTHON --mlflow PYTHON --bentoml PYTHON [--turns 3]
    [--seconds 20] [--model FILE]

PYTHON is the interpreter of an environment in which automl-cli is installed: with the extra ``serve``; with the extra
``mlflow``; with the extra ``mlflow`` and bentoml. FOLDER gets a model of one booster of telecom_churn unless
``--model`` is given, what ``automl export --to mlflow`` makes of it, BentoML's store with that, and each server's log.

Each server comes as its guide starts it, one worker each, and is asked in turn (A B C D A B C D ...), each time started
anew: seconds until it answers; one row a request, 100 requests a second sent on time (fewer where it cannot keep up);
one row a request over 16 connections of wrk, as fast as it answers; 1,000 rows a request. Each row has its numbers as
numbers and all else as texts. Told are medians of the turns, with the processor's time, which depends less on what else
runs on the machine. Then what the servers answer of all rows is held against what automl's says.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from serving import JSON, SAMPLE, Paced, Target, ask_without_pause, fitted, seconds_of_batches, send_on_time

from automl.bundle import load_model
from automl.tables import read_table
from automl.tables.schema import ColumnKind

HERE = Path(__file__).resolve().parent
INSTALLED = HERE / "monitors" / "installed.py"
SERVICES = HERE / "servers"
RATES = (100, 50, 20, 5)
KEPT_UP = 1_000.0
BATCHES = 30
STARTS_WITHIN = 600.0
IMPORT = "import sys, bentoml; bentoml.mlflow.import_model('churn', sys.argv[1])"

Row = dict[str, Any]


@dataclass(frozen=True)
class Contender:
    """A server: its interpreter, how it is started and asked, and where in its answer the rows are."""

    name: str
    python: str
    words: tuple[str | Path, ...]
    path: str
    body: Callable[[list[Row]], Any]
    answers: Callable[[Any], list[Row]]

    @contextmanager
    def running(self, folder: Path, rows: list[Row]) -> Iterator[tuple[Target, float]]:
        """Start it; yield where it is asked, and the seconds until it answered."""
        port = free_port()
        words = [str(word).replace("PORT", str(port)) for word in self.words]
        begun = time.perf_counter()
        with (folder / f"{self.name}.log").open("wb") as log:
            process = subprocess.Popen(
                [self.python, "-m", *words],
                stdout=log,
                stderr=log,
                env=environment(self.python, folder),
                cwd=SERVICES,
                start_new_session=True,
            )
        one, many = (json.dumps(self.body(rows[:count])).encode() for count in (1, 1_000))
        target = Target(f"http://127.0.0.1:{port}{self.path}", one, many, process.pid)
        try:
            wait_for(target, process)
            yield target, time.perf_counter() - begun
        finally:
            end(process)


@dataclass(frozen=True)
class Turn:
    """What one start of a server gave; delays in milliseconds, processor's time in milliseconds a request."""

    seconds_to_answer: float
    idle_megabytes: float
    rate: float
    p50: float
    p90: float
    p99: float
    errors: int
    requests_a_second: float
    errors_of_wrk: int
    processor_ms: float
    rows_a_second: float
    processor_ms_of_batch: float
    megabytes: float


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def environment(python: str, folder: Path) -> dict[str, str]:
    """Return the variables of an environment that has been activated, and where BentoML keeps its models."""
    path = f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "BENTOML_HOME": str(folder / "bentoml"), "BENTOML_DO_NOT_TRACK": "True"}


def wait_for(target: Target, process: subprocess.Popen[bytes]) -> None:
    """Wait until a row is answered."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            if target.ask(target.connect(), target.one) == 200:
                return
        except OSError:
            pass
        time.sleep(0.02)
    sys.exit(f"{target.url} does not answer 200")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server and all that it started."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    os.killpg(process.pid, signal.SIGTERM)
    _, left = psutil.wait_procs(family, timeout=30)
    for each in left:
        each.kill()
    process.wait(30)


def processor_seconds(target: Target) -> float:
    """Return what a server's processes that are running have taken."""
    process = psutil.Process(target.process)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def measure(target: Target, started: float, seconds: float) -> Turn:
    """Ask a server in each way."""
    idle = target.megabytes()
    before = processor_seconds(target)
    soaked = ask_without_pause(target, int(seconds))
    between = processor_seconds(target)
    batches = seconds_of_batches(target, BATCHES)
    after = processor_seconds(target)
    rate, paced = rate_that_it_keeps(target, seconds, soaked.rate)
    return Turn(
        seconds_to_answer=started,
        idle_megabytes=idle,
        rate=rate,
        p50=paced.percentile(50),
        p90=paced.percentile(90),
        p99=paced.percentile(99),
        errors=int(rate * seconds) - paced.statuses[200],
        requests_a_second=soaked.rate,
        errors_of_wrk=soaked.failed,
        processor_ms=1_000 * (between - before) / max(soaked.done, 1),
        rows_a_second=1_000 / statistics.median(batches),
        processor_ms_of_batch=1_000 * (after - between) / (BATCHES + 1),
        megabytes=target.megabytes(),
    )


def rate_that_it_keeps(target: Target, seconds: float, most: float) -> tuple[float, Paced]:
    """Return the highest of the rates at which 99 of 100 are answered within a second, and what came of it.

    Above ``most``, what it answers over many connections, none is tried but the lowest.
    """
    for rate in [each for each in RATES if each < most] or RATES[-1:]:
        paced = send_on_time(target, rate, seconds)
        if paced.delays and paced.percentile(99) < KEPT_UP:
            break
        print(f"    does not keep up with {rate} requests/s", flush=True)
    return rate, paced


def contenders_of(options: argparse.Namespace, model: Path, exported: Path) -> list[Contender]:
    """Return the servers, ours first."""
    of_bentoml = ("bentoml", "serve", "service_of_bentoml:Churn", "--host", "127.0.0.1", "--port", "PORT")
    return [
        Contender(
            "automl serve",
            options.automl,
            ("automl", "serve", model, "--port", "PORT"),
            "/predict",
            lambda rows: {"records": rows},
            lambda answer: list(answer["predictions"]),
        ),
        Contender(
            "mlflow models serve",
            options.mlflow,
            ("mlflow", "models", "serve", "-m", exported, "-p", "PORT", "--env-manager", "local"),
            "/invocations",
            lambda rows: {"dataframe_split": {"columns": list(rows[0]), "data": [list(row.values()) for row in rows]}},
            lambda answer: list(answer["predictions"]),
        ),
        Contender("BentoML", options.bentoml, of_bentoml, "/predict", lambda rows: {"rows": rows}, list),
        Contender(
            "BentoML, batchable", options.bentoml, of_bentoml, "/predict_together", lambda rows: {"rows": rows}, list
        ),
    ]


def rows_of(path: Path) -> list[Row]:
    """Return the sample table's rows as programs send them, those first that miss nothing."""
    model, table = load_model(path), read_table(SAMPLE)
    numbers = model.read(table).frame
    columns = {
        name: [None if value != value else value for value in numbers[name].tolist()]
        if model.schema.column(name).kind is ColumnKind.NUMERIC
        else table.cells[name].tolist()
        for name in model.required_columns
    }
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return sorted(rows, key=lambda row: None in row.values())


def told_of_all(contender: Contender, target: Target, rows: list[Row]) -> list[Row]:
    """Return what a server says of every row, a thousand at a time."""
    said: list[Row] = []
    connection = target.connect()
    for start in range(0, len(rows), 1_000):
        body = json.dumps(contender.body(rows[start : start + 1_000])).encode()
        connection.request("POST", contender.path, body, JSON)
        said += contender.answers(json.load(connection.getresponse()))
    return said


def differences(ours: list[Row], theirs: list[Row]) -> str:
    """Return how many labels differ, and by how much the numbers do at most."""
    labels = sum(one["prediction"] != other["prediction"] for one, other in zip(ours, theirs, strict=True))
    names = [name for name in ours[0] if name.startswith("proba_")]
    largest = max(abs(one[name] - other[name]) for one, other in zip(ours, theirs, strict=True) for name in names)
    return f"{len(ours):,} rows: {labels} labels differ, probabilities by at most {largest:.1e}"


def table_of(turns: dict[str, list[Turn]], installed: dict[str, str]) -> Iterator[str]:
    """Yield the lines of a table of medians, as Markdown."""
    middle = {
        name: {key: statistics.median(asdict(turn)[key] for turn in each) for key in asdict(each[0])}
        for name, each in turns.items()
    }
    shown: dict[str, Callable[[dict[str, float]], str]] = {
        "p50, ms": lambda turn: f"{turn['p50']:.1f}",
        "p90, ms": lambda turn: f"{turn['p90']:.1f}",
        "p99, ms": lambda turn: f"{turn['p99']:.1f}",
        "one row, 16 connections, requests/s": lambda turn: f"{turn['requests_a_second']:,.0f}",
        "of them, processor ms a request": lambda turn: f"{turn['processor_ms']:.2f}",
        "1,000 rows a request, rows/s": lambda turn: f"{turn['rows_a_second']:,.0f}",
        "of them, processor ms a request ": lambda turn: f"{turn['processor_ms_of_batch']:.1f}",
        "MB of all processes at first": lambda turn: f"{turn['idle_megabytes']:.0f}",
        "MB afterwards": lambda turn: f"{turn['megabytes']:.0f}",
        "seconds until it answers": lambda turn: f"{turn['seconds_to_answer']:.1f}",
    }
    yield f"| | {' | '.join(middle)} |"
    yield f"|---|{'---:|' * len(middle)}"
    rates = {name: sorted({turn.rate for turn in each}) for name, each in turns.items()}
    sent = [" and ".join(f"{rate:g}" for rate in each) for each in rates.values()]
    yield f"| one row, requests a second sent | {' | '.join(sent)} |"
    for title, tell in shown.items():
        yield f"| {title.strip()} | {' | '.join(tell(each) for each in middle.values())} |"
    errors = [sum(turn.errors + turn.errors_of_wrk for turn in each) for each in turns.values()]
    yield f"| errors, all turns | {' | '.join(map(str, errors))} |"
    yield f"| installed | {' | '.join(installed[name] for name in middle)} |"
    ours, *others = middle.values()
    for key, title in (("requests_a_second", "requests/s"), ("rows_a_second", "rows/s")):
        ratios = [f"{ours[key] / each[key]:.1f}" for each in others]
        yield f"| ours has so many times its {title} | 1 | {' | '.join(ratios)} |"
    of_ours, *of_others = rates.values()
    ratios = [
        f"{each['p50'] / ours['p50']:.1f}" if each_sent == of_ours else "other rate"
        for each, each_sent in zip(others, of_others, strict=True)
    ]
    yield f"| its p50 is so many times ours | 1 | {' | '.join(ratios)} |"


def compare(contenders: list[Contender], folder: Path, rows: list[Row], options: argparse.Namespace) -> None:
    """Let each server have its turns, and print what they gave."""
    turns: dict[str, list[Turn]] = {contender.name: [] for contender in contenders}
    answers: dict[str, list[Row]] = {}
    for number in range(options.turns):
        for contender in contenders:
            with contender.running(folder, rows) as (target, started):
                turn = measure(target, started, options.seconds)
                if number == 0:
                    answers[contender.name] = told_of_all(contender, target, rows)
            turns[contender.name].append(turn)
            figures = ", ".join(f"{key} {value:.4g}" for key, value in asdict(turn).items())
            print(f"{contender.name}, turn {number + 1}, load {os.getloadavg()[0]:.1f}: {figures}", flush=True)
    installed = {each.name: subprocess.check_output([each.python, INSTALLED], text=True).strip() for each in contenders}
    print(*table_of(turns, installed), sep="\n")
    ours, *others = answers
    for name in others:
        print(f"{name}: {differences(answers[ours], answers[name])}")


def main() -> None:
    """Export the model for the others, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    for name in ("automl", "mlflow", "bentoml"):
        parser.add_argument(f"--{name}", required=True, metavar="PYTHON")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    model = options.model.resolve() if options.model else fitted(folder)
    exported = folder / "churn_mlflow"
    words = ["export", model, exported, "--to", "mlflow", "--overwrite", "--quiet"]
    subprocess.run([options.mlflow, "-m", "automl", *words], check=True)
    variables = environment(options.bentoml, folder)
    subprocess.run([options.bentoml, "-c", IMPORT, exported], check=True, env=variables)
    compare(contenders_of(options, model, exported), folder, rows_of(model), options)


if __name__ == "__main__":
    main()
