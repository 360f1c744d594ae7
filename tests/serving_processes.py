"""A server in a process of its own, on a free port, and a client without anything but the standard library."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Answer", "Server", "needs_serving", "running"]

_PATIENCE_SECONDS = 60
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, str]:
        return dict(self.json["error"])


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_SECONDS)

    def ask(self, method: str, path: str, body: Any = None, kind: str = JSON, **headers: str) -> Answer:
        content = body if body is None or isinstance(body, bytes | str) else json.dumps(body)
        sent = {} if content is None else {"Content-Type": kind}
        connection = self.connect()
        try:
            connection.request(method, path, content, sent | headers)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, kind: str = JSON, **headers: str) -> Answer:
        return self.ask("POST", path, body, kind, **headers)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE_SECONDS)

    def wait_for_log(self, text: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while text not in self.log.read_text():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)


def needs_serving() -> None:
    """Skip where the extra is not installed; CI must not."""
    for name in ("starlette", "uvicorn", "httptools"):
        if not os.environ.get("CI"):
            pytest.importorskip(name, reason=f"{name} of the extra 'serve' is not installed")


@contextmanager
def running(folder: Path, *arguments: object) -> Iterator[Server]:
    """Start ``automl serve`` on a free port, wait until it listens, and end it with the block."""
    needs_serving()
    log = folder / f"server-{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "automl", "serve", "--port", "0", *map(str, arguments)]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream)
    try:
        yield Server(process, _port(process, log), log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = re.search(r"listening on http://\S+:(\d+)", log.read_text())
        if found:
            return int(found[1])
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())
