"""The log file of a fit: every event as one JSON line, besides being shown."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import IO

from automl.errors import WriteError
from automl.events import Event, Note, Sink

__all__ = ["logged"]


class _LoggingSink:
    """Writes each event to a file and passes it on; a log that cannot be written any more does not end the fit."""

    def __init__(self, shown: Sink, stream: IO[str]) -> None:
        self._shown = shown
        self._stream: IO[str] | None = stream

    def emit(self, event: Event) -> None:
        """Write and pass on one event."""
        try:
            self._write(event)
        except OSError as error:
            self._stream = None
            self._shown.emit(Note(f"The log file ends here: {error.strerror}.", warning=True))
        self._shown.emit(event)

    def _write(self, event: Event) -> None:
        if self._stream is not None:
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            line = {"time": moment, "event": type(event).__name__, **asdict(event)}
            self._stream.write(f"{json.dumps(line, ensure_ascii=False, default=str)}\n")


@contextmanager
def logged(shown: Sink, path: str | None) -> Iterator[Sink]:
    """Yield a sink that also appends to the log file at ``path``; without a path, ``shown`` itself.

    Raises
    ------
    WriteError
        If the file cannot be opened.
    """
    if path is None:
        yield shown
        return
    try:
        stream = open(path, "a", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: PTH123, SIM115 - closed below
    except OSError as error:
        raise WriteError(f"Cannot write '{path}': {error.strerror}.", "Choose another --log-file.") from error
    try:
        yield _LoggingSink(shown, stream)
    finally:
        with suppress(OSError):
            stream.close()
