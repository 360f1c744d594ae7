"""The profile of a table as one self-contained HTML page, in the style of the fit report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from automl.preparation.overview import MissingPattern, TableOverview
from automl.preparation.profile import ColumnProfile, TableProfile
from automl.report import charts
from automl.report.facts import ColumnFact
from automl.report.gathering import column_fact
from automl.report.pages import listing, render_page

__all__ = ["render_profile"]

_MOST_COLUMNS = 500
_MOST_FINDINGS = 200
_MOST_NAMES = 6
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class _Row:
    """One column's line: what the fit report shows of it, its profile, and the bar of its relation to the target."""

    fact: ColumnFact
    profile: ColumnProfile
    bar: str


@dataclass(frozen=True)
class _Pattern:
    """One set of columns that are missing together: the first few by name, and how many more there are."""

    columns: tuple[str, ...]
    more: int
    rows: int
    share: float
    bar: str


def render_profile(profile: TableProfile, source: str, target: str | None) -> str:
    """Return the page.

    Parameters
    ----------
    profile : TableProfile
    source : str
        What the table is called.
    target : str or None
        The column to predict.
    """
    findings = sorted(profile.findings, key=lambda finding: _SEVERITIES.index(finding.severity))
    rows = [_Row(column_fact(column), column, _relation(column)) for column in profile.columns[:_MOST_COLUMNS]]
    return render_page(
        "profile.html.j2",
        source=source,
        target=target,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=profile.rows,
        findings=listing(findings[:_MOST_FINDINGS], _MOST_FINDINGS, len(findings)),
        severities=pd.Series([str(finding.severity) for finding in findings], dtype="str").value_counts().to_dict(),
        columns=listing(rows, _MOST_COLUMNS, len(profile.columns)),
        cells=profile.rows * len(profile.columns),
        missing=int(np.sum([column.missing for column in profile.columns])),
        **_overview(profile.overview, profile.rows),
    )


def _relation(column: ColumnProfile) -> str:
    return "" if column.relation is None else _bar(column.relation)


def _overview(overview: TableOverview, rows: int) -> dict[str, Any]:
    return {
        "overview": overview,
        "patterns": [_pattern(each, rows) for each in overview.missing_together],
        "pairs": [(each, _bar(abs(each.strength))) for each in overview.related_columns],
        "drift": [(each, _bar(each.distance)) for each in overview.drift],
    }


def _pattern(pattern: MissingPattern, rows: int) -> _Pattern:
    share = pattern.rows / max(rows, 1)
    names = pattern.columns[:_MOST_NAMES]
    return _Pattern(names, len(pattern.columns) - len(names), pattern.rows, share, _bar(share))


def _bar(share: float) -> str:
    return charts.bar_strip(charts.Strip(0.0, 1.0), share)
