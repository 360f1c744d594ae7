"""What a loaded model answers beside predictions: bounds, labels by a threshold, and what of the rows did not fit."""

import json

import numpy as np
import pytest
from model_files import FAMILIES, forge

from automl.bundle import load_model, model
from automl.errors import SchemaMismatchError, UsageError
from automl.evaluation.conformal import GroupScores, LabelSets, NumberIntervals
from automl.evaluation.postprocessing import Postprocessing
from automl.evaluation.thresholds import Threshold
from automl.tables import table_from_frame

#: Of 99 rows, so that at the level 0.9 the bounds of all rows are 45 below and above; of Rom's, 450.
NUMBERS = NumberIntervals((0.0,), (1.0,), 99, tuple(map(float, range(-49, 50))))
BY_CITY = NumberIntervals(
    NUMBERS.knots, NUMBERS.sizes, 99, NUMBERS.scores, (GroupScores("Rom", 99, tuple(map(float, range(-490, 500, 10)))),)
)
#: At the level 0.9 a label belongs to the set from a probability of 0.4 on.
LABELS = LabelSets(99, tuple(number / 150 for number in range(1, 100)))


def loaded_with(example, folder, **postprocessing):
    """Return the example's model with something else to apply to its predictions."""
    path = folder / "changed.automl"
    stored = json.dumps(Postprocessing(**postprocessing).to_dict()).encode()
    path.write_bytes(forge(example.content, {"postprocessing.json": stored}))
    return load_model(path)


def test_a_number_is_predicted_with_bounds(regression, tmp_path):
    bounds = loaded_with(regression, tmp_path, intervals=NUMBERS).predict_interval(regression.table, 0.9)
    np.testing.assert_allclose(bounds - regression.expected.values[:, None], [[-45, 45]] * len(bounds))


def test_bounds_by_a_column_are_those_of_each_rows_group(regression, tmp_path):
    changed = loaded_with(regression, tmp_path, intervals=BY_CITY, interval_by="city")
    bounds = changed.predict_interval(regression.table)
    in_rome = (regression.table.cells["city"] == "Rom").to_numpy()
    assert 0 < in_rome.sum() < len(in_rome)
    np.testing.assert_allclose(bounds[:, 1] - regression.expected.values, np.where(in_rome, 450, 45))


def test_bounds_by_a_column_that_is_not_there_are_refused(regression, tmp_path):
    changed = loaded_with(regression, tmp_path, intervals=BY_CITY, interval_by="income")
    without = regression.table.cells.drop(columns="income")
    assert len(changed.predict(without)) == len(without)
    with pytest.raises(SchemaMismatchError, match="made by 'income', which is not among the columns"):
        changed.predict_interval(without)


def test_a_label_is_predicted_with_the_labels_that_may_be_true_instead(binary, tmp_path):
    sets = loaded_with(binary, tmp_path, sets=LABELS).predict_set(binary.table)
    inside = binary.expected.probabilities >= 0.4
    assert 0 < inside.all(axis=1).sum() < len(inside)
    assert sets == [tuple(np.array(["no", "yes"])[row].tolist()) for row in inside]


def test_the_other_kind_of_bounds_is_refused(binary, regression, tmp_path):
    with pytest.raises(SchemaMismatchError, match="has sets of labels, no intervals"):
        loaded_with(binary, tmp_path, sets=LABELS).predict_interval(binary.table)
    with pytest.raises(SchemaMismatchError, match="has intervals, no sets of labels"):
        loaded_with(regression, tmp_path, intervals=NUMBERS).predict_set(regression.table)


def test_a_file_without_bounds_says_so(binary):
    with pytest.raises(UsageError, match="holds nothing to make intervals of"):
        binary.model.predict_set(binary.table)


def test_labels_are_decided_by_the_threshold_of_the_file(binary, tmp_path):
    likely = binary.expected.probabilities[:, 1]
    value = float(np.median(likely[likely > 0.5]))
    changed = loaded_with(binary, tmp_path, threshold=Threshold(value, "f1", 0.8, 0.7))
    assert changed.predict(binary.table).tolist() == np.where(likely >= value, "yes", "no").tolist()


def test_what_of_the_rows_does_not_fit_is_counted(binary):
    cells = binary.table.cells.head(4).assign(age=["30", "old", "40", "50"], city=["Bern", "Rom", "Paris", "Nice"])
    prediction = binary.model.predict_table(table_from_frame(cells.assign(income="none", shoe="42")))
    assert (prediction.unparsed, prediction.unseen) == ({"age": 1}, {"city": 2})
    assert (prediction.extra_columns, prediction.missing_columns) == (("shoe",), ())
    assert (prediction.labels, prediction.group) == (("no", "yes"), None)


def test_rows_that_fit_have_nothing_to_say(binary):
    prediction = binary.model.predict_table(table_from_frame(binary.table.cells.drop(columns="outcome")))
    assert prediction.unparsed == prediction.unseen == {}
    assert prediction.extra_columns == prediction.missing_columns == prediction.other_notation == ()


def test_all_used_columns_that_are_missing_are_named(binary):
    with pytest.raises(SchemaMismatchError, match="Columns 'age', 'city' that the model uses are not in"):
        binary.model.predict(binary.table.cells[["income"]])
    with pytest.raises(SchemaMismatchError, match="Column 'city' that the model uses is not in"):
        binary.model.predict(binary.table.cells[["age"]])


def test_it_knows_its_members_and_columns(binary):
    assert (binary.model.families, binary.model.n_models) == (FAMILIES, len(FAMILIES))
    assert binary.model.required_columns == ("age", "city")
    assert binary.model.feature_schema.names == ("age", "city", "income")
    assert binary.model.labels == ("no", "yes")


def test_shares_and_iterations_of_the_members_are_those_of_the_file(binary):
    parts = list(binary.model.parts())
    assert [part.share for part in parts] == pytest.approx([1 / len(FAMILIES)] * len(FAMILIES))
    assert all((part.encoder is None) == (name == "constant") for name, part in zip(FAMILIES, parts, strict=True))
    of = dict(zip(FAMILIES, parts, strict=True))
    assert of["xgboost"].iterations == 6
    assert of["linear"].iterations == of["linear"].fitted.iterations


def test_golden_rows_are_tried_before_the_first_prediction_alone(binary, monkeypatch):
    tried = []
    monkeypatch.setattr(model, "check_golden", lambda *_: tried.append(1))
    fresh = load_model(binary.path)
    fresh.predict(binary.table.cells.head(0))
    assert tried == []
    fresh.predict(binary.table)
    fresh.predict(binary.table)
    assert tried == [1]
