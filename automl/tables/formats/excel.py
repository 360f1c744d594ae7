"""Excel and OpenDocument workbooks: the sheet that is named, or of those not hidden the one with the most cells."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from automl.arguments import did_you_mean
from automl.errors import DataError
from automl.findings import Finding, Severity
from automl.tables.formats.merged import fill_merged
from automl.tables.formats.workbooks import sheet_layout
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table
from automl.tables.texts import table_from_text

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["read"]

_DAMAGES = (OSError, ValueError, KeyError, SyntaxError, RuntimeError, zlib.error, zipfile.BadZipFile)
Sheets = dict[str, list[list[Any]]]

_MIDNIGHT = datetime.time()


def read(opened: ByteSource, options: ReadOptions) -> Table:
    """Read one sheet; titles above the table and notes below it are told apart as in a text file.

    Hidden rows are read like the others: hiding is often a filter of the moment. Hidden sheets are read where they are
    named, or where there are no others.

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
        name = _chosen(sheets, _hidden_sheets(workbook), opened, options)
        findings = (
            *_sheet_findings(sheets, name, options),
            *_layout_findings(workbook, content, name, sheets, options),
        )
    except (CalamineError, *_DAMAGES) as error:
        raise DataError(
            f"'{opened.name}' cannot be read as a workbook: {error}.", "Save it again, or export the sheet as .csv."
        ) from error
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([_text(cell) for cell in row] for row in sheets[name])
    given = replace(options, delimiter=",", quote='"', encoding="utf-8")
    table = table_from_text(stream.getvalue(), given, opened.name)
    return replace(table, sha256=opened.sha256, findings=(*findings, *table.findings))


def _hidden_sheets(workbook: CalamineWorkbook) -> set[str]:
    from python_calamine import SheetVisibleEnum

    return {each.name for each in workbook.sheets_metadata if each.visible is not SheetVisibleEnum.Visible}


def _chosen(sheets: Sheets, hidden: set[str], opened: ByteSource, options: ReadOptions) -> str:
    asked = options.sheet or opened.part
    if asked is not None:
        if asked not in sheets:
            hint = did_you_mean(asked, list(sheets)) or f"Its sheets: {', '.join(list(sheets)[:20])}."
            raise DataError(f"'{opened.name}' has no sheet '{asked}'.", hint)
        return asked
    if not sheets:
        raise DataError(f"'{opened.name}' has no sheets.", "Give a workbook with a table in it.")
    shown = {name: rows for name, rows in sheets.items() if name not in hidden and _n_filled(rows)} or sheets
    return max(shown, key=lambda name: _n_filled(shown[name]))


def _n_filled(rows: Sequence[Sequence[Any]]) -> int:
    return sum(1 for row in rows for cell in row if cell not in ("", None))


def _sheet_findings(sheets: Sheets, name: str, options: ReadOptions) -> tuple[Finding, ...]:
    others = [other for other, rows in sheets.items() if other != name and _n_filled(rows)]
    if not others or options.sheet:
        return ()
    message = f"The workbook has {len(others) + 1} sheets; not read: {', '.join(others[:10])}."
    action = f"The largest that is not hidden, '{name}', was read; say --sheet for another."
    return (Finding("other_sheets", Severity.WARNING, message, action=action),)


def _layout_findings(
    workbook: CalamineWorkbook, content: bytes, name: str, sheets: Sheets, options: ReadOptions
) -> tuple[Finding, ...]:
    """Fill the merged cells of the sheet, and say how many there are and which rows are hidden."""
    sheet = workbook.get_sheet_by_name(name)
    layout = sheet_layout(content, name)
    top, left = sheet.start or (0, 0)
    ranges = [
        ((first[0] - top, first[1] - left), (last[0] - top, last[1] - left))
        for first, last in (*(sheet.merged_cell_ranges or ()), *layout.merged)
    ]
    n_filled = fill_merged(sheets[name], ranges, has_header=options.has_header)
    hidden = [row + 1 for row in layout.hidden if top <= row < top + len(sheets[name])]
    findings = []
    if n_filled:
        what = "merged cell reaches" if n_filled == 1 else "merged cells reach"
        message = f"{n_filled:,} {what} over several places; each of them holds the value."
        findings.append(Finding("merged_cells", Severity.INFO, message, action="Unmerge them if that is wrong."))
    if hidden:
        what = "row of the sheet is hidden" if len(hidden) == 1 else "rows of the sheet are hidden"
        message = f"{len(hidden):,} {what}, the first in line {hidden[0]:,}; read like the others."
        action = "Delete them from the sheet if they do not belong to the table."
        findings.append(Finding("hidden_rows", Severity.WARNING, message, action=action))
    return tuple(findings)


def _text(cell: Any) -> str:
    """Write a cell as people see it: whole numbers without a point, days without a time."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)
