"""Opens a page in headless Chromium over the DevTools pipe: plain Python, no driver, no port, no extra package.

Chromium reads commands on file descriptor 3 and answers on 4; each message is JSON, ended by a NUL byte.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Page", "Visit", "axe_script", "chromium_path", "complaints_about", "open_browser", "serious_violations"]

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_PATIENCE_SECONDS = 60.0


@dataclass
class Visit:
    """What happened while a page was open: its complaints and the addresses it asked for, its own left out."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


class Page:
    """One open tab that speaks the DevTools protocol."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self._events: list[dict[str, Any]] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def open(self, place: Path | str, width: int, scheme: str = "light") -> Visit:
        """Load a file or an address at a window width in CSS pixels and a colour scheme; return what happened."""
        address = place if isinstance(place, str) else place.as_uri()
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._events.clear()
        self._call("Page.navigate", url=address)
        self._wait_for("Page.loadEventFired")
        self.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))")
        return self._visit(address)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; promises are awaited."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def screenshot(self, file: Path) -> None:
        """Write a picture of the whole page as PNG."""
        answer = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(answer["data"]))

    def close_browser(self) -> None:
        """Ask the browser to end."""
        self._session = None
        self._send("Browser.close", {})

    def _visit(self, own: str) -> Visit:
        visit = Visit()
        for event in self._events:
            details = event.get("params", {})
            match event["method"]:
                case "Runtime.consoleAPICalled" if details["type"] in ("error", "warning", "assert"):
                    visit.complaints.append(json.dumps(details["args"]))
                case "Runtime.exceptionThrown":
                    visit.complaints.append(details["exceptionDetails"]["text"])
                case "Log.entryAdded":
                    visit.complaints.append(details["entry"]["text"])
                case "Network.requestWillBeSent":
                    address = details["request"]["url"]
                    if address != own and not address.startswith("data:"):
                        visit.requests.append(address)
        return visit

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = self._send(method, parameters)
        while True:
            message = self._receive()
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                return dict(message["result"])
            self._events.append(message)

    def _send(self, method: str, parameters: dict[str, Any]) -> int:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        return self._number

    def _wait_for(self, method: str) -> None:
        while not any(event["method"] == method for event in self._events):
            self._events.append(self._receive())

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            received = os.read(self._answers, 1 << 20) if ready else b""
            assert received, "Chromium did not answer or ended"
            self._buffer += received
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))


def chromium_path() -> str:
    """Return where Chromium is; without it skip the test, or fail it where ``CI`` is set."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    if os.environ.get("CI"):
        pytest.fail("Chromium is not installed, and CI must not skip the browser tests.")
    pytest.skip("Chromium is not installed.")


def axe_script() -> str:
    """Return the text of axe-core, which ``AXE_CORE`` points at; without it skip the test, or fail it in CI."""
    path = os.environ.get("AXE_CORE", "")
    if path and Path(path).is_file():
        return Path(path).read_text(encoding="utf-8")
    if os.environ.get("CI"):
        pytest.fail("AXE_CORE does not point at axe.min.js, and CI must not skip the accessibility tests.")
    pytest.skip("AXE_CORE does not point at axe.min.js of npm's axe-core.")


def serious_violations(page: Page) -> list[str]:
    """Unfold the open page and return what axe-core finds serious or worse, with the elements it is found in."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate(axe_script() + ";0")
    return list(page.evaluate(_RUN_AXE))


def complaints_about(page: Page, file: Path) -> list[str]:
    """Return what is wrong with a page on a desk and on a phone, in light and dark, everything unfolded.

    That is what the browser says, what it asks for, what is wider than the window, and what axe-core finds serious.
    """
    found = []
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            visit = page.open(file, width, scheme)
            found += [*visit.complaints, *visit.requests, *serious_violations(page)]
            shown = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{shown} pixels wide in a window of {width}"] if shown > width else []
    return found


_RUN_AXE = """axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations
  .filter(each => ["serious", "critical"].includes(each.impact))
  .flatMap(each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`)))"""


@contextmanager
def open_browser() -> Iterator[Page]:
    """Start Chromium with a fresh profile, and end it and everything it left when the block ends."""
    program = chromium_path()
    read_commands, write_commands = os.pipe()
    read_answers, write_answers = os.pipe()
    with tempfile.TemporaryDirectory(prefix="automl-browser-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [*_trampoline(read_commands, write_answers), program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(read_commands, write_answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(read_commands)
        os.close(write_answers)
        try:
            page = Page(write_commands, read_answers)
            yield page
            page.close_browser()
        finally:
            _end(process)
            os.close(write_commands)
            os.close(read_answers)


def _trampoline(commands: int, answers: int) -> list[str]:
    """Return the start of a command line that moves two open files to 3 and 4 and then becomes the rest of it."""
    moves = (
        "import fcntl, os, sys; "
        "high = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]; "
        "[os.dup2(number, place) for number, place in zip(high, (3, 4))]; "
        "os.execv(sys.argv[3], sys.argv[3:])"
    )
    return [sys.executable, "-c", moves, str(commands), str(answers)]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait briefly for the browser's own end, then end its process group."""
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait(timeout=10)
