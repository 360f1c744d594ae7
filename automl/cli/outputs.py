"""Checking, before any work, that what a command writes besides its result can be written where it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from automl.report import ReportFormat

__all__ = ["check_log", "check_report"]


def check_report(output: str, inputs: Mapping[str, str | None], option: str = "--output") -> ReportFormat:
    """Return the format that a report's ending asks for.

    Parameters
    ----------
    output : str
        The report's file.
    inputs : mapping of str to str or None
        What is read, by what it is called in the message.
    option : str, optional
        What the user calls the report.

    Raises
    ------
    UsageError
        If there is no such format, or the report would replace what is read.
    WriteError
        If its folder is missing or no file can be made there.
    """
    from automl.outputs import check_place
    from automl.report.rendering import report_format

    wanted = report_format(output)
    check_place(Path(output), option, inputs, overwrite=True)
    return wanted


def check_log(log_file: str | None, inputs: Mapping[str, str | None], outputs: Mapping[str, Path | None]) -> None:
    """Refuse a log of events, which is added to what stands there, in a file that holds something else.

    Parameters
    ----------
    log_file : str or None
    inputs : mapping of str to str or None
        As for :func:`check_report`.
    outputs : mapping of str to Path or None
        What else is written, by what it is called in the message.

    Raises
    ------
    UsageError
        Also if two of the other outputs are one file.
    """
    from automl.outputs import check_apart, check_not_read

    place = None if log_file is None else Path(log_file)
    check_apart({**outputs, "--log-file": place})
    if place is not None:
        check_not_read(place, "--log-file", inputs)
