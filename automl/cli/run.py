"""The entry point: runs a command and turns whatever happens into two lines of text and an exit code."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
import traceback
import warnings
from contextlib import nullcontext, suppress

import click

from automl import __version__
from automl.cli.exit_codes import ExitCode, exit_code_of
from automl.cli.main import automl
from automl.cli.options import Common
from automl.cli.recording import failed, record
from automl.cli.render.streams import is_closed, say, visible
from automl.cli.signals import EndedBySignalError, StoppedWithoutModelError, end_on_signals
from automl.errors import AutomlError

__all__ = ["main", "run"]

_OBJECTS_BEFORE_COLLECTING = 100_000

#: What NumPy's builds read when they are loaded, each its own.
_THREADS_OF_ARRAYS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """Run ``automl`` with the process's arguments and exit with the command's code."""
    if "_AUTOML_COMPLETE" in os.environ:
        automl.main(prog_name="automl")
    # Importing the libraries makes hundreds of thousands of objects that stay, and looking through them again and again
    # for some that do not is an eighth of a prediction's time.
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    # Sums of products over ten thousand rows are given to one thread a core, which wait for each other: sixteen times
    # slower than one thread where workers of ours, or others, keep the cores busy.
    for name in _THREADS_OF_ARRAYS:
        os.environ.setdefault(name, "1")
    code = run(sys.argv[1:])
    # Python looks through every object of the libraries before it ends, a fifth of a prediction's time, to free what
    # the system frees anyway.
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; every error has been printed when this returns.

    Parameters
    ----------
    arguments : list of str
        What stands after the program's name.

    Returns
    -------
    int
        An :class:`~automl.cli.exit_codes.ExitCode`, or the code a command chose.
    """
    common = Common()
    _prepare_streams()
    try:
        # A server hears signals in its own way; so do searches, inside of ours.
        with nullcontext() if arguments[:1] == ["serve"] else end_on_signals():
            code = _invoke(arguments, common)
            sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - the last line of defence: all end as two lines
        code = _explain(error, common)
        failed(common, error)
    if is_closed(sys.stdout):
        _silence_standard_output()
    record(common, int(code))
    return int(code)


def _invoke(arguments: list[str], common: Common) -> int:
    """Run a command without click's own handling of errors, which would answer 1 to a closed pipe and to Ctrl-C."""
    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
        try:
            with automl.make_context("automl", list(arguments), obj=common) as context:
                return int(automl.invoke(context) or 0)
        except click.exceptions.Exit as done:
            return done.exit_code


def _explain(error: BaseException, common: Common) -> int:
    """Print what went wrong and return the code that stands for it."""
    match error:
        case StoppedWithoutModelError():
            return _report(error.exit_code, error.message, error.hint)
        case AutomlError():
            return _report(exit_code_of(error), error.message, error.hint)
        case click.exceptions.NoArgsIsHelpError():
            say(error.format_message())
            return ExitCode.USAGE
        case click.NoSuchOption():
            return _report(ExitCode.USAGE, f"There is no option '{error.option_name}'.", _option_hint(error))
        case click.MissingParameter():
            # What there is to choose from stands on lines of its own.
            return _report(ExitCode.USAGE, error.format_message().replace("\n\t", " "), _usage_hint(error))
        case click.ClickException():
            return _report(ExitCode.USAGE, error.format_message(), _usage_hint(error))
    return _explain_accident(error, common)


def _explain_accident(error: BaseException, common: Common) -> int:
    """Do the same for what neither we nor click raise on purpose."""
    match error:
        case EndedBySignalError():
            return _report(error.exit_code, f"Ended by {error}.")
        case KeyboardInterrupt() | click.exceptions.Abort():
            return _report(ExitCode.INTERRUPTED, "Interrupted.")
        case SystemExit():
            return error.code if isinstance(error.code, int) else ExitCode.BUG
        case BrokenPipeError() if is_closed(sys.stdout):
            return ExitCode.OUTPUT_CLOSED
        case OSError(errno=errno.ENOSPC | errno.EDQUOT) as full:
            _silence_standard_output()
            return _report_full_disk(full)
        case MemoryError():
            return _report(ExitCode.BUG, "Out of memory.", "Use fewer rows or columns, or a smaller --jobs.")
    return _report_bug(error, common)


def _report(code: int, message: str, hint: str = "") -> int:
    say(f"error: {visible(message)}")
    if hint:
        say(f"hint: {visible(hint)}")
    return code


def _report_full_disk(error: OSError) -> int:
    """Say which disk; what has no file name is what the command prints."""
    place = f"'{error.filename}'" if error.filename else "standard output"
    return _report(
        ExitCode.CANNOT_WRITE,
        f"The disk is full: {place} cannot be written.",
        "Make room, or choose another --output.",
    )


def _report_bug(error: BaseException, common: Common) -> int:
    if common.verbose:
        say("".join(traceback.format_exception(error)).rstrip())
    summary = str(error).splitlines()[0][:200] if str(error) else "no message"
    again = "Report" if common.verbose else "Run it again with --verbose, and report"
    return _report(
        ExitCode.BUG,
        f"A bug in automl {__version__}: {type(error).__name__}: {summary}",
        f"{again} the traceback in the project's issue tracker.",
    )


def _option_hint(error: click.NoSuchOption) -> str:
    near = list(error.possibilities or ())[:3]
    return f"Did you mean {' or '.join(repr(option) for option in near)}?" if near else _usage_hint(error)


def _usage_hint(error: click.ClickException) -> str:
    """Return what to type instead, for click's own complaints."""
    context = getattr(error, "ctx", None)
    if "unexpected extra argument" in error.format_message():
        return "Several files are one DATA: name their folder, or quote the pattern, as in 'sales/*.csv'."
    if context is None:
        return "'automl --help' shows how it is used."
    usage = " ".join(context.command.collect_usage_pieces(context))
    return f"Usage: {context.command_path} {usage} ('{context.command_path} --help' says more)."


def _prepare_streams() -> None:
    """Write UTF-8 whatever the locale says, and nothing where the caller closed a stream."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open until the process ends
            setattr(sys, name, nowhere)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _silence_standard_output() -> None:
    """Point standard output nowhere, so that the interpreter's last flush cannot complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
