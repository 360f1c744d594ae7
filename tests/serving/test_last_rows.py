"""The ring of the last rows that a server keeps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from automl.serving.last_rows import LONGEST_TEXT, LastRows
from automl.tables import TypedTable
from automl.tables.glances import is_long


def rows(first, count):
    numbers = np.arange(first, first + count)
    when = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(numbers, unit="D"), dtype="datetime64[us]")
    city = pd.Series([None if each % 3 == 0 else f"c{each}" for each in numbers], dtype="str")
    return pd.DataFrame({"amount": numbers.astype(float), "day": when, "city": city})


def kept(*sizes, most=5, unparsed=None):
    last, first = LastRows(most), 0
    for size in sizes:
        last.add(TypedTable(rows(first, size), unparsed or {}), np.arange(first, first + size) / 10)
        first += size
    return last


@pytest.mark.parametrize("sizes", [(1,), (2, 2), (1, 1, 1, 1, 1, 1, 1), (5,), (3, 4), (12,), (2, 12, 1)])
def test_the_last_rows_come_back_in_their_order_and_types(sizes):
    last, total = kept(*sizes), sum(sizes)

    typed, predicted = last.together()

    wanted = rows(max(0, total - 5), min(total, 5))
    assert len(last) == len(wanted)
    assert_frame_equal(typed.frame, wanted)
    assert predicted.tolist() == (wanted["amount"] / 10).tolist()


def test_probabilities_of_classes_are_kept_row_by_row():
    last = LastRows(3)
    last.add(TypedTable(rows(0, 4)), np.array([[0.1, 0.9], [0.2, 0.8], [0.3, 0.7], [0.4, 0.6]]))

    assert last.together()[1].tolist() == [[0.2, 0.8], [0.3, 0.7], [0.4, 0.6]]


def test_cells_that_could_not_be_read_count_as_long_as_their_request_is_kept():
    assert kept(2, 2, unparsed={"amount": 1}).together()[0].unparsed == {"amount": 2}
    assert kept(2, 2, 2, 2, unparsed={"amount": 1}).together()[0].unparsed == {"amount": 3}
    assert kept(10, unparsed={"amount": 4}).together()[0].unparsed == {"amount": 2}


def test_of_long_texts_a_bounded_part_is_kept_and_short_ones_whole():
    texts = ["x" * 1_000_000, "y" * LONGEST_TEXT, "short", None]
    last = LastRows(3)
    for text in texts:
        frame = pd.DataFrame({"amount": [1.0], "note": pd.array([text], dtype="str")})
        last.add(TypedTable(frame), np.array([0.5]))
    assert last.together()[0].frame["note"].fillna("").tolist() == ["y" * LONGEST_TEXT, "short", ""]
    last.add(TypedTable(pd.DataFrame({"amount": 1.0, "note": pd.array(texts, dtype="str")})), np.full(4, 0.5))
    last.add(TypedTable(pd.DataFrame({"amount": [1.0], "note": pd.array(texts[:1], dtype="str")})), np.array([0.5]))
    assert last.together()[0].frame["note"].fillna("").tolist() == ["short", "", "x" * LONGEST_TEXT]


def test_a_cut_text_is_still_longer_than_any_level_of_a_category():
    assert is_long("x" * LONGEST_TEXT)


def test_how_long_texts_are_kept_can_be_set_by_what_the_training_rows_had():
    last = LastRows(3, longest=4)
    last.add(TypedTable(pd.DataFrame({"note": pd.array(["abcdef"], dtype="str")})), np.array([0.5]))
    assert last.together()[0].frame["note"].tolist() == ["abcd"]


def test_rows_without_columns_are_counted():
    last = LastRows(3)
    last.add(TypedTable(pd.DataFrame(index=pd.RangeIndex(2))), np.array([0.5, 0.6]))
    assert (len(last), len(last.together()[0].frame)) == (2, 2)


def test_without_rows_there_is_nothing_to_put_together():
    with pytest.raises(ValueError, match="no rows"):
        LastRows(3).together()
