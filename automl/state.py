"""The state of a fit on disk, from which a later run goes on: what was asked, of which table, and what was found."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from automl import __version__
from automl.comparing import check_same_search, check_same_table, describe_table
from automl.errors import UsageError, WriteError
from automl.events import Note, Sink
from automl.files import write_text
from automl.locking import state_lock
from automl.outputs import state_folder
from automl.publishing import is_complete
from automl.search.deadline import Deadline
from automl.search.restoring import remove_unfinished_encodings
from automl.search.tasks import WorkFolder
from automl.search.trial_log import History, TrialLog, read_history
from automl.settings import FitSettings
from automl.tables import Table

__all__ = ["State", "opened_state"]

_LEAST_SECONDS = 5.0
_REMOVALS = 20
_REMOVED_AT_ONCE = 8


@dataclass(frozen=True)
class _Found:
    """What a former run left; ``allowed`` are the seconds that it and those before it had together.

    ``output`` is where its model goes, as seen from where the state lies, since both may be moved together; None for a
    search that was begun before that was written down.
    """

    settings: dict[str, Any]
    table: dict[str, Any]
    version: str
    allowed: float | None
    output: str | None
    history: History


@dataclass
class State:
    """The state of this run's search.

    Attributes
    ----------
    settings : FitSettings
        With the bounds that hold for this run.
    deadline : Deadline
        Its clock began as much earlier as former runs took.
    folder : WorkFolder
    log : TrialLog
    over : bool
        Whether nothing is left to do, and the folder may go.
    """

    settings: FitSettings
    deadline: Deadline
    folder: WorkFolder
    log: TrialLog
    table: dict[str, Any] | None
    over: bool = False

    def bind(self, table: Table) -> None:
        """Make sure that the table is the one the search began with; write down what a later run compares with.

        Raises
        ------
        DataError
            If it is another table.
        """
        if self.table is not None:
            check_same_table(table, self.table, str(self.folder.path))
        stored = {
            "version": __version__,
            "settings": self.settings.to_dict(),
            "table": describe_table(table),
            "allowed": self.deadline.seconds,
            "output": _seen_from(self.folder, self.settings.output),
        }
        write_text(self.folder.description, json.dumps(stored))


@contextmanager
def opened_state(settings: FitSettings, sink: Sink, started: float) -> Iterator[State]:
    """Begin a state, or open the one to go on with; at the end it is kept where a later run could use it.

    Raises
    ------
    DataError, UsageError
        If a state is in the way, or was begun for something else.
    OutputLockedError
        If another process is searching in the folder.
    WriteError
        If the folder cannot be made.
    """
    folder = WorkFolder(state_folder(settings.output, settings.work_dir))
    with _explained_making(folder.path.parent):
        folder.path.parent.mkdir(parents=True, exist_ok=True)
    with state_lock(folder.path):
        state = _opened(settings, folder, sink, started)
        try:
            yield state
        finally:
            state.log.close()
            left = _find(folder)
            if state.over or left is None or not left.history.finished:
                _remove(folder)
            else:
                sink.emit(
                    Note(f"The search is kept in '{folder.path}': the same command with --resume goes on with it.")
                )


def _opened(settings: FitSettings, folder: WorkFolder, sink: Sink, started: float) -> State:
    found = _find(folder)
    if found is not None:
        _check_same_output(settings, found, folder)
    if settings.resume and is_complete(settings.output) and not _may_replace(settings, found):
        # Only the removal of the state was left to do, if anything was.
        return State(settings, Deadline(started, settings.time_budget), folder, _begin(folder), None, over=True)
    if settings.resume and found is not None:
        state = _go_on(settings, found, folder, started)
        candidates = f"{found.history.finished} candidates after {found.history.elapsed:.0f} s"
        sink.emit(Note(f"Going on with the search in '{folder.path}': {candidates}."))
        return state
    if found is not None and found.history.finished and not settings.overwrite:
        raise UsageError(
            f"An unfinished search lies in '{folder.path}': {found.history.finished} candidates.",
            "Add --resume to go on with it, or --overwrite to begin again.",
        )
    return State(settings, Deadline(started, settings.time_budget), folder, _begin(folder), None)


def _check_same_output(settings: FitSettings, found: _Found, folder: WorkFolder) -> None:
    """Refuse to go on with, or to remove, the search of another output of the same name."""
    if found.output is None or found.output == _seen_from(folder, settings.output):
        return
    other = os.path.normpath(folder.path.parent.resolve() / found.output)
    raise UsageError(
        f"The search in '{folder.path}' is for '{other}', not '{settings.output}'.",
        f"Choose another --work-dir; or go on with it by --output '{other}' --resume; or remove the folder.",
    )


def _seen_from(folder: WorkFolder, output: Path) -> str:
    return os.path.relpath(output.parent.resolve() / output.name, folder.path.parent.resolve())


def _find(folder: WorkFolder) -> _Found | None:
    """Return what a former run left; None where that is nothing to go on from."""
    try:
        stored = json.loads(folder.description.read_text(encoding="utf-8"))
        history = read_history(folder)
        output = stored.get("output")
        return _Found(stored["settings"], stored["table"], stored["version"], stored["allowed"], output, history)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _may_replace(settings: FitSettings, found: _Found | None) -> bool:
    """Whether the search was begun, or is to go on, with the leave to replace a complete model."""
    return settings.overwrite or (found is not None and bool(found.settings["overwrite"]))


def _go_on(settings: FitSettings, found: _Found, folder: WorkFolder, started: float) -> State:
    check_same_search(settings, found.settings, found.version, str(folder.path))
    if not settings.stated_bounds:
        settings = replace(settings, time_budget=found.settings["time_budget"], trials=found.settings["trials"])
    settings = replace(settings, overwrite=_may_replace(settings, found))
    remove_unfinished_encodings(folder)
    deadline = _deadline(settings.time_budget, found, started)
    return State(settings, deadline, folder, TrialLog(folder, found.history), found.table)


def _deadline(budget: float | None, found: _Found, started: float) -> Deadline:
    """Return a deadline with what was left of the same budget, or with the whole of another."""
    used = found.history.elapsed
    if budget is None:
        return Deadline(started - used, None)
    same = budget == found.settings["time_budget"] and found.allowed is not None
    left = max(found.allowed - used, _LEAST_SECONDS) if same and found.allowed is not None else budget
    return Deadline(started - used, used + left)


def _begin(folder: WorkFolder) -> TrialLog:
    """Make the folder anew and return its empty log."""
    strange = _strangers(folder.path)
    if strange:
        raise UsageError(
            f"'{folder.path}' holds '{strange[0]}', which is not ours.", "Move it away, or choose another --work-dir."
        )
    _remove(folder)
    with _explained_making(folder.path):
        folder.path.mkdir()
        return TrialLog(folder, History())


@contextmanager
def _explained_making(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"Cannot make the folder '{path}': {error.strerror or error}.", "Choose another --work-dir."
        ) from error


def _strangers(path: Path) -> list[str]:
    """Return the names in a folder that no search puts there."""
    try:
        return sorted(entry.name for entry in path.iterdir() if entry.name not in WorkFolder.NAMES)
    except OSError:
        return []


def _remove(folder: WorkFolder) -> None:
    """Remove the folder, also where a worker that was killed just now still writes into it.

    Hundreds of candidates leave thousands of files, each of which the disk is waited for: several at once.
    """
    with ThreadPoolExecutor(_REMOVED_AT_ONCE) as pool:
        list(pool.map(_unlink, [path for path in folder.path.rglob("*") if not path.is_dir()]))
    for _ in range(_REMOVALS):
        shutil.rmtree(folder.path, ignore_errors=True)
        if not folder.path.exists():
            return
        time.sleep(0.05)


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
