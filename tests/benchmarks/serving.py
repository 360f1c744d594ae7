"""How fast ``serve`` answers, whether it stays the same over a hundred thousand requests, and what it does when abused.

usage: python tests/benchmarks/serving.py [pace] [soak] [batches] [abuse] [--model FILE] [--body FILE]
    [--seconds 60] [--requests 100000] [--url URL --process ID]

A model of one booster is fitted to telecom_churn unless ``--model`` is given. Server and client run on one machine,
over loopback.
pace: 100 requests of one row a second, sent on time whether or not earlier ones were answered.
soak: as many as the server takes, from 16 connections of wrk, with the server's memory along the way.
batches: 1,000 rows a request from one connection.
abuse: slow clients, huge and broken bodies, 500 connections at once; each with what it was answered.
``--url`` measures another server that is running, for pace, soak and batches, with the bodies given by ``--body``.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data" / "telecom_churn.csv"
JSON = {"Content-Type": "application/json"}
PARTS = ("pace", "soak", "batches", "abuse")
RATE = 100
CLIENTS = 32


@dataclass(frozen=True)
class Target:
    """A server to ask: where it is, what it is asked for one row and for a thousand, and its process."""

    url: str
    one: bytes
    many: bytes
    process: int

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection that stays open."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, connection: http.client.HTTPConnection, body: bytes) -> int:
        """Return the status of an answer that was read to its end."""
        connection.request("POST", urlsplit(self.url).path, body, JSON)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def megabytes(self) -> float:
        """Return the memory of the process and its children that no other process shares."""
        process = psutil.Process(self.process)
        family = [process, *process.children(recursive=True)]
        return sum(each.memory_full_info().uss for each in family) / 1024**2


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=list(PARTS))
    parser.add_argument("--model", type=Path)
    parser.add_argument("--body", type=Path, nargs=2, metavar=("ONE", "MANY"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--url")
    parser.add_argument("--process", type=int)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, target_of(options, Path(folder)) as target:
        for part in options.parts:
            {"pace": pace, "soak": soak, "batches": batches, "abuse": abuse}[part](target, options)


@contextmanager
def target_of(options: argparse.Namespace, folder: Path) -> Iterator[Target]:
    """Start a server of ours, unless another is named."""
    if options.url:
        one, many = (file.read_bytes() for file in options.body)
        yield Target(options.url, one, many, options.process)
        return
    model = options.model or fitted(folder)
    log = folder / "server.log"
    command = [sys.executable, "-m", "automl", "serve", str(model), "--port", "0", "--max-waiting", "600"]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
    try:
        while not (found := re.search(r"listening on (http://\S+),", log.read_text())):
            if process.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.1)
        rows = example_rows()
        bodies = (json.dumps({"records": rows[:count]}).encode() for count in (1, 1_000))
        yield Target(f"{found[1]}/predict", *bodies, process.pid)
    finally:
        process.terminate()
        print(f"ended with {process.wait(60)}")


def fitted(folder: Path) -> Path:
    """Fit one booster to the sample table."""
    model = folder / "churn.automl"
    words = ("--optimize", "speed", "--families", "lightgbm", "--trials", "10", "--no-report", "--no-log", "--quiet")
    command = [sys.executable, "-m", "automl", "fit", SAMPLE, "--target", "churn", "--output", model, *words]
    subprocess.run(command, check=True)
    return model


def example_rows() -> list[dict[str, str]]:
    """Return the sample table's rows as texts."""
    from automl.tables import read_table

    return list(read_table(SAMPLE).cells.drop(columns=["churn"]).to_dict("records"))


@dataclass(frozen=True)
class Paced:
    """What came of requests sent on time: seconds from when each was due to its answer, and the statuses."""

    delays: list[float]
    statuses: Counter[int]

    def percentile(self, at: float) -> float:
        """Return the delay in milliseconds that a percentage of the requests kept within."""
        ordered = sorted(self.delays)
        return 1_000 * ordered[min(len(ordered) - 1, int(len(ordered) * at / 100))]


@dataclass(frozen=True)
class Soaked:
    """What wrk saw of a server that it asked as fast as it got answers."""

    done: int
    failed: int
    rate: float
    latency: tuple[str, ...]


def pace(target: Target, options: argparse.Namespace) -> None:
    """Send at a constant rate."""
    paced = send_on_time(target, RATE, options.seconds)
    print(f"pace: {RATE} requests/s for {options.seconds:g} s: {told(paced.delays)}; statuses {dict(paced.statuses)}")


def send_on_time(target: Target, rate: float, seconds: float) -> Paced:
    """Send at a constant rate; a delay counts from when a request was due, so that a pause of the server shows."""
    paced = Paced([], Counter())
    local, lock = threading.local(), threading.Lock()
    connections = []

    def send(due: float) -> None:
        if not hasattr(local, "connection"):
            local.connection = target.connect()
            connections.append(local.connection)
        status = target.ask(local.connection, target.one)
        with lock:
            paced.delays.append(time.perf_counter() - due)
            paced.statuses[status] += 1

    # What is timed is the server: this process, which has read a table, would stop for 40 ms now and then.
    gc.collect()
    gc.freeze()
    with ThreadPoolExecutor(CLIENTS) as clients:
        begun = time.perf_counter() + 0.5
        for number in range(int(seconds * rate)):
            due = begun + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            clients.submit(send, due)
    for each in connections:
        each.close()
    return paced


def told(delays: list[float]) -> str:
    """Return percentiles in milliseconds."""
    paced = Paced(delays, Counter())
    parts = [f"p{at:g} {paced.percentile(at):.1f}" for at in (50, 90, 99, 99.9)]
    return f"{', '.join(parts)}, max {1_000 * max(delays):.1f} ms"


def soak(target: Target, options: argparse.Namespace) -> None:
    """Ask as often as the server can answer, until there were enough."""
    done, failed = 0, 0
    while done < options.requests:
        soaked = ask_without_pause(target, 20)
        done, failed = done + soaked.done, failed + soaked.failed
        print(
            f"soak: {done:,} requests, {failed} failed, {soaked.rate:.2f}/s, p50 and p99 {soaked.latency}, "
            f"{target.megabytes():.1f} MB"
        )


def ask_without_pause(target: Target, seconds: int) -> Soaked:
    """Let wrk ask for one row at a time over 16 connections, each as soon as it was answered."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(
            f'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = {lua(target.one)}\n'
        )
        script.flush()
        command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-s", script.name, target.url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    latency = re.search(r"^\s+50%\s+(\S+)[\s\S]*^\s+99%\s+(\S+)", said, re.MULTILINE)
    return Soaked(
        done=int(re.search(r"(\d+) requests in", said)[1]),  # type: ignore[index]
        failed=(int(wrong[1]) if wrong else 0) + (sum(map(int, broken.groups())) if broken else 0),
        rate=float(re.search(r"Requests/sec:\s+(\S+)", said)[1]),  # type: ignore[index]
        latency=latency.groups() if latency else (),
    )


def lua(content: bytes) -> str:
    """Return a text of Lua."""
    return "[==[" + content.decode() + "]==]"


def batches(target: Target, options: argparse.Namespace) -> None:
    """Ask for a thousand rows at a time."""
    seconds = seconds_of_batches(target, 30)
    middle = statistics.median(seconds)
    print(f"batches: 1,000 rows in {1_000 * middle:.1f} ms: {1_000 / middle:,.0f} rows/s; {told(seconds)}")


def seconds_of_batches(target: Target, count: int) -> list[float]:
    """Return how long each of many requests of a thousand rows took, one after the other."""
    connection = target.connect()
    target.ask(connection, target.many)
    seconds = []
    for _ in range(count):
        begun = time.perf_counter()
        assert target.ask(connection, target.many) == 200
        seconds.append(time.perf_counter() - begun)
    return seconds


def abuse(target: Target, options: argparse.Namespace) -> None:
    """Do what no client should, and see that others are still answered."""
    parts = urlsplit(target.url)
    place = (str(parts.hostname), int(parts.port or 80))
    head = f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()

    def still_answers(what: str, said: object) -> None:
        begun = time.perf_counter()
        status = target.ask(target.connect(), target.one)
        print(f"abuse: {what}: {said}; others: {status} in {1_000 * (time.perf_counter() - begun):.1f} ms")

    slow = [socket.create_connection(place) for _ in range(400)]
    for each in slow:
        each.sendall(head + b"Content-Length: 1000\r\n\r\n{")
    still_answers("400 bodies that never come", "open")
    for each in slow:
        each.close()
    connection = target.connect()
    try:
        said: object = target.ask(connection, b" " * 200_000_000)
    except OSError as error:
        said = type(error).__name__
    still_answers("a body of 200 MB", said)
    wrong = (b"{", b"\xff", b"[" * 100_000, b"null", b'{"records":5}')
    broken = Counter(target.ask(target.connect(), body) for body in wrong)
    still_answers("broken bodies", dict(broken))
    with ThreadPoolExecutor(500) as clients:
        statuses = Counter(clients.map(lambda _: target.ask(target.connect(), target.one), range(500)))
    still_answers("500 connections at once", dict(statuses))
    endless = socket.create_connection(place)
    try:
        endless.sendall(head + b"X: " + b"x" * 50_000_000)
        said = endless.recv(100)
    except OSError as error:
        said = type(error).__name__
    still_answers("a header of 50 MB", said)
    print(f"abuse: memory afterwards {target.megabytes():.1f} MB")


if __name__ == "__main__":
    main()
