"""Arrow bodies of clients: nothing that could grow far beyond the bytes that were sent is unpacked or repeated.

A file is read as the stream that it holds, message by message as they were checked: its footer could lead elsewhere.

Source: Apache Arrow Columnar Format, "Serialization and Interprocess Communication",
https://arrow.apache.org/docs/format/Columnar.html.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.serving.refusals import TOO_LARGE, UNPROCESSABLE, RefusedError
from automl.tables import Table, as_text_table
from automl.tables.formats.arrow import FILE_MAGIC, damage_told, frame_of_arrow
from automl.tables.rows import unique_names

__all__ = ["read_arrow"]

_FILE_START = 8
_VERSION, _HEADER_TYPE, _HEADER, _CUSTOM = 0, 1, 2, 4
_NEWEST_VERSION = 4
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
_DATA_OF_DICTIONARY, _IS_DELTA = 1, 2
_BUFFERS, _COMPRESSION = 2, 3
_MOST_GROWTH = 64
_EMPTY_BYTES = 8
_VIEW_WORDS = 4
_COUNT_BYTES = 4
_BUFFER = struct.Struct("<qq")


def read_arrow(
    content: bytes, source: str, check_rows: Callable[[int], None], known: Callable[[Sequence[str]], Collection[str]]
) -> tuple[Table, list[str]]:
    """Return the text cells of an Arrow stream or file, and the names of the columns that are not looked at.

    Parameters
    ----------
    content : bytes
    source : str
    check_rows : callable
        Takes the number of rows before any is read, and refuses too many.
    known : callable
        Returns those of some names whose columns are wanted: to write the cells of each takes a millisecond, and a body
        has place for 100,000.

    Raises
    ------
    DataError
        If it is damaged.
    RefusedError
        If it is compressed, holds a column of values that are no cells, uses the same bytes too often, or has too many
        rows.
    """
    import pyarrow as pa

    stream = pa.py_buffer(content)
    if content.startswith(FILE_MAGIC):
        stream = stream.slice(_FILE_START)
    with damage_told(source):
        _check_messages(stream)
        table = _table_of(stream, check_rows)
        names, _ = unique_names(table.schema.names)
        wanted = frozenset(known(names))
        places = [place for place, name in enumerate(names) if name in wanted]
        table = table.select(places).rename_columns([names[place] for place in places])
        _check_growth(table, len(content))
    frame = frame_of_arrow(table, source)
    # Without a column only an index says how many rows there are.
    cells = as_text_table(frame).cells if places else pd.DataFrame(index=pd.RangeIndex(table.num_rows))
    return Table(cells, source, ""), [name for name in names if name not in wanted]


def _table_of(stream: Any, check_rows: Callable[[int], None]) -> Any:
    """Return the table of a stream, whose columns take no memory beyond it yet."""
    import pyarrow as pa

    reader = pa.ipc.open_stream(stream)
    for field in reader.schema:
        _check_type(field)
    batches = list(reader)
    # Arrow's own sum of the rows could overflow.
    check_rows(sum(batch.num_rows for batch in batches))
    return pa.Table.from_batches(batches, reader.schema)


def _check_type(field: Any) -> None:
    import pyarrow as pa

    kind = field.type
    texts = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(texts) or pa.types.is_large_string(texts):
        return
    if not (
        pa.types.is_primitive(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
        or pa.types.is_decimal(kind)
    ):
        raise RefusedError(
            UNPROCESSABLE,
            f"The column '{field.name[:100]}' holds values of the type {str(kind)[:100]}.",
            "Send numbers, texts, truth values, dates or times.",
            field.name[:100],
        )


def _check_growth(table: Any, size: int) -> None:
    """Refuse columns that together become far more bytes than all that were sent."""
    table.validate()
    grown = 0
    for field, column in zip(table.schema, table.columns, strict=True):
        for chunk in column.chunks:
            grown += _grown(chunk)
            if grown > _MOST_GROWTH * size:
                raise RefusedError(
                    TOO_LARGE,
                    f"The values of '{field.name[:100]}' are repeated too often for a body of {size:,} bytes.",
                    "Send fewer rows, or all of them in one batch.",
                    field.name[:100],
                )


def _grown(chunk: Any) -> int:
    """Return the bytes that cells become, of those types whose cells may take fewer or none in the body.

    They are not checked yet: nothing is read here but lengths and places, each within its buffer.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(chunk.type):
        return _EMPTY_BYTES * len(chunk)
    if pa.types.is_dictionary(chunk.type):
        texts = pc.sum(pc.binary_length(chunk.dictionary).take(chunk.indices)).as_py() or 0
        # Each batch brings the whole dictionary again, to be checked and converted.
        return int(chunk.dictionary.get_total_buffer_size()) + max(texts, 0)
    if pa.types.is_string_view(chunk.type) and len(chunk):
        views = np.frombuffer(chunk.buffers()[1], dtype="<i4")
        return int(views[::_VIEW_WORDS].clip(min=0).sum(dtype=np.int64))
    return 0


def _check_messages(stream: Any) -> None:
    """Refuse batches that may unpack to any size, or that use the same bytes for several columns."""
    import pyarrow as pa

    for message in pa.ipc.MessageReader.open_stream(pa.BufferReader(stream)):
        try:
            _check_message(message.metadata.to_pybytes(), message.body.size if message.body is not None else 0)
        except struct.error as error:
            raise ValueError("a message points outside of itself") from error


def _check_message(metadata: bytes, size: int) -> None:
    root = _Table(metadata, struct.unpack_from("<I", metadata)[0])
    kind, batch = root.byte(_HEADER_TYPE), root.table(_HEADER)
    if kind not in (_DICTIONARY_BATCH, _RECORD_BATCH) or batch is None:
        return
    if kind == _DICTIONARY_BATCH:
        if batch.byte(_IS_DELTA):
            # Each would leave a longer dictionary in memory beside all before it.
            raise RefusedError(
                UNPROCESSABLE, "An Arrow body with parts of dictionaries is not read.", "Write each dictionary whole."
            )
        batch = batch.table(_DATA_OF_DICTIONARY)
    # Before version 5 of the format its own field for compression was not there yet: it stood in metadata.
    is_old = root.byte(_VERSION) < _NEWEST_VERSION and root.place(_CUSTOM) is not None
    if is_old or (batch is not None and batch.place(_COMPRESSION) is not None):
        raise RefusedError(UNPROCESSABLE, "A compressed Arrow body is not read.", "Write it without compression.")
    if batch is not None and batch.sum_of_lengths(_BUFFERS) > size:
        raise RefusedError(
            UNPROCESSABLE, "Columns of the Arrow body share their bytes.", "Write each column with bytes of its own."
        )


class _Table:
    """A table of a FlatBuffers message, of which a few fields are looked at.

    Parameters
    ----------
    content : bytes
    start : int
    """

    def __init__(self, content: bytes, start: int) -> None:
        self._content, self._start = content, start
        self._fields = start - struct.unpack_from("<i", content, start)[0]

    def place(self, field: int) -> int | None:
        """Return where a field stands, None where it is left out."""
        at = 4 + 2 * field
        if at + 2 > struct.unpack_from("<H", self._content, self._fields)[0]:
            return None
        offset = struct.unpack_from("<H", self._content, self._fields + at)[0]
        return self._start + offset if offset else None

    def byte(self, field: int) -> int:
        """Return the value of a field of one byte."""
        place = self.place(field)
        return 0 if place is None else int(struct.unpack_from("<B", self._content, place)[0])

    def table(self, field: int) -> _Table | None:
        """Return the table that a field points at."""
        place = self.place(field)
        return (
            None if place is None else _Table(self._content, place + struct.unpack_from("<I", self._content, place)[0])
        )

    def sum_of_lengths(self, field: int) -> int:
        """Return the sum of the lengths in a field of places and lengths."""
        place = self.place(field)
        if place is None:
            return 0
        start = place + struct.unpack_from("<I", self._content, place)[0]
        first = start + _COUNT_BYTES
        end = first + _BUFFER.size * struct.unpack_from("<I", self._content, start)[0]
        return sum(max(length, 0) for _, length in _BUFFER.iter_unpack(self._content[first:end]))
