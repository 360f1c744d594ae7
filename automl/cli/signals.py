"""Signals: the first asks a fit to finish with the best so far and ends other commands; the second ends at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from automl.cli.render.streams import say
from automl.errors import AutomlError
from automl.files import discard_unfinished

if TYPE_CHECKING:
    from automl.search.stop import StopToken

__all__ = ["EndedBySignalError", "StoppedWithoutModelError", "end_on_signals", "exit_code_of_stop", "stop_on_signals"]

_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
#: Those for which Python raises nothing by itself.
_UNANNOUNCED = (signal.SIGHUP, signal.SIGTERM)


class EndedBySignalError(KeyboardInterrupt):
    """SIGHUP or SIGTERM came: whatever Ctrl-C unwinds is unwound; ``exit_code`` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


class StoppedWithoutModelError(AutomlError):
    """A signal ended the fit before anything could be written; ``exit_code`` is the signal's."""

    def __init__(self, exit_code: int, reason: str) -> None:
        super().__init__(f"Stopped before a model could be written. {reason}", "Let it run a little longer.")
        self.exit_code = exit_code


@contextmanager
def end_on_signals() -> Iterator[None]:
    """Let SIGHUP and SIGTERM end the block as Ctrl-C does, with nothing half written left; a second one at once.

    A signal that the process was started to ignore stays ignored, here and below.

    Raises
    ------
    EndedBySignalError
        Where the block stands when one comes.
    """
    ending = False

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal ending
        if ending:
            _end_at_once(number)
        ending = True
        raise EndedBySignalError(number)

    with _handled(_UNANNOUNCED, handle):
        yield


@contextmanager
def stop_on_signals(token: StopToken) -> Iterator[None]:
    """Let SIGHUP, SIGINT and SIGTERM set ``token`` while the block runs."""

    def handle(number: int, _frame: FrameType | None) -> None:
        if token.requested is not None:
            _end_at_once(number)
        try:
            token.request(signal.Signals(number).name)
        finally:
            say(f"{signal.Signals(number).name}: finishing with the best model so far. Once more to end at once.")

    with _handled(_SIGNALS, handle):
        yield


def _end_at_once(number: int) -> NoReturn:
    discard_unfinished()
    os._exit(128 + number)


@contextmanager
def _handled(numbers: Sequence[signal.Signals], handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have signals handled while the block runs, but not those ignored from the start (``nohup``, background jobs)."""
    before = {number: signal.getsignal(number) for number in numbers}
    heard = [number for number in numbers if before[number] is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


def exit_code_of_stop(token: StopToken) -> int | None:
    """Return 129, 130 or 143 after a stop that a signal asked for; None where there was none."""
    return None if token.requested is None else 128 + signal.Signals[token.requested]
