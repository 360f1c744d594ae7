"""What is refused before anything is trained, because it cannot be judged by the metric."""

import numpy as np
import pandas as pd
import pytest

from automl.decisions import decide, prepare_request
from automl.errors import DataError, UsageError
from automl.preparation.prepare import prepare
from automl.settings import FitSettings
from automl.tables import infer_schema, table_from_frame

ROWS = 400


def decided(tmp_path, answers, **options):
    """Decide for a table whose rows are ordered in time and have these answers."""
    frame = pd.DataFrame({"x": np.random.default_rng(0).normal(size=ROWS)})
    frame["when"] = pd.date_range("2024-01-01", periods=ROWS).strftime("%Y-%m-%d")
    frame["part"] = np.where(np.arange(ROWS) < ROWS // 2, "a", "b")
    frame["y"] = answers
    settings = FitSettings("train.csv", "y", tmp_path / "m.automl", **options)
    table = table_from_frame(frame)
    return decide(settings, prepare(table, infer_schema(table, "y"), prepare_request(settings)))


def one_class_late():
    return np.where((np.arange(ROWS) < ROWS // 2) & (np.arange(ROWS) % 2 == 0), "yes", "no")


@pytest.mark.parametrize("metric", [None, "average_precision", "recall", "f1"])
def test_rows_of_one_class_to_validate_on_are_refused_with_what_to_do(tmp_path, metric):
    with pytest.raises(DataError) as caught:
        decided(tmp_path, one_class_late(), time="when", metric=metric)
    assert "all rows to validate on are 'no'" in caught.value.message
    assert caught.value.hint.startswith("Leave out --time, or choose --metric log_loss")


@pytest.mark.parametrize("options", [{"time": "when", "metric": "log_loss"}, {}])
def test_what_the_hint_says_is_accepted(tmp_path, options):
    assert decided(tmp_path, one_class_late(), **options).metric.name == options.get("metric", "roc_auc")


def test_a_metric_that_has_no_value_with_so_few_classes_is_refused(tmp_path):
    with pytest.raises(UsageError, match="top_3_accuracy is not defined for 'y', which has 3 classes"):
        decided(tmp_path, np.array(["a", "b", "c", "a"] * (ROWS // 4)), metric="top_3_accuracy")
