import numpy as np
import pandas as pd
import pytest
import skops.io

from automl.features.vocabulary import MISSING, UNKNOWN, Vocabulary, frequent_levels

AWKWARD = ("", " ", "a", "a\0", "Zürich", "東京", "🙂", "x" * 5000)


def test_any_string_is_kept_as_it_is():
    assert Vocabulary(AWKWARD).strings == AWKWARD


def test_a_stored_vocabulary_knows_the_same_strings():
    used = Vocabulary(AWKWARD)
    used.positions(pd.Series(["a"], dtype="str"))
    loaded = skops.io.loads(skops.io.dumps(used), trusted=["automl.features.vocabulary.Vocabulary"])
    assert loaded.strings == AWKWARD


def test_unknown_and_missing_cells_are_told_apart():
    positions = Vocabulary(["a", "b"]).positions(pd.Series(["b", "new", None, "a"], dtype="str"))
    np.testing.assert_array_equal(positions, [1, UNKNOWN, MISSING, 0])


@pytest.mark.parametrize("dtype", ["str", "object"])
def test_levels_are_counted_whatever_the_storage(dtype):
    cells = pd.Series(["b", "a", "b", "c", None, "a", "b"], dtype=dtype)
    assert frequent_levels(cells, least=2) == ["b", "a"]
