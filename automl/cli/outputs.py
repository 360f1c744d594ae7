"""Checking, before any work, that a report can be written where it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["check_report"]


def check_report(output: str, inputs: Mapping[str, str]) -> None:
    """Refuse a report that has no format or would replace what is read.

    Parameters
    ----------
    output : str
        The report's file.
    inputs : mapping of str to str
        What is read, by what it is called in the message.

    Raises
    ------
    UsageError
    """
    from automl.errors import UsageError
    from automl.inputs import is_read_from
    from automl.report.rendering import report_format

    report_format(output)
    for role, name in inputs.items():
        if is_read_from(Path(output), name):
            raise UsageError(f"'{output}' is the {role} itself.", "Choose another --output.")
