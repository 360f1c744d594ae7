"""Reading what DATA names as one table: a single input, or several files with the same columns."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from automl.errors import DataError, UsageError
from automl.files import encodable
from automl.findings import Finding, Severity, added_counts
from automl.inputs import DATA_ENDINGS, PART_MARK, is_database_address, listed_files, public_name, split_part
from automl.tables.options import ReadOptions
from automl.tables.reading import BLOCK_ROWS, read_one, read_one_blocks
from automl.tables.table import Table

__all__ = ["read_blocks", "read_table"]

_DIFFERENCES_SHOWN = 3


def read_table(source: str | Path, options: ReadOptions | None = None) -> Table:
    """Read all that DATA names as text cells.

    Parameters
    ----------
    source : str or Path
        A path to any of :data:`automl.tables.formats.registry.FORMATS` or delimited text, also packed; a web address;
        ``"-"`` for standard input; a folder, or a pattern such as ``"sales/*.csv"``, whose files are read in the order
        of their names.
    options : ReadOptions, optional
        What is known about the input; by default everything is found out.

    Returns
    -------
    Table
        With 0 rows where there is a header alone. The digest of several files is one over the digests of all.

    Raises
    ------
    DataError
        If there is no such input, or it is empty, unreadable or no table, or one of several files has other columns.
    UsageError
        If there is a column already with the name of the source column.
    """
    options = options or ReadOptions()
    _check_query(str(source), options)
    files = _files(str(source))
    if files is None:
        return _with_source(_read_single(str(source), options), _file_name(source), options)
    collection = _Collection(str(source), options)
    tables = [collection.fitted(read_one(file, options), label) for file, label in files]
    for table in tables:
        collection.finish(table)
    cells = pd.concat([table.cells for table in tables], ignore_index=True)
    found = [(label, table.findings) for (_, label), table in zip(files, tables, strict=True)]
    findings = (_several(files), *_merged(found))
    return Table(cells, str(source), collection.digest(), tables[0].dialect, findings)


def read_blocks(source: str | Path, options: ReadOptions | None = None, rows: int = BLOCK_ROWS) -> Iterator[Table]:
    """Read the same rows block by block, in memory that does not grow with the files.

    The findings about a file of up to 32 MiB stand with its first block; those of a larger one with the block they are
    about. The digest covers what was read so far, so that the last block has that of the whole.

    Parameters
    ----------
    source : str or Path
        As for :func:`read_table`.
    options : ReadOptions, optional
    rows : int
        Rows per block.

    Yields
    ------
    Table
        At least one; one of 0 rows where there is a header alone.

    Raises
    ------
    DataError, UsageError
        As :func:`read_table` does, and where a later part does not fit the encoding that was found or given.
    """
    options = options or ReadOptions()
    _check_query(str(source), options)
    files = _files(str(source))
    if files is None:
        label = _file_name(source)
        yield from (_with_source(block, label, options) for block in _read_single_blocks(str(source), options, rows))
        return
    collection = _Collection(str(source), options)
    first: tuple[Finding, ...] = (_several(files),)
    for file, label in files:
        for block in read_one_blocks(file, options, rows):
            fitted = collection.fitted(block, label)
            findings = (*first, *_merged([(label, fitted.findings)]))
            yield replace(fitted, source=str(source), sha256=collection.digest(block), findings=findings)
            first = ()
        collection.finish(block)


def _read_single(source: str, options: ReadOptions) -> Table:
    if not is_database_address(source):
        return read_one(source, options)
    blocks = list(_read_single_blocks(source, options, BLOCK_ROWS))
    cells = pd.concat([block.cells for block in blocks], ignore_index=True)
    return replace(blocks[-1], cells=cells, findings=blocks[0].findings)


def _read_single_blocks(source: str, options: ReadOptions, rows: int) -> Iterator[Table]:
    if not is_database_address(source):
        return read_one_blocks(source, options, rows)
    from automl.tables.databases import read_query

    return read_query(source, options, rows)


def _check_query(source: str, options: ReadOptions) -> None:
    """Refuse a query that nobody would answer."""
    if options.query is not None and not is_database_address(source):
        raise UsageError(
            f"--query is asked of a database, and '{public_name(source)}' is none.",
            "Name one like postgresql://user@host/shop, or leave --query out.",
        )


@dataclass
class _Collection:
    """What the files read so far have in common."""

    source: str
    options: ReadOptions
    columns: list[str] = field(default_factory=list)
    first: str = ""
    digests: list[str] = field(default_factory=list)

    def fitted(self, table: Table, label: str) -> Table:
        """Return a file's table with the columns of the first file, in its order."""
        table = _with_source(table, label, self.options)
        if not self.columns:
            self.columns, self.first = list(table.cells.columns), label
        if list(table.cells.columns) == self.columns:
            return table
        _check_same_columns(table, label, self.columns, self.first)
        message = f"Its columns stand in another order than those of '{self.first}'."
        reordered = Finding("reordered_columns", Severity.INFO, message, action="They are read by their names.")
        return replace(table, cells=table.cells[self.columns], findings=(*table.findings, reordered))

    def finish(self, last: Table) -> None:
        """Take the digest of a file that was read to its end."""
        self.digests.append(last.sha256)

    def digest(self, current: Table | None = None) -> str:
        """Return one digest of all files so far."""
        digests = [*self.digests, *([] if current is None else [current.sha256])]
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _file_name(source: str | Path) -> str:
    return Path(public_name(str(source))).name


def _files(source: str) -> list[tuple[str, str]] | None:
    """Return what to read and what to call it in findings and in the source column; None for a single input."""
    paths = listed_files(source)
    if paths is None:
        return None
    name, part = split_part(source)
    if not paths and Path(name).is_dir():
        endings = ", ".join(DATA_ENDINGS[:4])
        raise DataError(f"The folder '{name}' holds no table.", f"It needs files that end with {endings} or the like.")
    if not paths:
        raise DataError(
            f"No file matches '{name}'.", "Check the pattern, and quote it so that the shell leaves it alone."
        )
    folder = os.path.commonpath([path.parent for path in paths])
    suffix = "" if part is None else f"{PART_MARK}{part}"
    return [(f"{path}{suffix}", Path(os.path.relpath(path, folder)).as_posix()) for path in paths]


def _check_same_columns(table: Table, label: str, columns: Sequence[str], first: str) -> None:
    names = list(table.cells.columns)
    parts = [f"it lacks column '{name}'" for name in columns if name not in names]
    parts += [f"column '{name}' is only in it" for name in names if name not in columns]
    if not parts:
        return
    shown = "; ".join(parts[:_DIFFERENCES_SHOWN])
    more = f"; {len(parts) - _DIFFERENCES_SHOWN} differences more" if len(parts) > _DIFFERENCES_SHOWN else ""
    raise DataError(
        f"'{label}' has other columns than '{first}': {shown}{more}.",
        "Name the files that have the same columns by a pattern such as 'sales_*.csv'.",
    )


def _with_source(table: Table, label: str, options: ReadOptions) -> Table:
    """Add the column that says where each row is from, where it was asked for."""
    name = options.source_column
    if name is None:
        return table
    if name in table.cells.columns:
        raise UsageError(f"'{label}' has a column '{name}' already.", "Choose another --source-column.")
    return replace(
        table, cells=table.cells.assign(**{name: pd.Series(encodable(label), index=table.cells.index, dtype="str")})
    )


def _several(files: Sequence[tuple[str, str]]) -> Finding:
    first, last = files[0][1], files[-1][1]
    message = f"{len(files):,} files are read as one table, from '{first}' to '{last}'."
    if len(files) == 1:
        message = f"One file is read: '{first}'."
    return Finding("several_files", Severity.INFO, message, action="Say --source-column NAME to know rows apart.")


def _merged(found: Sequence[tuple[str, Sequence[Finding]]]) -> tuple[Finding, ...]:
    """Say which file a finding is about; what is found in several files is said of the first, with their count."""
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[str, Finding]]] = {}
    for label, findings in found:
        for each in findings:
            groups.setdefault((each.code, each.columns), []).append((label, each))
    merged = []
    for group in groups.values():
        label, finding = group[0]
        others = len({name for name, _ in group}) - 1
        more = f" The same is found in {others:,} more {'file' if others == 1 else 'files'}." if others else ""
        counts = tuple(added_counts((each for _, each in group), finding.code).items())
        merged.append(replace(finding, message=f"In '{label}': {finding.message}{more}", counts=counts))
    return tuple(merged)
