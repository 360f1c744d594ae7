"""The fast way for regular files: pyarrow's parser, which refuses ragged rows instead of repairing them."""

from __future__ import annotations

import io

import pandas as pd

from automl.tables.sniffing import Sniffed

__all__ = ["read_regular"]

_BLOCK_BYTES = 1 << 24
# Below this size the start-up of pyarrow's reader costs more than it saves.
_SMALL_CHARACTERS = 1 << 16


def read_regular(text: str, sniffed: Sniffed, names: tuple[str, ...]) -> pd.DataFrame | None:
    """Read the cells of a file in which every row has as many cells as the header.

    Parameters
    ----------
    text : str
        The whole file.
    sniffed : Sniffed
    names : tuple of str
        The column names to give.

    Returns
    -------
    DataFrame or None
        None where some row is ragged or the file is small: the row-by-row reader then takes over.
    """
    if len(text) < _SMALL_CHARACTERS or sniffed.dialect.escape or sniffed.pads_quotes or sniffed.width < 2:
        return None
    import pyarrow as pa
    from pyarrow import csv

    try:
        table = csv.read_csv(
            pa.BufferReader(_skip_lines(text, sniffed.dialect.skip_rows).encode("utf-8")),
            read_options=csv.ReadOptions(autogenerate_column_names=True, block_size=_BLOCK_BYTES),
            parse_options=csv.ParseOptions(
                delimiter=sniffed.dialect.delimiter,
                quote_char=sniffed.dialect.quote or False,
                newlines_in_values=True,
            ),
            convert_options=csv.ConvertOptions(
                column_types={f"f{position}": pa.large_string() for position in range(sniffed.width)},
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except (pa.ArrowInvalid, UnicodeEncodeError):
        return None
    if table.num_columns != sniffed.width or _has_open_quote(text, sniffed.dialect.quote):
        return None
    cells: pd.DataFrame = table.rename_columns(list(names)).slice(int(sniffed.dialect.has_header)).to_pandas()
    return cells.astype("str").reset_index(drop=True)


def _skip_lines(text: str, count: int) -> str:
    if not count:
        return text
    stream = io.StringIO(text, newline="")
    for _ in range(count):
        stream.readline()
    return stream.read()


def _has_open_quote(text: str, quote: str) -> bool:
    """Whether a quote may be left open: the row-by-row reader has to look."""
    return bool(quote) and text.count(quote) % 2 == 1
