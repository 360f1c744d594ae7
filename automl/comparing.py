"""Whether a later run asks for the same search, of the same table, as the one that it is to go on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl import __version__
from automl.arguments import option_name
from automl.errors import DataError, UsageError
from automl.settings import FitSettings
from automl.tables import Table

__all__ = ["check_same_search", "check_same_table", "describe_table"]

#: What may differ between the run that began a search and the one that goes on with it.
_FREE = {"data", "output", "report", "time_budget", "trials", "stated_bounds", "min_score", "jobs", "test_data"} | {
    "overwrite",
    "resume",
    "work_dir",
    "executor",
    "scheduler",
    "max_memory",
    "patience",
    "allow_private_addresses",
}
_AGAIN = "Or begin again: --overwrite instead of --resume."


def check_same_search(settings: FitSettings, before: Mapping[str, Any], version: str, place: str) -> None:
    """Refuse to go on with a search that was begun for something else.

    Parameters
    ----------
    settings : FitSettings
    before : mapping
        As ``FitSettings.to_dict`` gave them then.
    version : str
        Of the program that began it.
    place : str
        Where the search lies.

    Raises
    ------
    DataError
        If the target is another.
    UsageError
        If another option is, or the program.
    """
    now = settings.to_dict()
    if before["target"] != now["target"]:
        raise DataError(
            f"The search in '{place}' was begun for the target '{before['target']}', not '{now['target']}'.",
            f"Repeat --target {before['target']}. {_AGAIN}",
        )
    for name in now:
        if name not in _FREE and before.get(name) != now[name]:
            raise UsageError(
                f"The search in '{place}' was begun {_given(name, before.get(name))}, not {_given(name, now[name])}.",
                f"Use the same options. {_AGAIN}",
            )
    if version != __version__:
        raise UsageError(
            f"The search in '{place}' was begun by automl {version}, and this is automl {__version__}.",
            f"Install that version. {_AGAIN}",
        )


def check_same_table(table: Table, before: Mapping[str, Any], place: str) -> None:
    """Refuse to go on with another table than before.

    Parameters
    ----------
    table : Table
    before : mapping
        As :func:`describe_table` gave it; ``rows`` and ``columns`` may be missing.
    place : str
        What was made from that table.

    Raises
    ------
    DataError
        If rows, columns or values are others, or more or fewer rows were drawn; the message says which.
    """
    now = describe_table(table)
    if now["sha256"] != before["sha256"]:
        raise DataError(
            f"'{table.source}' is not the table that '{place}' was made from: {_difference(before, now)}.",
            f"Give the same table. {_AGAIN}",
        )
    if table.drawn_from is not None and now["rows"] != before.get("rows", now["rows"]):
        raise DataError(
            f"'{place}' was made from {before['rows']:,} rows drawn from '{table.source}', not {now['rows']:,}.",
            f"Give the same --max-memory. {_AGAIN}",
        )


def describe_table(table: Table) -> dict[str, Any]:
    """Return the digest, the number of rows and the column names of a table."""
    return {"sha256": table.sha256, "rows": len(table.cells), "columns": [str(name) for name in table.cells.columns]}


def _difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    columns, rows = before.get("columns", now["columns"]), before.get("rows", now["rows"])
    parts = [f"column '{name}' is new" for name in now["columns"] if name not in columns][:3]
    parts += [f"column '{name}' is gone" for name in columns if name not in now["columns"]][:3]
    if rows != now["rows"]:
        parts.append(f"it has {now['rows']:,} rows instead of {rows:,}")
    return "; ".join(parts) or "its content has changed"


def _given(name: str, value: Any) -> str:
    if value is None or value is False or value == []:
        return f"without {option_name(name)}"
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"with {option_name(name)}" if value is True else f"with {option_name(name)} {text}"
