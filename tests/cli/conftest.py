"""A command run in this process: what it printed and the code it ended with."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from browser import open_browser

from automl.cli.run import run


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The text after ``error:``; there is exactly one such line."""
        (line,) = (line for line in self.err.splitlines() if line.startswith("error: "))
        return line.removeprefix("error: ")

    @property
    def hint(self) -> str:
        (line,) = (line for line in self.err.splitlines() if line.startswith("hint: "))
        return line.removeprefix("hint: ")


@pytest.fixture
def automl(capsys, tmp_path, monkeypatch):
    """Run ``automl`` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Outcome:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def page():
    """A tab of headless Chromium."""
    with open_browser() as opened:
        yield opened
