"""Arrow from a client: read where it holds cells, refused where a few bytes could become many."""

import io
import random

import pyarrow as pa
import pytest

from automl.errors import AutomlError
from automl.serving.arrow import read_arrow
from automl.serving.refusals import RefusedError

ROWS = pa.table({"a": [1, 2, 3], "b": ["x", None, "z"], "c": pa.array(["p", "q", "p"]).dictionary_encode()})
FORMS = {"stream": pa.ipc.new_stream, "file": pa.ipc.new_file}


def written(table, form="stream", **options):
    sink = io.BytesIO()
    with FORMS[form](sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_cells_of_numbers_texts_and_dictionaries_are_read(form):
    cells = read_arrow(written(ROWS, form), "the request").cells
    assert cells.to_dict("list") == {"a": ["1", "2", "3"], "b": ["x", "", "z"], "c": ["p", "q", "p"]}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("compression", ["lz4", "zstd"])
@pytest.mark.parametrize("columns", [["a"], ["c"]])
def test_what_is_compressed_is_refused(form, compression, columns):
    with pytest.raises(RefusedError, match="compressed"):
        read_arrow(written(ROWS.select(columns), form, compression=compression), "the request")


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
        read_arrow(written(pa.table({"odd": column})), "the request")
    assert refused.value.field == "odd"


def test_a_long_text_that_is_repeated_without_end_is_refused():
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000), pa.array(["x" * 1_000_000]))
    with pytest.raises(RefusedError, match="repeated too often"):
        read_arrow(written(pa.table({"long": repeated})), "the request")


def test_damaged_bytes_are_an_error_of_ours():
    draw, sound = random.Random(1), written(ROWS)
    outcomes = set()
    for _ in range(300):
        damaged = bytearray(sound)
        for _ in range(draw.randint(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        try:
            outcomes.add(len(read_arrow(bytes(damaged), "the request").cells))
        except AutomlError as error:
            outcomes.add(type(error).__name__)
    assert {3, "DataError"} <= outcomes
