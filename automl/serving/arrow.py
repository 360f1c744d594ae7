"""Arrow bodies of clients: nothing that could grow far beyond the bytes that were sent is unpacked or repeated.

Source: Apache Arrow Columnar Format, "Serialization and Interprocess Communication",
https://arrow.apache.org/docs/format/Columnar.html.
"""

from __future__ import annotations

import struct
from typing import Any

from automl.serving.refusals import TOO_LARGE, UNPROCESSABLE, RefusedError
from automl.tables import Table, as_text_table
from automl.tables.formats.arrow import FILE_MAGIC, arrow_table, frame_of_arrow

__all__ = ["read_arrow"]

_FILE_START = 8
_HEADER_TYPE, _HEADER = 1, 2
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
_DATA_OF_DICTIONARY = 1
_COMPRESSION = 3
_MOST_GROWTH = 64


def read_arrow(content: bytes, source: str) -> Table:
    """Return the text cells of an Arrow stream or file.

    Raises
    ------
    DataError
        If it is damaged.
    RefusedError
        If it is compressed, holds a column of values that are no cells, or repeats long texts too often.
    """
    _check_unpacked(content)
    table = arrow_table(content, source)
    for field, column in zip(table.schema, table.columns, strict=True):
        _check_column(field, column, len(content))
    return Table(as_text_table(frame_of_arrow(table, source)).cells, source, "")


def _check_column(field: Any, column: Any, size: int) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = field.type
    if pa.types.is_dictionary(kind) and (
        pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)
    ):
        longest = max((pc.max(pc.binary_length(chunk.dictionary)).as_py() or 0 for chunk in column.chunks), default=0)
        if longest * len(column) > _MOST_GROWTH * size:
            raise RefusedError(
                TOO_LARGE,
                f"The texts of '{field.name[:100]}' are repeated too often.",
                "Send fewer rows.",
                field.name[:100],
            )
    elif not (pa.types.is_primitive(kind) or _is_text(kind) or pa.types.is_null(kind) or pa.types.is_decimal(kind)):
        raise RefusedError(
            UNPROCESSABLE,
            f"The column '{field.name[:100]}' holds values of the type {str(kind)[:100]}.",
            "Send numbers, texts, truth values, dates or times.",
            field.name[:100],
        )


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _check_unpacked(content: bytes) -> None:
    """Refuse compressed buffers, which may unpack to any size. What is damaged is left to the reader to say."""
    import pyarrow as pa

    stream = content[_FILE_START:] if content.startswith(FILE_MAGIC) else content
    try:
        for message in pa.ipc.MessageReader.open_stream(pa.BufferReader(stream)):
            if _is_compressed(message.metadata.to_pybytes()):
                raise RefusedError(
                    UNPROCESSABLE, "A compressed Arrow body is not read.", "Write it without compression."
                )
    except (pa.ArrowException, OSError, StopIteration, struct.error):
        return


def _is_compressed(metadata: bytes) -> bool:
    """Whether a message is a batch whose buffers are compressed."""
    root = _Table(metadata, struct.unpack_from("<I", metadata)[0])
    header = root.table(_HEADER)
    if header is None:
        return False
    kind = root.byte(_HEADER_TYPE)
    batch = header.table(_DATA_OF_DICTIONARY) if kind == _DICTIONARY_BATCH else header
    return kind in (_DICTIONARY_BATCH, _RECORD_BATCH) and batch is not None and batch.place(_COMPRESSION) is not None


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
        return 0 if place is None else self._content[place]

    def table(self, field: int) -> _Table | None:
        """Return the table that a field points at."""
        place = self.place(field)
        return (
            None if place is None else _Table(self._content, place + struct.unpack_from("<I", self._content, place)[0])
        )
