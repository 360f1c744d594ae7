"""What is held of a table takes as much memory as it needs."""

import numpy as np
import pandas as pd
import pyarrow as pa

from automl.memory import put_together, without_rows


def frame(first):
    return pd.DataFrame(
        {
            "text": pd.Series([f"cell {first}", None, ""], dtype="str"),
            "number": [first + 0.5, np.nan, -1.0],
            "when": pd.to_datetime(["2024-01-01", None, "2024-03-01"]),
            "kind": pd.Categorical(["a", None, "b"], categories=["a", "b"]),
        }
    )


def test_rows_are_as_they_were_and_in_their_order():
    frames = [frame(first) for first in range(5)]

    pd.testing.assert_frame_equal(put_together(frames), pd.concat(frames, ignore_index=True))


def test_texts_are_in_one_piece():
    texts = pa.array(put_together([frame(first) for first in range(5)])["text"])

    assert not isinstance(texts, pa.ChunkedArray) or texts.num_chunks == 1


def test_no_rows_of_no_columns_stay_none():
    assert put_together([pd.DataFrame(), pd.DataFrame()]).empty


def test_columns_alone_hold_no_texts():
    before = pa.total_allocated_bytes()
    texts = pd.DataFrame({"text": pd.Series([f"a text of some length, {row}" for row in range(100_000)], dtype="str")})
    held = pa.total_allocated_bytes() - before

    columns = without_rows(texts)
    del texts

    assert held > 2_000_000
    assert pa.total_allocated_bytes() - before < held / 10
    assert columns.columns.tolist() == ["text"]
    assert columns.empty


def test_columns_alone_keep_their_types():
    pd.testing.assert_frame_equal(without_rows(frame(0)), frame(0).iloc[:0], check_index_type=False)
