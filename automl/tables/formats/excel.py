"""Excel and OpenDocument workbooks: the sheet that is named, or the one with the most cells."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from automl.arguments import did_you_mean
from automl.errors import DataError
from automl.findings import Finding, Severity
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table
from automl.tables.texts import table_from_text

__all__ = ["read"]

_MIDNIGHT = datetime.time()


def read(opened: ByteSource, options: ReadOptions) -> Table:
    """Read one sheet; titles above the table and notes below it are told apart as in a text file.

    Raises
    ------
    DataError
        If the workbook is damaged, or has no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    content = opened.drain()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(
            f"'{opened.name}' cannot be read as a workbook: {error}.", "Save it again, or export the sheet as .csv."
        ) from error
    name = _chosen(sheets, opened, options)
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([_text(cell) for cell in row] for row in sheets[name])
    given = replace(options, delimiter=",", quote='"', encoding="utf-8")
    table = table_from_text(stream.getvalue(), given, opened.name)
    return replace(table, sha256=opened.sha256, findings=(*_sheet_findings(sheets, name, options), *table.findings))


def _chosen(sheets: dict[str, list[list[Any]]], opened: ByteSource, options: ReadOptions) -> str:
    asked = options.sheet or opened.part
    if asked is not None:
        if asked not in sheets:
            hint = did_you_mean(asked, list(sheets)) or f"Its sheets: {', '.join(list(sheets)[:20])}."
            raise DataError(f"'{opened.name}' has no sheet '{asked}'.", hint)
        return asked
    if not sheets:
        raise DataError(f"'{opened.name}' has no sheets.", "Give a workbook with a table in it.")
    return max(sheets, key=lambda name: _n_filled(sheets[name]))


def _n_filled(rows: Sequence[Sequence[Any]]) -> int:
    return sum(1 for row in rows for cell in row if cell not in ("", None))


def _sheet_findings(sheets: dict[str, list[list[Any]]], name: str, options: ReadOptions) -> tuple[Finding, ...]:
    others = [other for other, rows in sheets.items() if other != name and _n_filled(rows)]
    if not others or options.sheet:
        return ()
    message = f"The workbook has {len(others) + 1} sheets; not read: {', '.join(others[:10])}."
    action = f"The largest, '{name}', was read; say --sheet for another."
    return (Finding("other_sheets", Severity.WARNING, message, action=action),)


def _text(cell: Any) -> str:
    """Write a cell as people see it: whole numbers without a point, days without a time."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)
