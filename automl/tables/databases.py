"""Databases by their SQLAlchemy address: one query, read only, its answer as text cells."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pandas as pd

from automl.errors import DataError, UsageError
from automl.findings import Finding, Severity
from automl.inputs import public_name
from automl.tables.formats.cells import database_text
from automl.tables.libraries import missing_library, not_installed
from automl.tables.options import ReadOptions
from automl.tables.queries import checked_query, is_ordered
from automl.tables.rows import unique_names
from automl.tables.table import Table

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

__all__ = ["DATABASE_EXTRA", "DATABASE_LIBRARIES", "read_query"]

DATABASE_LIBRARIES = ("sqlalchemy",)
DATABASE_EXTRA = "sql"
_FILE_SCHEMES = ("s3", "gs", "gcs", "az", "abfs", "abfss", "adl", "ftp", "ftps", "sftp", "hdfs", "dbfs", "file")


def read_query(address: str, options: ReadOptions, rows: int) -> Iterator[Table]:
    """Ask a database, and yield its answer block by block: at least one block, of 0 rows where there are none.

    Nothing is ever committed; PostgreSQL, MySQL, MariaDB, Oracle, SQLite and DuckDB are also told to refuse writing.

    Parameters
    ----------
    address : str
        As SQLAlchemy takes it.
    options : ReadOptions
        With a query.
    rows : int
        Rows per block.

    Raises
    ------
    UsageError
        If there is no query, or one that does not just read.
    DataError
        If a library is missing, or the database cannot be reached or refuses the query.
    """
    name = public_name(address)
    scheme = name.partition("://")[0]
    if scheme.lower() in _FILE_SCHEMES:
        raise DataError(f"Addresses that begin with '{scheme}://' are not read.", "Download the file and name it.")
    if options.query is None:
        raise UsageError(f"'{name}' is a database, and nothing is asked of it.", "Add --query 'SELECT * FROM a_table'.")
    query = checked_query(options.query)
    with _connection(address, name) as connection:
        yield from _blocks(connection, query, name, rows)


def _blocks(connection: Connection, query: str, name: str, rows: int) -> Iterator[Table]:
    result = connection.exec_driver_sql(query)
    if not result.returns_rows:
        raise DataError(f"The query of '{name}' returns no rows.", "Ask with SELECT.")
    names, findings = unique_names(list(result.keys()))
    findings = (*findings, *_order_findings(query))
    digest = hashlib.sha256("\x1f".join(names).encode())
    is_first = True
    for part in result.partitions(rows):
        texts = [[database_text(value) for value in row] for row in part]
        digest.update("".join("\x1f".join(row) + "\x1e" for row in texts).encode(errors="surrogatepass"))
        yield Table(_frame(texts, names), name, digest.hexdigest(), findings=findings if is_first else ())
        is_first = False
    if is_first:
        yield Table(_frame([], names), name, digest.hexdigest(), findings=findings)


def _frame(texts: list[list[str]], names: Sequence[str]) -> pd.DataFrame:
    columns: list[Any] = list(zip(*texts, strict=True)) or [()] * len(names)
    return pd.DataFrame({name: pd.array(list(cells), dtype="str") for name, cells in zip(names, columns, strict=True)})


def _order_findings(query: str) -> tuple[Finding, ...]:
    if is_ordered(query):
        return ()
    message = "The query has no ORDER BY, so the same rows may come in another order next time."
    action = "Fit takes them as they come; add ORDER BY to be able to repeat or resume it."
    return (Finding("unordered_query", Severity.INFO, message, action=action),)


@contextmanager
def _connection(address: str, name: str) -> Iterator[Connection]:
    """Connect, tell the database to refuse writing, and roll back at the end."""
    if missing := not_installed(DATABASE_LIBRARIES):
        raise missing_library("a database by its address", missing, DATABASE_EXTRA)
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise DataError(
            "The address of the database cannot be read.", "Write it like postgresql://user@host/shop."
        ) from error
    try:
        engine = _engine(url)
        try:
            with engine.connect() as connection:
                yield _read_only(connection)
                connection.rollback()
        finally:
            engine.dispose()
    except ImportError as error:
        raise _missing_driver(name, error) from error
    except (SQLAlchemyError, sqlite3.Error, OSError, TypeError, ValueError) as error:
        raise DataError(f"'{name}' cannot be read: {_reason(error, url)}.", "Check the address and --query.") from error


def _engine(url: URL) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    path = url.database or ""
    is_file = bool(path) and path != ":memory:" and not path.startswith("file:")
    if is_file and url.get_backend_name() == "duckdb":
        return create_engine(url, poolclass=NullPool, connect_args={"read_only": True})
    if is_file and url.get_backend_name() == "sqlite":
        opened = f"{Path(path).absolute().as_uri()}?mode=ro"
        return create_engine(url, poolclass=NullPool, creator=lambda: sqlite3.connect(opened, uri=True))
    return create_engine(url, poolclass=NullPool)


def _read_only(connection: Connection) -> Connection:
    """Let the database refuse writing where it can; rows are streamed, and the query is sent as it stands."""
    backend = connection.dialect.name
    if backend == "postgresql":
        connection = connection.execution_options(postgresql_readonly=True)
    elif backend in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.rollback()
    elif backend == "oracle":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    return connection.execution_options(stream_results=True, no_parameters=True)


def _missing_driver(name: str, error: ImportError) -> DataError:
    driver = error.name or "a driver"
    return DataError(
        f"Reading '{name}' needs the driver {driver}, which is not installed.",
        f"Install it with: pip install {driver}; or name another in the address, as in postgresql+pg8000://.",
    )


def _reason(error: Exception, url: URL) -> str:
    """Return the database's own words, or only the kind of error where these would show what is secret."""
    cause = getattr(error, "orig", None) or error
    text = (str(cause).strip().splitlines() or [""])[0].rstrip(".")
    values = [url.password or "", *(value for given in url.query.values() for value in _listed(given))]
    secrets = {form for value in values if value for form in (str(value), quote(str(value)), quote_plus(str(value)))}
    return type(cause).__name__ if not text or any(secret in text for secret in secrets) else text


def _listed(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
