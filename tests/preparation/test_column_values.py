"""The typed columns as arrays, and the hashes made of them."""

import numpy as np
import pandas as pd
import pytest

from automl.preparation.checks.column_values import column_values
from automl.preparation.checks.hashing import duplicate_groups, hash_rows


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "number": [1.0, np.nan, 1.0, 2.0, 1.0],
            "word": pd.array(["a", None, "a", "b", "c"], dtype="str"),
            "day": pd.to_datetime(["2024-01-01", None, "2024-01-01", "2024-01-02", "2024-01-01"]).as_unit("us"),
        }
    )


@pytest.mark.parametrize("name", ["number", "word", "day"])
def test_values_are_counted_as_pandas_counts_them(frame, name):
    values = column_values(frame)[name]
    expected = frame[name]
    assert values.missing.tolist() == expected.isna().tolist()
    assert values.distinct() == expected.nunique()
    assert sorted(values.counts()) == sorted(expected.value_counts(dropna=False))


def test_some_rows_of_a_text_column_count_only_their_own_levels(frame):
    values = column_values(frame)["word"].take(slice(3))
    assert values.level_counts() == {"a": 2}
    assert values.distinct() == 1


def test_equal_rows_have_equal_hashes_and_others_do_not(frame):
    values = column_values(frame)
    total = hash_rows(values, len(frame)).total
    expected = duplicate_groups([frame[name] for name in frame], len(frame))
    assert pd.factorize(total)[0].tolist() == pd.factorize(expected)[0].tolist()


def test_a_column_can_be_taken_out_of_the_hashes_again(frame):
    values = column_values(frame)
    without_word = hash_rows(values, len(frame)).over({"number", "day"}, values)
    assert pd.factorize(without_word)[0].tolist() == [0, 1, 0, 2, 0]


def test_minus_zero_is_zero():
    values = column_values(pd.DataFrame({"number": [0.0, -0.0]}))
    assert len(set(hash_rows(values, 2).total.tolist())) == 1
