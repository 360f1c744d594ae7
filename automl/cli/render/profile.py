"""A profile as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.cli.options import Common
from automl.cli.render.findings import print_findings
from automl.cli.render.numbers import percent
from automl.cli.render.tables import print_table

__all__ = ["print_profile"]


def print_profile(facts: Mapping[str, Any], data: str, common: Common) -> None:
    """Print the columns, then the findings."""
    rows, columns = facts["rows"], facts["columns"]
    table = [
        (each["name"], each["kind"], percent(each["missing"], rows) if each["missing"] else "", f"{each['unique']:,}")
        for each in columns
    ]
    title = f"{data}: {rows:,} rows, {len(columns):,} columns"
    print_table(title, ("column", "kind", "missing", "unique"), table, common, numeric=("missing", "unique"))
    print_findings(facts["findings"], common)
