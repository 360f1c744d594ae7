"""Rows of weight 0 take no candidate out of a search: among others they do not count, among themselves all alike."""

import numpy as np
import pandas as pd
import pytest

from automl.models.registry import FAMILY_NAMES, family
from automl.preparation.prepare import PrepareRequest, prepare
from automl.preparation.splits import SplitPlan
from automl.search.tasks import FoldTask, WorkFolder
from automl.search.training_data import TrainingData, write_training_data
from automl.search.worker import fit_fold
from automl.tables import infer_schema, table_from_frame

ROWS = 120


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a table of two folds, of which the latter scores rows of weight 0, and the former learns from them."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"x": random.normal(size=ROWS), "noise": random.normal(size=ROWS)})
    frame["y"] = np.where(frame["x"] + 0.3 * random.normal(size=ROWS) > 0, "yes", "no")
    table = table_from_frame(frame)
    prepared = prepare(table, infer_schema(table, "y"), PrepareRequest("y"))
    halves = np.arange(ROWS // 2), np.arange(ROWS // 2, ROWS)
    splits = SplitPlan("fold_column", ((halves[1], halves[0]), halves), 1, 0, "")
    folder = WorkFolder(tmp_path_factory.mktemp("weightless"))
    write_training_data(folder, prepared, splits, np.repeat([1.0, 0.0], ROWS // 2), None, prepared.frame.head(2))
    return TrainingData(folder)


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("fold", [0, 1], ids=["to learn from", "to score"])
def test_a_fold_of_rows_that_all_weigh_nothing_is_fitted(name, fold, data):
    encoding = family(name).encodings[-1]
    task = FoldTask(0, fold, name, encoding, None, {"iterations": 10, "trees": 10}, 0, threads=1, seconds=None)
    assert fit_fold(task, data).status == "ok"
