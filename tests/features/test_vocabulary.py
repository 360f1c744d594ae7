import numpy as np
import pandas as pd
import pytest

from automl.features import make_encoder, read_encoder, write_encoder
from automl.features.vocabulary import MISSING, UNKNOWN, Vocabulary, frequent_levels
from automl.tables.schema import Column, ColumnKind, Task

AWKWARD = ("", " ", "a", "a\0", "Zürich", "東京", "🙂", "x" * 5000)


def test_any_string_is_kept_as_it_is():
    assert Vocabulary(AWKWARD).strings == AWKWARD


def test_a_stored_vocabulary_knows_the_same_strings():
    frame = pd.DataFrame({"c": pd.Series([*AWKWARD, *AWKWARD], dtype="str")})
    encoder = make_encoder("native", [Column("c", ColumnKind.CATEGORY)], Task.REGRESSION, 0, 0)
    encoder.fit_transform(frame, np.zeros(len(frame)))
    assert set(read_encoder(write_encoder(encoder)).parts[0].levels.strings) == set(AWKWARD)


def test_unknown_and_missing_cells_are_told_apart():
    positions = Vocabulary(["a", "b"]).positions(pd.Series(["b", "new", None, "a"], dtype="str"))
    np.testing.assert_array_equal(positions, [1, UNKNOWN, MISSING, 0])


@pytest.mark.parametrize("dtype", ["str", "object"])
def test_levels_are_counted_whatever_the_storage(dtype):
    cells = pd.Series(["b", "a", "b", "c", None, "a", "b"], dtype=dtype)
    assert frequent_levels(cells, least=2) == ["b", "a"]
