"""Which task a target column makes."""

import numpy as np
import pandas as pd
import pytest

from automl.decisions import prepare_request
from automl.errors import DataError, UsageError
from automl.preparation import decide_task
from automl.resolving import resolve_fit_settings
from automl.tables import Task, infer_schema, table_from_frame


def task_of(values, requested=None):
    table = table_from_frame(pd.DataFrame({"y": values}))
    return decide_task(table.cells["y"], infer_schema(table).column("y"), requested)


def whole_numbers(low, high, rows=500):
    return np.random.default_rng(0).integers(low, high + 1, rows)


@pytest.mark.parametrize("pair", [("yes", "no"), ("0", "1"), ("0.5", "1.5"), ("churned", "stayed"), ("00", "01")])
def test_two_distinct_values_make_a_binary_task(pair):
    assert task_of(list(pair) * 20) is Task.BINARY


def test_spellings_of_two_labels_make_a_binary_task():
    assert task_of(["Yes", "yes", "YES", "No", "no", "NO"] * 10) is Task.BINARY


def test_three_texts_make_a_multiclass_task():
    assert task_of(["low", "middle", "high"] * 10) is Task.MULTICLASS


@pytest.mark.parametrize(("low", "high"), [(0, 2), (1, 7), (3, 9), (-1, 1)])
def test_few_small_whole_numbers_that_repeat_are_classes(low, high):
    assert task_of(whole_numbers(low, high)) is Task.MULTICLASS


def test_numbers_with_a_fraction_are_a_regression():
    assert task_of(np.random.default_rng(0).choice([0.5, 1.0, 1.5], 500)) is Task.REGRESSION


def test_more_than_twenty_levels_are_a_regression():
    assert task_of(whole_numbers(0, 24, 5000)) is Task.REGRESSION


def test_levels_far_apart_are_a_regression():
    assert task_of(whole_numbers(1, 6) * 1000) is Task.REGRESSION


def test_levels_too_many_for_the_rows_are_a_regression():
    assert task_of(list(range(1, 9)) * 5) is Task.REGRESSION


def test_a_level_that_stands_once_makes_counts_not_classes():
    assert task_of([*whole_numbers(0, 4), 9]) is Task.REGRESSION


def test_codes_with_leading_zeros_are_classes():
    assert task_of(["001", "002", "017"] * 20) is Task.MULTICLASS


def test_whole_numbers_that_differ_on_every_row_are_a_regression():
    assert task_of(np.random.default_rng(0).permutation(5000)[:200]) is Task.REGRESSION


def test_the_task_asked_for_overrules_the_guess():
    assert task_of(whole_numbers(1, 7), Task.REGRESSION) is Task.REGRESSION
    assert task_of(whole_numbers(0, 24, 5000), Task.MULTICLASS) is Task.MULTICLASS
    assert task_of(["0", "1"] * 20, Task.REGRESSION) is Task.REGRESSION


def test_a_regression_on_texts_is_wrong_usage():
    with pytest.raises(UsageError, match="numeric target; 'y' holds texts such as 'low'"):
        task_of(["low", "high"] * 10, Task.REGRESSION)


def test_a_binary_task_on_three_labels_is_wrong_usage_and_names_the_right_task():
    with pytest.raises(UsageError, match="3 labels") as raised:
        task_of(["a", "b", "c"] * 10, Task.BINARY)
    assert "--task multiclass" in raised.value.hint


def test_a_multiclass_task_on_two_labels_is_wrong_usage_and_names_the_right_task():
    with pytest.raises(UsageError, match="2 labels") as raised:
        task_of(["a", "b"] * 10, Task.MULTICLASS)
    assert "--task binary" in raised.value.hint


def test_classes_of_a_continuous_number_are_refused_with_regression_as_the_hint():
    values = np.repeat(np.random.default_rng(0).normal(size=150).round(4), 3)
    with pytest.raises(DataError, match="150 different numbers") as raised:
        task_of(values, Task.MULTICLASS)
    assert "--task regression" in raised.value.hint


def test_a_text_that_differs_on_every_row_is_no_class():
    with pytest.raises(DataError, match="different on every row") as raised:
        task_of([f"name {number}" for number in range(50)])
    assert "another column" in raised.value.hint


def test_a_text_that_differs_on_nearly_every_row_is_no_class():
    with pytest.raises(DataError, match="nearly every row"):
        task_of([f"name {number}" for number in range(50)] + ["name 1", "name 2"])


def test_a_number_that_differs_on_every_row_hints_at_regression_when_classes_are_asked_for():
    with pytest.raises(DataError, match="different on every row") as raised:
        task_of(np.random.default_rng(0).normal(size=60), Task.MULTICLASS)
    assert "--task regression" in raised.value.hint


def task_for(metric, values):
    """Decide the task as a fit does that was told only the metric."""
    fit = resolve_fit_settings(data="rows.csv", target="y", metric=metric, no_report=True)
    request = prepare_request(fit)
    column = infer_schema(table_from_frame(pd.DataFrame({"y": values}))).column("y")
    return decide_task(pd.Series(values).astype(str), column, request.task, request.metric)


@pytest.mark.parametrize(
    ("metric", "values", "held", "instead"),
    [
        ("roc_auc", ["a", "b", "c"] * 10, "'y' has 3 labels ('a', 'b' and 'c')", "roc_auc_ovr"),
        ("f1", ["a", "b", "c"] * 10, "'y' has 3 labels", "f1_macro"),
        ("roc_auc_ovr", ["a", "b"] * 10, "'y' has 2 labels", "roc_auc"),
        ("rmse", ["low", "high"] * 10, "'y' holds texts such as 'low'", "roc_auc"),
        ("rmse", ["low", "middle", "high"] * 10, "'y' holds texts such as 'low'", "log_loss"),
        ("roc_auc", list(range(400)), "'y' holds 400 different numbers", "rmse"),
        ("log_loss", list(range(150)) * 3, "'y' holds 150 different numbers", "rmse"),
        ("roc_auc", list(range(30)) * 20, "'y' holds 30 different numbers", "rmse"),
    ],
)
def test_a_metric_that_does_not_fit_the_target_is_named_with_the_one_that_does(metric, values, held, instead):
    with pytest.raises(UsageError) as refused:
        task_for(metric, values)
    assert refused.value.message.startswith(f"The metric {metric} is for ")
    assert held in refused.value.message
    assert refused.value.hint == f"Say --metric {instead}, or leave out --metric."


def test_numbers_are_classes_where_the_metric_is_one_of_classes():
    assert task_for("log_loss", list(range(30)) * 20) is Task.MULTICLASS
