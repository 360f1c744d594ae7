"""The errors that automl raises on purpose.

Each carries one sentence that says what is wrong and where, and a hint that says what to do next.
The library raises them; only ``automl.cli`` prints them and turns them into exit codes.
"""

from __future__ import annotations

__all__ = [
    "AutomlError",
    "DataError",
    "ModelFileError",
    "NothingTrainedError",
    "OutputLockedError",
    "SchemaMismatchError",
    "UsageError",
    "WriteError",
]


class AutomlError(Exception):
    """Base class of every error that automl raises on purpose.

    Parameters
    ----------
    message : str
        What is wrong, and where, in one sentence.
    hint : str, optional
        What to do or to type next, in one sentence.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AutomlError):
    """An option, a name or a configuration file is wrong (exit code 2)."""


class DataError(AutomlError):
    """The input data cannot be used (exit code 3)."""


class NothingTrainedError(AutomlError):
    """The budget ended before even a baseline was trained (exit code 4)."""


class ModelFileError(AutomlError):
    """The model file is missing, damaged, foreign, too new or not trusted (exit code 5)."""


class SchemaMismatchError(AutomlError):
    """The rows do not fit the model's schema (exit code 6)."""


class WriteError(AutomlError):
    """A file cannot be written (exit code 74)."""


class OutputLockedError(AutomlError):
    """Another run holds the output's lock (exit code 75)."""
