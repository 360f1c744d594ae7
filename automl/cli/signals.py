"""Signals during a fit: the first asks it to finish with the best so far, the second ends the process at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from automl.cli.render.streams import say
from automl.errors import AutomlError
from automl.files import discard_unfinished

if TYPE_CHECKING:
    from automl.search.stop import StopToken

__all__ = ["StoppedWithoutModelError", "exit_code_of_stop", "stop_on_signals"]

_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class StoppedWithoutModelError(AutomlError):
    """A signal ended the fit before anything could be written; ``exit_code`` is the signal's."""

    def __init__(self, exit_code: int, reason: str) -> None:
        super().__init__(f"Stopped before a model could be written. {reason}", "Let it run a little longer.")
        self.exit_code = exit_code


@contextmanager
def stop_on_signals(token: StopToken) -> Iterator[None]:
    """Let SIGHUP, SIGINT and SIGTERM set ``token`` while the block runs.

    A signal that the process was started to ignore (``nohup``, a background job) stays ignored.
    """

    def handle(number: int, _frame: FrameType | None) -> None:
        if token.requested is not None:
            discard_unfinished()
            os._exit(128 + number)
        try:
            token.request(signal.Signals(number).name)
        finally:
            say(f"{signal.Signals(number).name}: finishing with the best model so far. Once more to end at once.")

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    heard = [number for number in _SIGNALS if before[number] is not signal.SIG_IGN]
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
