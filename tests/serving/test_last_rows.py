"""The ring of the last rows that a server keeps."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from automl.bundle.reference import ColumnReference
from automl.operate.column_drift import column_tests
from automl.preparation.checks.column_values import values_of
from automl.remembering import column_numbers, grid_of
from automl.serving.last_rows import LONGEST_TEXT, LastRows, longest_text
from automl.tables import Column, ColumnKind, TypedTable
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


def test_missing_cells_are_counted_as_they_come():
    last = LastRows(2)
    frame = rows(0, 4)
    frame.loc[1, ["amount", "day"]] = None
    assert last.add(TypedTable(frame), np.zeros(4)) == {"amount": 1, "day": 1, "city": 2}
    assert last.add(TypedTable(rows(1, 1)), np.zeros(1)) == {}


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


@pytest.mark.parametrize("characters", [30, 20_000])
def test_cutting_long_texts_changes_nothing_that_is_told_of_drift(characters):
    draw = np.random.default_rng(1)
    texts = pd.Series(["x" * count for count in draw.integers(1, characters, 200)], dtype="str")
    schema = Column("note", ColumnKind.TEXT)
    grid = grid_of(column_numbers(values_of(texts)))
    column = ColumnReference("note", "text", rows=200, missing=0, read=200, unparsed=0, grid=grid)
    reference = SimpleNamespace(columns=(column,))
    last = LastRows(200, longest_text(reference))
    came = pd.concat([texts.iloc[:150], pd.Series(["y" * 50_000] * 50, dtype="str")], ignore_index=True)
    last.add(TypedTable(came.to_frame("note")), np.zeros(200))
    kept = last.together()[0].frame["note"]
    assert kept.str.len().max() == max(LONGEST_TEXT, texts.str.len().max())
    assert column_tests(column, schema, kept, 0).tests == column_tests(column, schema, came, 0).tests


def test_of_a_file_that_remembers_no_rows_the_longest_level_is_kept():
    assert longest_text(None) == LONGEST_TEXT


def test_rows_without_columns_are_counted():
    last = LastRows(3)
    last.add(TypedTable(pd.DataFrame(index=pd.RangeIndex(2))), np.array([0.5, 0.6]))
    assert (len(last), len(last.together()[0].frame)) == (2, 2)


def test_without_rows_there_is_nothing_to_put_together():
    with pytest.raises(ValueError, match="no rows"):
        LastRows(3).together()
