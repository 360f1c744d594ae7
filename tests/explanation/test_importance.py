"""Which columns matter, by shuffling them."""

import numpy as np
import pandas as pd
import pytest
from small_models import fitted, mixed_table

from automl.evaluation.metrics import METRICS
from automl.evaluation.postprocessing import Postprocessing
from automl.evaluation.thresholds import Threshold
from automl.explanation import explain_rows, explain_without_data
from automl.explanation.grouping import correlated_groups
from automl.explanation.importance import (
    importance_within,
    prediction_importance,
    row_groups,
    score_importance,
    stored_importance,
)
from automl.explanation.rendering import render_explanation
from automl.search.ranking import summarise_ranks


def of(importance, column):
    return next(each for each in importance.columns if each.columns == (column,))


def test_without_data_the_importance_is_that_of_the_fit(mixed):
    explanation = explain_without_data(mixed.path)
    assert explanation.importance.measure == "stored"
    assert explanation.rows == ()
    assert {each.columns[0] for each in explanation.importance.columns} == set(mixed.subject.columns)


def test_with_the_target_the_importance_is_a_loss_of_score(mixed):
    importance = explain_rows(mixed.path, mixed.table, ()).importance
    assert (importance.measure, importance.metric) == ("score_loss", "roc_auc")
    assert of(importance, "age").low > 0.05
    assert of(importance, "city").low > 0.05


def test_without_the_target_it_is_how_far_predictions_move(mixed):
    rows = mixed.with_rows(mixed.new.drop(columns="bad"))
    importance = explain_rows(mixed.path, rows.table, ()).importance
    assert importance.measure == "prediction_change"
    assert importance.columns[0].columns != ("nothing",)


def test_the_interval_of_a_column_of_noise_holds_nothing(line):
    subject, target = line.subject, line.new["y"].to_numpy()
    importance = score_importance(subject, subject.read(line.table), target, METRICS["rmse"])
    noise = [each for each in importance.columns if each.columns == ("nothing",)]
    assert all(each.low <= 0 <= each.high for each in noise)


def test_the_loss_of_a_linear_model_is_what_theory_says(line):
    """Shuffling a adds 2 * 9 var(a) to the squared error (Fisher, Rudin and Dominici 2019)."""
    subject, target = line.subject, line.new["y"].to_numpy()
    importance = score_importance(subject, subject.read(line.table), target, METRICS["rmse"])
    expected = np.sqrt(2 * 9 * line.new["a"].var())
    assert of(importance, "a").value == pytest.approx(expected, rel=0.1)
    assert of(importance, "a").low < of(importance, "a").value < of(importance, "a").high


def test_columns_that_go_together_are_a_group():
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4] * 20, "b": [2.0, 4, 6, 9] * 20, "c": [1.0, 0, 0, 1] * 20})
    assert correlated_groups(frame) == (("a", "b"),)


def test_levels_go_together_with_levels_and_numbers():
    levels = pd.Series(["x", "y", "z"] * 40, dtype="str")
    same = levels.replace({"x": "u", "y": "v", "z": "w"})
    number = levels.map({"x": 1.0, "y": 5.0, "z": 9.0}).astype(float)
    other = pd.Series(np.random.default_rng(0).choice(["m", "n"], 120), dtype="str")
    frame = pd.DataFrame({"levels": levels, "same": same, "number": number, "other": other})
    assert correlated_groups(frame) == (("levels", "same", "number"),)


def test_many_levels_do_not_explain_numbers_by_chance():
    rng = np.random.default_rng(0)
    levels = pd.Series(rng.integers(0, 25, 60).astype(str), dtype="str")
    assert correlated_groups(pd.DataFrame({"levels": levels, "number": rng.normal(size=60)})) == ()


def test_where_there_is_time_the_same_is_measured_and_otherwise_nothing(mixed):
    subject, frame = mixed.subject, mixed.subject.read(mixed.table)
    assert importance_within(subject, frame, lambda: 600.0) == prediction_importance(subject, frame)
    assert importance_within(subject, frame, lambda: 0.001) is None
    left = iter((600.0, 0.0))
    assert importance_within(subject, frame, lambda: next(left)) is None


def test_classes_move_by_half_the_sum_of_changes(three):
    importance = prediction_importance(three.subject, three.subject.read(three.table))
    assert 0.3 < of(importance, "x").value <= 1


def test_a_metric_of_labels_sees_those_that_the_threshold_decides_for(tmp_path):
    """Where all rows are decided to be positive, no shuffling changes a label."""
    all_positive = Postprocessing(threshold=Threshold(0.0, "costs", 0.0, 0.0))
    known = fitted(tmp_path, mixed_table, "bad", ("linear",), "f1", postprocessing=all_positive)
    assert explain_rows(known.path, known.table, ()).importance.metric == "f1"
    assert all(each.value == 0 for each in explain_rows(known.path, known.table, ()).importance.columns)


def test_rows_without_weight_do_not_count(line):
    """Of rows whose target was spoiled and weighs nothing, the importance is that of the others alone."""
    subject, frame, target = line.subject, line.subject.read(line.table), line.new["y"].to_numpy()
    spoiled = np.arange(len(target)) % 3 == 0
    weight = np.where(spoiled, 0.0, 1.0)
    changed = np.where(spoiled, 1e6, target)
    importance = score_importance(subject, frame, changed, METRICS["rmse"], weight=weight)
    assert of(importance, "a").value == pytest.approx(np.sqrt(2 * 9 * line.new["a"].var()), rel=0.15)


def test_rows_of_one_group_do_not_count_as_many_rows(line):
    """Each row ten times over tells as little as once, where the copies are said to belong together."""
    subject, once = line.subject, line.new.head(60)
    copies = line.with_rows(once.iloc[np.repeat(np.arange(60), 10)].assign(customer=np.repeat(np.arange(60), 10)))
    groups = row_groups(copies.table, {"group": "customer"})
    frame, target = subject.read(copies.table), copies.new["y"].to_numpy()

    def width(importance):
        return of(importance, "a").high - of(importance, "a").low

    by_group = width(score_importance(subject, frame, target, METRICS["rmse"], groups=groups))
    assert by_group > 2 * width(score_importance(subject, frame, target, METRICS["rmse"]))
    moves = width(prediction_importance(subject, frame, groups=groups))
    assert moves > 1.5 * width(prediction_importance(subject, frame))


def test_rows_of_a_single_group_have_no_interval(line):
    subject, target, one = line.subject, line.new["y"].to_numpy(), np.zeros(len(line.new))
    frame = subject.read(line.table)
    for found in (
        score_importance(subject, frame, target, METRICS["rmse"], groups=one),
        prediction_importance(subject, frame, groups=one),
    ):
        assert of(found, "a").value > 0
        assert (of(found, "a").low, of(found, "a").high) == (None, None)


def test_rows_of_one_class_are_told_by_how_far_predictions_move(mixed):
    explanation = explain_rows(mixed.path, mixed.with_rows(mixed.new[mixed.new["bad"] == "yes"]).table, ())
    assert explanation.importance.measure == "prediction_change"
    assert of(explanation.importance, "age").value > 0
    assert explanation.notes == ("Importance is how far predictions move: roc_auc has no value on these rows.",)


def test_what_one_fold_ranks_has_no_spread():
    (rank,) = summarise_ranks([{"x": 7.5}])
    assert rank.spread is None
    (found,) = stored_importance([{"name": "x", "importance": 7.5, "spread": rank.spread}], ("x",)).columns
    assert (found.value, found.low, found.high) == (7.5, None, None)


@pytest.mark.parametrize("format_name", ["md", "html"])
def test_deviations_between_folds_are_not_called_an_interval(mixed, format_name):
    stored = render_explanation(explain_without_data(mixed.path), format_name)
    assert "two deviations between folds" in stored
    assert "95 % interval" not in stored
    assert "95 % interval" in render_explanation(explain_rows(mixed.path, mixed.table, ()), format_name)
