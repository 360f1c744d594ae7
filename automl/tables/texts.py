"""From the decoded text of a file to its table."""

from __future__ import annotations

import io

import pandas as pd

from automl.errors import DataError
from automl.findings import Finding
from automl.tables.fastcsv import read_regular
from automl.tables.guesses import nul_findings, row_findings
from automl.tables.nuls import without_nuls
from automl.tables.options import ReadOptions
from automl.tables.plan import TextPlan, plan_text
from automl.tables.rows import text_frame
from automl.tables.table import Table

__all__ = ["HEAD_CHARACTERS", "check_plan", "table_from_text"]

# How the file is written and laid out is found from so many of its first characters.
HEAD_CHARACTERS = 1 << 18
_MAX_COLUMNS = 120_000


def table_from_text(text: str, options: ReadOptions, name: str, *, is_large: bool = False) -> Table:
    """Read the table in a text.

    Parameters
    ----------
    text : str
    options : ReadOptions
        With the encoding filled in.
    name : str
        Of the source.
    is_large : bool
        Whether the text is not to be looked at as a whole: everything below the first header is then the table.

    Raises
    ------
    DataError
        If there is no table.
    """
    text, n_nuls = without_nuls(text)
    plan, cells, findings = _read_text(text, options, name, is_large=is_large)
    return Table(cells, name, "", plan.dialect, (*nul_findings(n_nuls), *plan.findings, *findings))


def _read_text(
    text: str, options: ReadOptions, name: str, *, is_large: bool
) -> tuple[TextPlan, pd.DataFrame, tuple[Finding, ...]]:
    """Return the plan of a text, its cells, and what was repaired; a large text is not looked at as a whole."""
    is_whole = len(text) <= HEAD_CHARACTERS
    plan = plan_text(text[:HEAD_CHARACTERS], options, is_whole=is_whole)
    check_plan(plan, name)
    if not is_whole:
        cells = read_regular(text, plan, is_one_table=is_large or options.skip_rows is not None)
        if cells is not None:
            return plan, cells, ()
    if not is_whole and not is_large:
        plan = plan_text(text, options, is_whole=True, sniffed=plan.sniffed)
    repairer = plan.repairer()
    records = plan.rows_of(io.StringIO(text, newline="")) if is_large else plan.rows()
    cells = text_frame(list(repairer.rows(records)), plan.names)
    return plan, cells, row_findings(repairer, len(cells))


def check_plan(plan: TextPlan, name: str) -> None:
    """Raise DataError where no table was found."""
    if not plan.layout.width:
        raise DataError(f"'{name}' holds no rows.", "Check --skip-rows, or give a table with a header row.")
    if plan.layout.width > _MAX_COLUMNS:
        raise DataError(
            f"'{name}' has {plan.layout.width:,} cells in one row, which no table does.", "Check --delimiter."
        )
