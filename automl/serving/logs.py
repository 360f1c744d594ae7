"""The server's log lines: plain for people, JSON for collectors. No cell of a request stands in either."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

__all__ = ["ACCESS", "JsonLines", "PlainLines", "log_to"]

#: The logger that gets a line for each request; its facts are in the record's ``facts``.
ACCESS = "automl.serving.access"


class PlainLines(logging.Formatter):
    """Lines such as ``2026-01-31T12:00:00Z info listening on …``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with a traceback below it where there is one."""
        line = f"{_time(record)} {record.levelname.lower()} {record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """One JSON object a line, with the facts of a request as fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = {"time": _time(record), "level": record.levelname.lower(), "message": record.getMessage()}
        told |= getattr(record, "facts", {})
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told)


def log_to(write: Callable[[str], None], *, as_json: bool, level: int) -> None:
    """Have what the server says written line by line.

    Parameters
    ----------
    write : callable
        Takes one line without its end.
    as_json : bool
    level : int
        The least that is written.
    """
    handler = _Handler(write)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    for name, least in (("automl.serving", level), ("uvicorn.error", max(level, logging.WARNING))):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(least)


class _Handler(logging.Handler):
    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        self._write(self.format(record))


def _time(record: logging.LogRecord) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z"
