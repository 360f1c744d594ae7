"""A profile as text: the findings first, then a line for each column with a small picture of its values."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from automl.cli.options import Common
from automl.cli.render.findings import print_findings
from automl.cli.render.numbers import percent
from automl.cli.render.streams import print_result, visible
from automl.cli.render.tables import print_table
from automl.findings import WITHHELD_VALUES

__all__ = ["print_profile", "sparkline"]

_BLOCKS = "▁▂▃▄▅▆▇█"
_PLAIN = ".:-=+*%#"
_WIDTH = 10
_LONGEST_NAME = 32
_LONGEST_VALUES = 44


def print_profile(facts: Mapping[str, Any], data: str, common: Common) -> None:
    """Print how large the table is, what was found, and the columns."""
    rows, columns = facts["rows"], facts["columns"]
    print_result(f"{visible(data)}: {rows:,} rows, {len(columns):,} columns\n")
    print_findings(facts["findings"], common)
    related = any(each["relation"] is not None for each in columns)
    blocks = _BLOCKS if _can_show(_BLOCKS) else _PLAIN
    relation = ["relation"] if related else []
    headings = ["column", "kind", "values", "missing", "unique", *relation, "range or most frequent"]
    table = [
        [
            _shortened(each["name"], _LONGEST_NAME),
            each["kind"],
            sparkline(_counts(each), blocks),
            percent(each["missing"], rows) if each["missing"] else "",
            f"{each['unique']:,}",
            *([_relation(each)] if related else []),
            _shortened(_values(each), _LONGEST_VALUES),
        ]
        for each in columns
    ]
    print_table("Columns", headings, table, common, numeric=("missing", "unique", "relation"))


def sparkline(counts: Sequence[int], blocks: str = _BLOCKS) -> str:
    """Draw counts as a row of small bars; a count of zero is a space.

    Examples
    --------
    >>> sparkline([1, 4, 0, 8])
    '▁▄ █'
    """
    most = max(counts, default=0)
    return "".join(blocks[max(0, round(count / most * len(blocks)) - 1)] if count else " " for count in counts)


def _counts(column: Mapping[str, Any]) -> list[int]:
    """Return at most ten bars: bins put together, or the most frequent levels."""
    bins = column["histogram"]
    step = -(-len(bins) // _WIDTH)
    if bins:
        return [sum(bins[at : at + step]) for at in range(0, len(bins), step)]
    return [rows for _, rows in column["top_values"][:_WIDTH]]


def _relation(column: Mapping[str, Any]) -> str:
    return "" if column["relation"] is None else percent(round(column["relation"], 3), 1)


def _values(column: Mapping[str, Any]) -> str:
    if column["personal"]:
        return WITHHELD_VALUES
    if column["minimum"] is not None:
        return f"{column['minimum']} to {column['maximum']}".replace("T00:00:00", "")
    if column["top_values"]:
        return ", ".join(f"{value} {rows:,}" for value, rows in column["top_values"][:4])
    return ", ".join(column["examples"][:2])


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
