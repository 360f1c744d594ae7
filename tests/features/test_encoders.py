import json

import numpy as np
import pandas as pd
import pytest

from automl.features import ENCODING_NAMES, EncodedMatrix, make_encoder, read_encoder, useful_encodings, write_encoder
from automl.tables.schema import Column, ColumnKind, Task

every_encoding = pytest.mark.parametrize("name", ENCODING_NAMES)
FINITE_ENCODINGS = ("ordinal_target", "onehot_scaled")


def encoder_for(name, columns, task=Task.BINARY, n_classes=2, seed=0):
    return make_encoder(name, columns, task, n_classes, seed)


def column(name, kind):
    return (Column(name, kind),)


def frame_of(name, values, dtype=None):
    return pd.DataFrame({name: pd.Series(values, dtype=dtype)})


def assert_same(first: EncodedMatrix, second: EncodedMatrix):
    np.testing.assert_array_equal(first.values, second.values)
    assert first.names == second.names
    assert first.sources == second.sources
    assert (first.categorical, first.cardinalities) == (second.categorical, second.cardinalities)


def assert_well_formed(matrix: EncodedMatrix, n_rows: int):
    assert matrix.values.shape == (n_rows, len(matrix.names))
    assert matrix.values.dtype == np.float32
    assert matrix.values.flags.c_contiguous
    assert len(matrix.sources) == len(matrix.names)
    assert len(set(matrix.names)) == len(matrix.names)
    assert not np.isinf(matrix.values).any()


def test_an_unknown_encoding_is_refused_by_name():
    with pytest.raises(ValueError, match="Got 'nativ' instead"):
        encoder_for("nativ", ())


@every_encoding
def test_training_and_new_rows_get_the_same_features(name, mixed):
    encoder = encoder_for(name, mixed.columns)
    train = encoder.fit_transform(mixed.frame, mixed.labels)
    new = encoder.transform(mixed.frame.iloc[:30])
    assert_well_formed(train, 120)
    assert_well_formed(new, 30)
    assert (train.names, train.sources, train.categorical) == (new.names, new.sources, new.categorical)
    assert set(train.sources) == {column.name for column in mixed.columns}


@every_encoding
@pytest.mark.parametrize(("task", "n_classes"), [(Task.BINARY, 2), (Task.MULTICLASS, 4), (Task.REGRESSION, 0)])
def test_a_stored_encoder_transforms_bit_for_bit_as_before(name, task, n_classes, mixed):
    target = mixed.amounts if task is Task.REGRESSION else mixed.labels * (n_classes - 1)
    encoder = encoder_for(name, mixed.columns, task, n_classes)
    encoder.fit_transform(mixed.frame, target)
    expected = encoder.transform(mixed.frame)
    assert_same(read_encoder(write_encoder(encoder)).transform(mixed.frame), expected)


@pytest.mark.parametrize("foreign", [print, object(), np.array([print], dtype=object), {1, 2}])
def test_what_is_not_ours_is_not_stored(foreign, mixed):
    encoder = encoder_for("native", mixed.columns)
    encoder.parts = [foreign]
    with pytest.raises(TypeError, match="cannot hold"):
        write_encoder(encoder)


@pytest.mark.parametrize(
    "structure",
    [
        {"object": "print", "state": {}},
        {"object": "Vocabulary", "state": {}},
        {"array": "|O", "shape": [1], "offset": 0},
        {"object": "Encoder", "state": {"parts": {"array": "<f8", "shape": [9], "offset": 0}}},
        {"object": "Encoder", "state": {"parts": {"array": "<f8", "shape": [-1], "offset": 0}}},
        {"object": "Encoder", "state": {"parts": {"array": "|O", "shape": [0], "offset": 0}}},
        [],
        None,
    ],
)
def test_a_stored_encoder_that_is_none_of_ours_is_refused(structure):
    text = json.dumps(structure).encode()
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_encoder(len(text).to_bytes(8, "little") + text + bytes(16))


def test_arrays_of_a_stored_encoder_that_share_their_bytes_are_refused():
    one = {"array": "<f8", "shape": [2], "offset": 0}

    def read(*arrays):
        text = json.dumps({"object": "Encoder", "state": {"parts": {"list": list(arrays)}}}).encode()
        return read_encoder(len(text).to_bytes(8, "little") + text + bytes(32))

    assert len(read(one, {**one, "offset": 16}).parts) == 2
    with pytest.raises(ValueError, match="place"):
        read(one, one)


@every_encoding
def test_the_order_of_the_frames_columns_does_not_matter(name, mixed):
    shuffled = mixed.frame[list(mixed.frame.columns[::-1])]
    first, second = encoder_for(name, mixed.columns), encoder_for(name, mixed.columns)
    assert_same(first.fit_transform(mixed.frame, mixed.labels), second.fit_transform(shuffled, mixed.labels))
    assert_same(first.transform(mixed.frame), second.transform(shuffled))


@every_encoding
def test_where_no_rows_are_kept_together_the_matrix_is_the_same_to_the_last_bit(name, mixed):
    blocks = np.random.default_rng(0).permutation(len(mixed.frame))
    with_blocks = encoder_for(name, mixed.columns).fit_transform(mixed.frame, mixed.labels, blocks=blocks)
    assert_same(encoder_for(name, mixed.columns).fit_transform(mixed.frame, mixed.labels), with_blocks)


@every_encoding
def test_the_same_seed_gives_the_same_matrix(name, mixed):
    first = encoder_for(name, mixed.columns).fit_transform(mixed.frame, mixed.labels)
    assert_same(encoder_for(name, mixed.columns).fit_transform(mixed.frame, mixed.labels), first)


@every_encoding
def test_a_row_is_encoded_alike_whatever_rows_are_beside_it(name, mixed):
    encoder = encoder_for(name, mixed.columns)
    encoder.fit_transform(mixed.frame, mixed.labels)
    together = encoder.transform(mixed.frame).values[40:41]
    alone = encoder.transform(mixed.frame.iloc[40:41].reset_index(drop=True)).values
    np.testing.assert_allclose(alone, together, rtol=1e-5, atol=1e-6)


@every_encoding
def test_the_frame_is_left_as_it_was(name, mixed):
    before = mixed.frame.copy(deep=True)
    encoder_for(name, mixed.columns).fit_transform(mixed.frame, mixed.labels)
    pd.testing.assert_frame_equal(mixed.frame, before)


@every_encoding
def test_no_rows_give_an_empty_matrix_of_the_right_width(name, mixed):
    encoder = encoder_for(name, mixed.columns)
    width = encoder.fit_transform(mixed.frame, mixed.labels).values.shape[1]
    assert encoder.transform(mixed.frame.iloc[:0]).values.shape == (0, width)


@every_encoding
def test_one_training_row_is_enough(name, mixed):
    encoder = encoder_for(name, mixed.columns)
    assert_well_formed(encoder.fit_transform(mixed.frame.iloc[:1], mixed.labels[:1]), 1)
    assert_well_formed(encoder.transform(mixed.frame), 120)


@every_encoding
def test_no_columns_give_a_matrix_without_features(name, mixed):
    encoder = encoder_for(name, ())
    assert encoder.fit_transform(mixed.frame, mixed.labels).values.shape == (120, 0)
    assert encoder.transform(mixed.frame).values.shape == (120, 0)


@every_encoding
def test_columns_that_are_no_features_are_left_out(name, mixed):
    columns = (Column("city", ColumnKind.IDENTIFIER), Column("height", ColumnKind.NUMERIC))
    assert encoder_for(name, columns).fit_transform(mixed.frame, mixed.labels).sources == ("height",)


@every_encoding
@pytest.mark.parametrize("kind", [ColumnKind.NUMERIC, ColumnKind.CATEGORY, ColumnKind.DATETIME, ColumnKind.TEXT])
def test_a_table_of_one_kind_of_column_is_encoded(name, kind, mixed):
    columns = tuple(column for column in mixed.columns if column.kind is kind)
    matrix = encoder_for(name, columns).fit_transform(mixed.frame, mixed.labels)
    assert_well_formed(matrix, 120)
    assert set(matrix.sources) == {column.name for column in columns}


@every_encoding
def test_columns_all_missing_in_training_are_encoded_when_filled_later(name, mixed):
    empty = mixed.frame.copy()
    for column_name in empty.columns:
        empty[column_name] = pd.Series([None] * 120, dtype=empty[column_name].dtype)
    encoder = encoder_for(name, mixed.columns)
    assert_well_formed(encoder.fit_transform(empty, mixed.labels), 120)
    assert_well_formed(encoder.transform(mixed.frame), 120)


@every_encoding
def test_columns_missing_later_are_encoded(name, mixed):
    complete = mixed.frame.dropna().reset_index(drop=True)
    encoder = encoder_for(name, mixed.columns)
    encoder.fit_transform(complete, mixed.labels[: len(complete)])
    empty = complete.copy()
    for column_name in empty.columns:
        empty[column_name] = pd.Series([None] * len(empty), dtype=empty[column_name].dtype)
    assert_well_formed(encoder.transform(empty), len(complete))


@pytest.mark.parametrize("name", FINITE_ENCODINGS)
def test_forests_and_linear_models_get_no_missing_values(name, mixed):
    encoder = encoder_for(name, mixed.columns)
    assert np.isfinite(encoder.fit_transform(mixed.frame, mixed.labels).values).all()
    unseen = pd.DataFrame({name: pd.Series([None], dtype=mixed.frame[name].dtype) for name in mixed.frame.columns})
    assert np.isfinite(encoder.transform(unseen).values).all()


@pytest.mark.parametrize("name", ["native_target", *FINITE_ENCODINGS])
def test_only_the_native_encoding_has_category_codes(name, mixed):
    matrix = encoder_for(name, mixed.columns).fit_transform(mixed.frame, mixed.labels)
    assert matrix.categorical == ()
    assert matrix.cardinalities == ()


def test_the_native_encoding_marks_its_category_codes_with_their_cardinality(mixed):
    matrix = encoder_for("native", mixed.columns).fit_transform(mixed.frame, mixed.labels)
    assert [matrix.sources[feature] for feature in matrix.categorical] == ["city", "colour", "street"]
    for feature, cardinality in zip(matrix.categorical, matrix.cardinalities, strict=True):
        codes = matrix.values[:, feature]
        assert set(codes[np.isfinite(codes)]) == set(range(cardinality))


@every_encoding
def test_a_constant_column_stays_constant(name):
    encoder = encoder_for(name, column("x", ColumnKind.NUMERIC))
    matrix = encoder.fit_transform(frame_of("x", [1e10] * 50), np.arange(50) % 2)
    assert np.ptp(matrix.values) == 0


@every_encoding
def test_a_column_constant_in_training_may_vary_later(name):
    encoder = encoder_for(name, column("x", ColumnKind.NUMERIC))
    encoder.fit_transform(frame_of("x", [5.0] * 50), np.arange(50) % 2)
    values = encoder.transform(frame_of("x", [4.0, 5.0, 6.0])).values[:, 0]
    assert values[0] < values[1] < values[2]


@every_encoding
def test_infinite_numbers_count_as_missing(name):
    infinite = frame_of("x", [1.0, np.inf, -np.inf, 4.0] * 10)
    missing = frame_of("x", [1.0, np.nan, np.nan, 4.0] * 10)
    labels = np.arange(40) % 2
    first, second = (encoder_for(name, column("x", ColumnKind.NUMERIC)) for _ in range(2))
    assert_same(first.fit_transform(infinite, labels), second.fit_transform(missing, labels))


@every_encoding
def test_numbers_beyond_float32_become_finite_and_keep_their_order(name):
    values = [-1e308, -1e39, 0.0, 1.0, 1e39, 1e308] * 10
    matrix = encoder_for(name, column("x", ColumnKind.NUMERIC)).fit_transform(frame_of("x", values), np.arange(60) % 2)
    assert np.isfinite(matrix.values).all()
    assert (np.diff(matrix.values[:6, 0]) >= 0).all()
    assert matrix.values[0, 0] < matrix.values[2, 0] < matrix.values[4, 0]


@every_encoding
def test_what_is_learned_comes_from_the_training_rows_alone(name, mixed):
    alone, before_others = encoder_for(name, mixed.columns), encoder_for(name, mixed.columns)
    alone.fit_transform(mixed.frame.iloc[:80], mixed.labels[:80])
    before_others.fit_transform(mixed.frame.iloc[:80], mixed.labels[:80])
    before_others.transform(mixed.frame.iloc[80:])
    assert_same(alone.transform(mixed.frame.iloc[:80]), before_others.transform(mixed.frame.iloc[:80]))


@every_encoding
def test_fitting_again_forgets_the_first_fit(name, mixed):
    used, fresh = encoder_for(name, mixed.columns), encoder_for(name, mixed.columns)
    used.fit_transform(mixed.frame.iloc[:60], mixed.labels[:60])
    assert_same(
        used.fit_transform(mixed.frame.iloc[60:], mixed.labels[60:]),
        fresh.fit_transform(mixed.frame.iloc[60:], mixed.labels[60:]),
    )


def test_many_numeric_columns_are_encoded_as_one_would_be(monkeypatch, mixed):
    numeric = mixed.columns[:2]
    whole = encoder_for("onehot_scaled", numeric).fit_transform(mixed.frame, mixed.labels)
    monkeypatch.setattr("automl.features.encoders._CELLS_A_PART", 1)
    apart = encoder_for("onehot_scaled", numeric).fit_transform(mixed.frame, mixed.labels)
    order = [apart.names.index(name) for name in whole.names]
    np.testing.assert_allclose(apart.values[:, order], whole.values, rtol=1e-6)


def test_pairs_are_made_of_the_columns_that_tell_most():
    random = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{number}": random.normal(size=400) for number in range(9)})
    columns = [Column(name, ColumnKind.NUMERIC) for name in frame]
    target = frame[["x2", "x4", "x8"]].to_numpy() @ np.array([3.0, 2.0, 1.0])
    encoder = make_encoder("generated", columns, Task.REGRESSION, 0, 0)
    names = encoder.fit_transform(frame, target).names
    assert names[9:12] == ("x2 - x4", "x2 * x4", "x2 / x4")
    assert {"x2 - x8", "x4 / x8"} < set(names)


def test_a_column_to_be_monotone_in_is_paired_with_none():
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(200, 3)), columns=list("abc"))
    columns = [Column(name, ColumnKind.NUMERIC) for name in frame]
    encoder = make_encoder("generated", columns, Task.REGRESSION, 0, 0, unpaired=("b",))
    names = encoder.fit_transform(frame, frame.sum(axis=1).to_numpy()).names
    assert [name for name in names if "b" in name] == ["b"]
    assert "a / c" in names or "c / a" in names


@pytest.mark.parametrize(
    ("kinds", "rows"), [(["numeric"], 1000), (["text", "datetime", "numeric"], 1000), (["numeric"] * 2, 10**6)]
)
def test_features_of_two_columns_are_not_tried_where_they_cannot_pay(kinds, rows):
    columns = [Column(f"c{number}", ColumnKind(kind)) for number, kind in enumerate(kinds)]
    assert "generated" not in useful_encodings(columns, rows)
    assert "generated" in useful_encodings([*columns, *(Column(n, ColumnKind.CATEGORY) for n in "xy")], 1000)


def test_category_codes_are_tried_only_where_there_are_categories():
    numbers = [Column(name, ColumnKind.NUMERIC) for name in "ab"]
    assert "native" not in useful_encodings(numbers, 1000)
    assert "native" in useful_encodings([*numbers, Column("c", ColumnKind.CATEGORY)], 1000)


LEVELS = ("low", "medium", "high")
ORDERED = (Column("risk", ColumnKind.CATEGORY, levels=("high", "low", "medium"), order=LEVELS),)


def ordered_frame():
    return frame_of("risk", ["low", "high", "medium", None, "high", "low", "medium", "high"], "str")


@pytest.mark.parametrize("name", ["native", "native_target", "generated", "ordinal_target"])
def test_ordered_categories_are_numbered_from_least_to_greatest_as_well(name):
    encoder = encoder_for(name, ORDERED)
    matrix = encoder.fit_transform(ordered_frame(), np.array([0, 1, 0, 1, 1, 0, 1, 1]))
    numbers = matrix.values[:, matrix.names.index("risk: order")]
    np.testing.assert_array_equal(numbers[[0, 2, 1]], [0, 1, 2])
    assert matrix.names.index("risk: order") not in matrix.categorical
    assert set(matrix.sources) == {"risk"}


def test_a_level_outside_the_order_is_as_a_missing_one():
    encoder = encoder_for("native", ORDERED)
    encoder.fit_transform(ordered_frame(), np.zeros(8))
    matrix = encoder.transform(frame_of("risk", ["extreme", None, "high"], "str"))
    numbers = matrix.values[:, matrix.names.index("risk: order")]
    np.testing.assert_array_equal(np.isnan(numbers), [True, True, False])


def test_a_stored_encoder_keeps_the_order_of_levels():
    encoder = encoder_for("native", ORDERED)
    encoder.fit_transform(ordered_frame(), np.zeros(8))
    expected = encoder.transform(ordered_frame())
    assert_same(read_encoder(write_encoder(encoder)).transform(ordered_frame()), expected)


def test_models_of_distances_get_indicators_alone():
    matrix = encoder_for("onehot_scaled", ORDERED).fit_transform(ordered_frame(), np.zeros(8))
    assert "risk: order" not in matrix.names
