"""From the decoded text of a file to its table."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pandas as pd

from automl.errors import DataError
from automl.findings import Finding
from automl.tables.blankcolumns import without_blank_columns
from automl.tables.encoding import decode
from automl.tables.fastcsv import read_regular
from automl.tables.guesses import nul_findings, row_findings
from automl.tables.nuls import without_nuls
from automl.tables.options import ReadOptions
from automl.tables.plan import TextPlan, plan_text
from automl.tables.rows import text_frame_of
from automl.tables.stretches import read_stretches
from automl.tables.table import Table

__all__ = ["HEAD_CHARACTERS", "check_plan", "table_from_large", "table_from_text", "table_of_cells"]

# How the file is written and laid out is found from so many of its first characters.
HEAD_CHARACTERS = 1 << 18
_MAX_COLUMNS = 120_000
# What old systems put behind the last line.
_END_OF_FILE = "\x1a"


def table_from_text(text: str, options: ReadOptions, name: str) -> Table:
    """Read the table in a text, which is looked at as a whole.

    Parameters
    ----------
    text : str
    options : ReadOptions
        With the encoding filled in.
    name : str
        Of the source.

    Raises
    ------
    DataError
        If there is no table.
    """
    text, n_nuls = without_nuls(text.removesuffix(_END_OF_FILE))
    plan, cells, findings = _read_text(text, options, name)
    return table_of_cells(cells, plan, name, findings=(*nul_findings(n_nuls), *findings))


def table_from_large(content: bytes, options: ReadOptions, name: str) -> Table:
    """Read a file that is too large to be looked at as a whole: all below the first header is its table.

    Parameters
    ----------
    content : bytes
    options : ReadOptions
        With the encoding filled in.
    name : str
        Of the source.

    Raises
    ------
    DataError
        If there is no table, or the encoding does not fit.
    """
    content, n_nuls = _as_utf8(content, options.encoding or "utf-8", name)
    plan = plan_text(content[:HEAD_CHARACTERS].decode("utf-8", errors="ignore"), options, is_whole=False)
    check_plan(plan, name)
    cells = read_regular(content, plan, is_one_table=True)
    findings: tuple[Finding, ...] = ()
    if cells is None:
        cells, findings = _repaired(content, plan)
    return table_of_cells(cells, plan, name, findings=(*nul_findings(n_nuls), *findings))


def table_of_cells(
    cells: pd.DataFrame, plan: TextPlan, name: str, sha256: str = "", findings: Sequence[Finding] = ()
) -> Table:
    """Return the table of all cells that were read by a plan, without columns that have neither a name nor a cell.

    Parameters
    ----------
    cells : DataFrame
    plan : TextPlan
    name : str
        Of the source.
    sha256 : str
        Hex digest of the source.
    findings : sequence of Finding
        Beside those of the plan.
    """
    cells, blank = without_blank_columns(cells, plan.layout.header.names)
    return Table(cells, name, sha256, plan.dialect, (*plan.findings, *blank, *findings))


def _repaired(content: bytes, plan: TextPlan) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Return the cells of a large file with rows that are not regular, and what was repaired."""
    repairer = plan.repairer()
    cells = read_stretches(content, plan, repairer)
    if cells is None:
        lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
        cells = text_frame_of(repairer.rows(plan.rows_of(lines)), plan.names)
    return cells, row_findings(repairer, len(cells))


def _as_utf8(content: bytes, encoding: str, name: str) -> tuple[bytes, int]:
    """Return a file's content in UTF-8 without NUL characters, and how many there were; no copy where it is so."""
    if encoding == "utf-8" and b"\0" not in content:
        if not content.isascii():
            decode(content, encoding, name)
        return content, 0
    text, n_nuls = without_nuls(decode(content, encoding, name))
    return text.encode("utf-8", errors="replace"), n_nuls


def _read_text(text: str, options: ReadOptions, name: str) -> tuple[TextPlan, pd.DataFrame, tuple[Finding, ...]]:
    """Return the plan of a text, its cells, and what was repaired."""
    is_whole = len(text) <= HEAD_CHARACTERS
    plan = plan_text(text[:HEAD_CHARACTERS], options, is_whole=is_whole)
    check_plan(plan, name)
    if not is_whole:
        cells = read_regular(text.encode("utf-8", errors="replace"), plan, is_one_table=options.skip_rows is not None)
        if cells is not None:
            return plan, cells, ()
        plan = plan_text(text, options, is_whole=True, sniffed=plan.sniffed)
    repairer = plan.repairer()
    cells = text_frame_of(repairer.rows(plan.rows()), plan.names)
    return plan, cells, row_findings(repairer, len(cells))


def check_plan(plan: TextPlan, name: str) -> None:
    """Raise DataError where no table was found."""
    if not plan.layout.width:
        raise DataError(f"'{name}' holds no rows.", "Check --skip-rows, or give a table with a header row.")
    if plan.layout.width > _MAX_COLUMNS:
        raise DataError(
            f"'{name}' has {plan.layout.width:,} cells in one row, which no table does.", "Check --delimiter."
        )
