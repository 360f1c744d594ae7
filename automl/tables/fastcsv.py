"""The fast way for regular files: pyarrow's parser, which refuses ragged rows instead of repairing them."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from automl.tables.footers import footer_start
from automl.tables.hiddenrows import are_rows
from automl.tables.plan import TextPlan
from automl.tables.records import Record, hides_records
from automl.tables.remarks import may_be_remarks

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["has_odd_quotes", "is_only_split", "read_regular"]

_BLOCK_BYTES = 1 << 20
_END_ROWS = 60
# For each column pyarrow builds buffers of its own; far wider files are read row by row.
_MAX_WIDTH = 2_000
_LINE_END = re.compile(rb"\r\n|\r|\n")


def read_regular(content: bytes, plan: TextPlan, *, is_one_table: bool) -> pd.DataFrame | None:
    """Read the cells of a file in which every row has as many cells as the header.

    Parameters
    ----------
    content : bytes
        The whole file, in UTF-8 without a byte-order mark.
    plan : TextPlan
        Made from the file's beginning.
    is_one_table : bool
        Whether everything below the header counts as the table, even a footer or a header that comes again.

    Returns
    -------
    DataFrame or None
        None where some row is ragged or some quote odd: the reader that repairs then takes over.
    """
    if not is_only_split(plan) or has_odd_quotes(content, plan):
        return None
    cells = _parsed(content, plan)
    if cells is None or cells.shape[1] != plan.layout.width:
        return None
    rows = cells.iloc[plan.layout.header.n_rows :].reset_index(drop=True)
    if not is_one_table and _may_hold_more(rows, plan):
        return None
    return rows


def is_only_split(plan: TextPlan) -> bool:
    """Whether rows become cells by being split at a delimiter of one byte, as pyarrow's parser does."""
    dialect = plan.dialect
    has_long_marks = max(len(dialect.delimiter.encode()), len(dialect.quote.encode())) > 1
    is_delimited = plan.rewriting is None and plan.mending is None and not (dialect.escape or has_long_marks)
    return is_delimited and 2 <= plan.layout.width <= _MAX_WIDTH


def _parsed(content: bytes, plan: TextPlan) -> pd.DataFrame | None:
    import pyarrow as pa
    from pyarrow import csv

    width, quote = plan.layout.width, plan.dialect.quote
    has_quotes = bool(quote) and quote.encode() in content
    try:
        table = csv.read_csv(
            pa.py_buffer(content).slice(_end_of_lines(content, plan.dialect.skip_rows)),
            read_options=csv.ReadOptions(autogenerate_column_names=True, block_size=_BLOCK_BYTES),
            parse_options=csv.ParseOptions(
                delimiter=plan.dialect.delimiter, quote_char=quote or False, newlines_in_values=has_quotes
            ),
            convert_options=csv.ConvertOptions(
                column_types={f"f{position}": pa.large_string() for position in range(width)},
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_columns != width or may_be_remarks(table.column(0).slice(plan.layout.header.n_rows)):
        return None
    has_lines = has_quotes and _joins_lines(content, table.num_rows)
    if has_lines and not _are_sound(_cells_of_lines(table), content, plan):
        return None
    cells: pd.DataFrame = table.rename_columns(list(plan.names)).to_pandas()
    return cells.astype("str")


def _end_of_lines(content: bytes, count: int) -> int:
    """Return where the first ``count`` lines end."""
    ends = itertools.islice(_LINE_END.finditer(content), count)
    return max((found.end() for found in ends), default=0)


def has_odd_quotes(content: bytes, plan: TextPlan) -> bool:
    """Whether a quote may be left open, stand inside a cell or stand behind a space: the other reader has to look."""
    quote, delimiter = plan.dialect.quote.encode(), plan.dialect.delimiter.encode()
    if not quote or quote not in content:
        return False
    if content.count(quote) % 2 == 1:
        return True
    mark, separator = re.escape(quote), re.escape(delimiter)
    beside = rb"[^%b%b\r\n]" % (separator, mark)
    # Beginning with the mark itself lets the search leap from quote to quote.
    if re.search(rb"%b(?<=%b%b)(?=%b)" % (mark, beside, mark, beside), content):
        return True
    spaced = rb"%b +%b(?!%b)" % (separator, mark, mark)
    return delimiter + b" " + quote in content and re.search(spaced, content) is not None


def _joins_lines(content: bytes, n_rows: int) -> bool:
    """Whether cells hold line ends, or lines are blank."""
    line_end = b"\n" if b"\n" in content else b"\r"
    return content.count(line_end) + (not content.endswith(line_end)) > n_rows


def _cells_of_lines(table: pa.Table) -> list[str]:
    """Return the cells of several lines in the order in which they stand in the file."""
    import pyarrow.compute as pc

    columns, rows, cells = [], [], []
    for number, column in enumerate(table.columns):
        has_lines = pc.match_substring_regex(column, r"[\r\n]")
        found = pc.indices_nonzero(has_lines).to_pylist()
        rows.extend(found)
        columns.extend([number] * len(found))
        cells.extend(pc.filter(column, has_lines).to_pylist())
    order = sorted(range(len(cells)), key=lambda at: (rows[at], columns[at]))
    return [cells[at] for at in order]


def _are_sound(cells: Sequence[str], content: bytes, plan: TextPlan) -> bool:
    """Whether cells of several lines stand between two quotes of theirs, and hide no rows that a stray quote joined."""
    quote, tokenizer = plan.dialect.quote, plan.tokenizer
    ends = (plan.dialect.delimiter.encode(), b"\r", b"\n", b"")
    position = 0
    profiles = plan.profiles()
    for cell in cells:
        written = f"{quote}{cell.replace(quote, 2 * quote)}{quote}"
        encoded = written.encode()
        start = content.find(encoded, position)
        position = start + len(encoded)
        if start < 0 or content[position : position + 1] not in ends:
            return False
        if plan.dialect.delimiter in cell:
            lines = list(io.StringIO(written, newline=""))
            if hides_records(lines, plan.layout.width, tokenizer) or are_rows(lines[1:-1], tokenizer, profiles):
                return False
    return True


def _may_hold_more(rows: pd.DataFrame, plan: TextPlan) -> bool:
    """Whether the header comes again, or something stands below the last row."""
    header = plan.layout.header
    if header.n_rows and (rows.iloc[:, 0] == header.names[0]).any():
        return True
    end = rows.iloc[-_END_ROWS:].to_numpy().tolist()
    records = [Record(line, "", cells) for line, cells in enumerate(end)]
    return footer_start(records, 0, len(records), plan.layout.width) < len(records)
