"""Arrow from a client: read where it holds cells, refused where a few bytes could become many."""

import io
import random
import struct

import numpy as np
import pyarrow as pa
import pytest

from automl.errors import AutomlError, DataError
from automl.serving.arrow import read_arrow
from automl.serving.refusals import TOO_LARGE, RefusedError

ROWS = pa.table({"a": [1, 2, 3], "b": ["x", None, "z"], "c": pa.array(["p", "q", "p"]).dictionary_encode()})
FORMS = {"stream": pa.ipc.new_stream, "file": pa.ipc.new_file}
MOST_ROWS = 100_000
END_OF_STREAM = b"\xff\xff\xff\xff\0\0\0\0"


def written(table, form="stream", rows=None, **options):
    sink = io.BytesIO()
    with FORMS[form](sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def check_rows(rows):
    if rows > MOST_ROWS:
        raise RefusedError(TOO_LARGE, f"Not {rows:,} rows.")


def read(content, known=list):
    table, _ = read_arrow(content, "the request", check_rows, known)
    return table


@pytest.mark.parametrize("form", FORMS)
def test_cells_of_numbers_texts_and_dictionaries_are_read(form):
    cells = read(written(ROWS, form)).cells
    assert cells.to_dict("list") == {"a": ["1", "2", "3"], "b": ["x", "", "z"], "c": ["p", "q", "p"]}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("compression", ["lz4", "zstd"])
@pytest.mark.parametrize("columns", [["a"], ["c"]])
def test_what_is_compressed_is_refused(form, compression, columns):
    with pytest.raises(RefusedError, match="compressed"):
        read(written(ROWS.select(columns), form, compression=compression))


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1]]),
        pa.array([{"a": 1}]),
        pa.array([b"x"]),
        pa.RunEndEncodedArray.from_arrays([100_000_000], ["x"]),
    ],
    ids=["list", "struct", "bytes", "runs"],
)
def test_a_column_of_what_is_no_cell_is_refused(column):
    with pytest.raises(RefusedError, match="'odd'") as refused:
        read(written(pa.table({"odd": column})))
    assert refused.value.field == "odd"


def test_a_long_text_that_is_repeated_without_end_is_refused():
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000), pa.array(["x" * 1_000_000]))
    with pytest.raises(RefusedError, match="repeated too often"):
        read(written(pa.table({"long": repeated})))


def test_rows_of_a_column_without_values_are_counted_before_they_are_read():
    with pytest.raises(RefusedError, match="Not 2,000,000 rows"):
        read(written(pa.table({"none": pa.nulls(2_000_000)})))


def test_columns_without_values_that_a_few_bytes_make_long_are_refused():
    with pytest.raises(RefusedError, match="'none'"):
        read(written(pa.table({"none": pa.nulls(MOST_ROWS)})))


def test_a_column_without_values_beside_others_is_read():
    cells = read(written(pa.table({"a": np.arange(1_000.0), "none": pa.nulls(1_000)}))).cells
    assert cells.iloc[-1].to_dict() == {"a": "999.0", "none": ""}


def test_views_of_texts_are_read():
    views = pa.array(["north", None, "a text that is too long to stand in its view"], pa.string_view())
    assert list(read(written(pa.table({"view": views}))).cells["view"]) == [text or "" for text in views.to_pylist()]


def test_views_that_all_show_one_long_text_are_refused():
    views = np.tile(np.array([100_000, int.from_bytes(b"xxxx", "little"), 0, 0], dtype="<i4"), 1_000)
    buffers = [None, pa.py_buffer(views.tobytes()), pa.py_buffer(b"x" * 100_000)]
    repeated = pa.Array.from_buffers(pa.string_view(), 1_000, buffers)
    with pytest.raises(RefusedError, match="repeated too often"):
        read(written(pa.table({"long": repeated})))


def test_a_dictionary_that_many_batches_share_is_refused_where_it_is_large_for_them():
    texts = pa.array([f"{number:04}" * 10 for number in range(5_000)]).dictionary_encode()
    assert len(read(written(pa.table({"shared": texts}), rows=100)).cells) == 5_000
    with pytest.raises(RefusedError, match="'shared'"):
        read(written(pa.table({"shared": texts}), rows=5))


def test_parts_of_dictionaries_are_refused():
    sink = io.BytesIO()
    columns = [pa.array(levels).dictionary_encode() for levels in (["a"], ["a", "b"])]
    schema = pa.schema({"grows": columns[0].type})
    options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        for column in columns:
            writer.write_batch(pa.record_batch([column], schema=schema))
    with pytest.raises(RefusedError, match="parts of dictionaries"):
        read(sink.getvalue())


def test_the_footer_of_a_file_leads_to_nothing_that_was_not_checked():
    content = bytearray(written(ROWS, "file", compression="zstd"))
    content[8:16] = END_OF_STREAM
    with pytest.raises(DataError):
        read(bytes(content))


def test_compression_in_the_metadata_of_an_old_version_is_refused():
    batch = pa.record_batch({"a": ["x"]})
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(metadata_version=pa.ipc.MetadataVersion.V4)
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch, custom_metadata={"ARROW:experimental_compression": "zstd"})
    with pytest.raises(RefusedError, match="compressed"):
        read(sink.getvalue())


def test_columns_that_use_the_same_bytes_are_refused():
    content = written(pa.table({"a": np.arange(1_000), "b": np.arange(1_000)}))
    places = struct.pack("<8q", 0, 0, 0, 8_000, 8_000, 0, 8_000, 8_000)
    assert content.count(places) == 1
    with pytest.raises(RefusedError, match="share their bytes"):
        read(content.replace(places, struct.pack("<8q", 0, 0, 0, 16_000, 0, 0, 0, 16_000)))


def test_only_columns_that_are_known_are_read_and_the_others_named():
    rows = pa.Table.from_arrays([pa.array([1]), pa.array(["x"]), pa.array([2]), pa.nulls(1)], ["a", "b", "a", ""])
    table, others = read_arrow(written(rows), "the request", check_rows, lambda _: ["a_2", "b"])
    assert table.cells.to_dict("list") == {"b": ["x"], "a_2": ["2"]}
    assert others == ["a", "col_3"]


def test_where_no_column_is_known_the_rows_are_counted():
    assert len(read(written(ROWS), lambda _: []).cells) == 3


def test_damaged_bytes_are_an_error_of_ours():
    draw, sound = random.Random(1), written(ROWS)
    outcomes = set()
    for _ in range(300):
        damaged = bytearray(sound)
        for _ in range(draw.randint(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        try:
            outcomes.add(len(read(bytes(damaged)).cells))
        except AutomlError as error:
            outcomes.add(type(error).__name__)
    assert {3, "DataError"} <= outcomes
