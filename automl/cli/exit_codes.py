"""What the exit status of ``automl`` means. The values are a promise to scripts and never change."""

from __future__ import annotations

from enum import IntEnum

from automl import errors

__all__ = ["ExitCode", "exit_code_of"]


class ExitCode(IntEnum):
    """The exit status of a command."""

    DONE = 0
    ANSWER_IS_NO = 1
    USAGE = 2
    DATA = 3
    NOTHING_TRAINED = 4
    MODEL_FILE = 5
    SCHEMA_MISMATCH = 6
    BUG = 70
    CANNOT_WRITE = 74
    LOCKED = 75
    HANGUP = 129
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141
    TERMINATED = 143


_OF_ERROR: dict[type[errors.AutomlError], ExitCode] = {
    errors.UsageError: ExitCode.USAGE,
    errors.DataError: ExitCode.DATA,
    errors.NothingTrainedError: ExitCode.NOTHING_TRAINED,
    errors.ModelFileError: ExitCode.MODEL_FILE,
    errors.SchemaMismatchError: ExitCode.SCHEMA_MISMATCH,
    errors.WriteError: ExitCode.CANNOT_WRITE,
    errors.OutputLockedError: ExitCode.LOCKED,
}


def exit_code_of(error: errors.AutomlError) -> ExitCode:
    """Return the exit code of one of our own errors; an error without a code of its own takes its parent's."""
    for kind in type(error).__mro__:
        if kind in _OF_ERROR:
            return _OF_ERROR[kind]
    return ExitCode.BUG
