import numpy as np

from automl.features.matrix import FeatureGroup, join_groups


def test_groups_are_put_side_by_side_with_their_codes_marked():
    plain = FeatureGroup(np.array([[1.0, np.nan], [3.0, 4.0]]), ("a", "b"), ("a", "b"))
    coded = FeatureGroup(np.array([[0.0], [1.0]]), ("c",), ("c",), cardinality=2)
    matrix = join_groups([plain, coded, plain], 2)
    np.testing.assert_array_equal(matrix.values, [[1, np.nan, 0, 1, np.nan], [3, 4, 1, 3, 4]])
    assert (matrix.categorical, matrix.cardinalities) == ((2,), (2,))
    assert matrix.sources == ("a", "b", "c", "a", "b")


def test_values_that_float32_cannot_hold_are_clipped():
    matrix = join_groups([FeatureGroup(np.array([[1e300], [-1e300]]), ("a",), ("a",))], 2)
    assert np.isfinite(matrix.values).all()
    assert matrix.values[0, 0] > 1e30 > -1e30 > matrix.values[1, 0]
