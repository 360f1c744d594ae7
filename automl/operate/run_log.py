"""The run log: a line for each fit, in a SQLite file that many processes may write at once."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from automl.errors import DataError, WriteError
from automl.files import encodable

__all__ = ["Run", "append_run", "count_runs", "read_run", "read_runs", "runs_file"]

#: Seconds that a writer waits while others write: the work is done by then, and whoever waits for it has a time budget.
_PATIENCE = 2.0
_FORMAT = 1
_JSON_FIELDS = ("settings", "versions", "details")
_TYPES = {
    "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "seconds": "REAL",
    "exit_code": "INTEGER",
    "score": "REAL",
    "low": "REAL",
    "high": "REAL",
    "rows": "INTEGER",
    "columns": "INTEGER",
}


@dataclass(frozen=True)
class Run:
    """One line of the run log; what a run that failed never came to know is None or empty.

    Attributes
    ----------
    kind : {"fit", "retrain", "monitor"}
    started : str
        ISO 8601, UTC.
    seconds : float
        Of the whole command.
    exit_code : int
    target, metric : str or None
    score, low, high : float or None
        The estimate and its 95 % interval, in the metric's own units.
    stopped_by : str or None
        What ended the search.
    data, data_sha256 : str or None
        What was read, without what is secret in an address, and the digest of its bytes.
    rows, columns : int or None
    output, output_sha256 : str or None
        The file written, and the digest of its bytes.
    settings, versions, details : mapping
        JSON-ready: the resolved settings, the versions of program and libraries, and what only this kind of run has.
    id : int
        Its number in the file, in the order of writing; 0 before it is written.
    """

    kind: str
    started: str
    seconds: float
    exit_code: int
    target: str | None = None
    metric: str | None = None
    score: float | None = None
    low: float | None = None
    high: float | None = None
    stopped_by: str | None = None
    data: str | None = None
    data_sha256: str | None = None
    rows: int | None = None
    columns: int | None = None
    output: str | None = None
    output_sha256: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the run as JSON-ready values, its number first."""
        return {"id": self.id, **{each.name: getattr(self, each.name) for each in fields(self) if each.name != "id"}}


_COLUMNS = tuple(each.name for each in fields(Run))
_WRITTEN = tuple(name for name in _COLUMNS if name != "id")


def runs_file(given: str | None) -> Path:
    """Return the file of the run log: the one given, or ``automl/runs.sqlite`` in the user's folder for state.

    The folder is ``XDG_STATE_HOME``, or ``.local/state`` at home (XDG Base Directory Specification 0.8, which has
    relative paths ignored).

    Raises
    ------
    WriteError
        If neither is known, as where a scheduler sets no environment.
    """
    if given:
        return Path(given)
    stated = Path(os.environ.get("XDG_STATE_HOME", ""))
    if stated.is_absolute():
        return stated / "automl" / "runs.sqlite"
    if home := os.environ.get("HOME"):
        return Path(home) / ".local" / "state" / "automl" / "runs.sqlite"
    raise WriteError("Neither HOME nor XDG_STATE_HOME is set.", "Name the file with --runs, or set AUTOML_RUNS.")


def append_run(path: Path, run: Run, patience: float = _PATIENCE) -> int:
    """Add a run in one transaction, and return its number.

    A process that ends while it writes leaves the file as it was before, and others wait for their turn. A write-ahead
    log would be quicker, but is not safe where homes are on a network.

    Parameters
    ----------
    path : Path
    run : Run
    patience : float
        Seconds to wait for others at most; two hundred that write at once need ten on a busy machine.

    Raises
    ------
    WriteError
        If the file cannot be written, is no run log, or others keep it busy.
    """
    values = [_stored(name, getattr(run, name)) for name in _WRITTEN]
    marks = ", ".join("?" * len(_WRITTEN))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            _see_to_the_table(connection)
            added = connection.execute(f"INSERT INTO runs ({', '.join(_WRITTEN)}) VALUES ({marks})", values)  # noqa: S608
            connection.execute("COMMIT")
            return int(added.lastrowid or 0)
    except (sqlite3.Error, OSError) as error:
        raise WriteError(f"Cannot write '{path}': {_reason(error)}.", "Choose another --runs.") from error


def read_runs(path: Path, target: str | None = None, limit: int | None = None) -> list[Run]:
    """Return runs, the newest first; none where there is no file yet.

    Parameters
    ----------
    path : Path
    target : str, optional
        Only runs of this target.
    limit : int, optional
        At most so many.

    Raises
    ------
    DataError
        If the file is no run log, or cannot be read.
    """
    if not path.exists():
        return []
    where, values = _of_target(target)
    with _opened(path) as connection:
        order = f"{where} ORDER BY id DESC LIMIT ?"
        return [_run(row) for row in _select(connection, order, [*values, -1 if limit is None else limit])]


def count_runs(path: Path, target: str | None = None) -> int:
    """Return how many runs are recorded, of a target where one is given; errors as for :func:`read_runs`."""
    if not path.exists():
        return 0
    where, values = _of_target(target)
    with _opened(path) as connection:
        (count,) = connection.execute(f"SELECT COUNT(*) FROM runs{where}", values).fetchone()  # noqa: S608
    return int(count)


def read_run(path: Path, number: int) -> Run:
    """Return one run.

    Raises
    ------
    DataError
        If there is none of this number, or the file cannot be read.
    """
    rows = []
    if path.exists():
        with _opened(path) as connection:
            rows = _select(connection, " WHERE id = ?", [number])
    if not rows:
        raise DataError(f"There is no run {number} in '{path}'.", "'automl runs list' shows their numbers.")
    return _run(rows[0])


def _of_target(target: str | None) -> tuple[str, list[Any]]:
    return ("", []) if target is None else (" WHERE target = ?", [target])


def _see_to_the_table(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > _FORMAT:
        raise sqlite3.DatabaseError("a newer version of automl wrote it")
    if found == 0:
        if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise sqlite3.DatabaseError("it is another program's database")
        described = ", ".join(f"{name} {_TYPES.get(name, 'TEXT')}" for name in ("id", *_WRITTEN))
        connection.execute(f"CREATE TABLE runs ({described})")
        connection.execute(f"PRAGMA user_version = {_FORMAT}")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    # Not read-only: what a writer that was killed left half done is undone by whoever opens the file next.
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise DataError(
            f"'{path}' cannot be read as a run log: {_reason(error)}.", "Check the path given to --runs."
        ) from error


def _select(connection: sqlite3.Connection, rest: str, values: list[Any]) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM runs{rest}", values).fetchall()  # noqa: S608


def _run(row: tuple[Any, ...]) -> Run:
    values = dict(zip(_COLUMNS, row, strict=True))
    return Run(**{**values, **{name: json.loads(values[name] or "{}") for name in _JSON_FIELDS}})


def _stored(name: str, value: Any) -> Any:
    """Return a value as the file takes it; bytes of file names that are no characters are written as escapes."""
    if name in _JSON_FIELDS:
        value = json.dumps(value, ensure_ascii=False, default=str)
    return encodable(value) if isinstance(value, str) else value


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error).rstrip(".") or type(error).__name__
