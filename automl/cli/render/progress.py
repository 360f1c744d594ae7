"""Progress of a fit on standard error: live on a terminal, plain lines everywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from automl.cli.options import Common
from automl.cli.render.numbers import duration, score
from automl.cli.render.streams import console, is_terminal, say, visible
from automl.events import Event, Note, PhaseStarted, SearchProgress, Silent, Sink, TrialFinished

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

__all__ = ["LINE_EVERY_SECONDS", "PlainSink", "progress_sink"]

LINE_EVERY_SECONDS = 30.0


@contextmanager
def progress_sink(common: Common) -> Iterator[Sink]:
    """Yield the sink that fits the options and the terminal."""
    if common.quiet:
        yield Silent()
    elif is_terminal(sys.stderr):
        with _live(console(sys.stderr, color=common.color), verbose=common.verbose) as sink:
            yield sink
    else:
        yield PlainSink(verbose=common.verbose)


class PlainSink:
    """One line a phase, and one every 30 seconds while the search runs; with ``verbose`` one a trial."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose
        self._last_line = time.monotonic()

    def emit(self, event: Event) -> None:
        """Print one event, unless it is too soon after the last line of progress."""
        match event:
            case PhaseStarted() | Note():
                self._print(_line(event))
            case TrialFinished() if self._verbose:
                self._print(_line(event))
            case SearchProgress() if time.monotonic() - self._last_line >= LINE_EVERY_SECONDS:
                self._print(_line(event))

    def _print(self, line: str) -> None:
        self._last_line = time.monotonic()
        say(line)


class _LiveSink:
    """Lines for phases and notes above one live line that says where the search stands."""

    def __init__(self, terminal: Console, status: Status, *, verbose: bool) -> None:
        self._terminal = terminal
        self._status = status
        self._verbose = verbose

    def emit(self, event: Event) -> None:
        """Draw one event."""
        from rich.text import Text

        match event:
            case PhaseStarted():
                name, separator, detail = _line(event).partition(": ")
                self._terminal.print(Text.assemble((name, "bold"), separator, detail))
                self._status.update(Text(f"{visible(event.name)} …"))
            case Note():
                self._terminal.print(Text(_line(event), style="yellow" if event.warning else "dim"))
            case TrialFinished() if self._verbose:
                self._terminal.print(Text(_line(event), style="dim"))
            case SearchProgress():
                self._status.update(Text(_line(event)))


@contextmanager
def _live(terminal: Console, *, verbose: bool) -> Iterator[Sink]:
    with terminal.status("starting …", spinner="dots", refresh_per_second=4) as status:
        yield _LiveSink(terminal, status, verbose=verbose)


def _line(event: Event) -> str:
    """Return what a line says about an event."""
    match event:
        case PhaseStarted():
            return visible(f"{event.name}: {event.detail}" if event.detail else event.name)
        case Note():
            return visible(f"warning: {event.message}" if event.warning else event.message)
        case TrialFinished():
            outcome = f"score {score(event.score)}" if event.status == "ok" else event.status
            return visible(f"trial {event.number}: {event.family}, {outcome}, {duration(event.seconds)}")
        case SearchProgress():
            parts = ["1 candidate" if event.trials == 1 else f"{event.trials:,} candidates"]
            if event.best_score is not None:
                parts.append(f"best score {score(event.best_score)}")
            if event.seconds_left is not None:
                parts.append(f"{duration(event.seconds_left)} left")
            if event.trying:
                parts.append(f"trying {', '.join(event.trying)}")
            return visible(", ".join(parts))
