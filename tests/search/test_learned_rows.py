"""Where rows are too many for the budget, candidates learn from some of them, the same ones after an interruption."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from automl import decisions as deciding
from automl.decisions import decide, prepare_request
from automl.preparation.prepare import prepare
from automl.search.tasks import WorkFolder
from automl.search.training_data import TrainingData, rows_learned_before, write_training_data
from automl.settings import FitSettings
from automl.tables import Schema, apply_schema, infer_schema, read_table

ROWS = 600


@pytest.fixture
def problem(tmp_path, monkeypatch):
    """Return settings and the prepared table, on a machine that can learn from three rows a second."""
    monkeypatch.setattr(deciding, "affordable_rows", lambda seconds, columns: int(3 * seconds))
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.normal(size=ROWS), "b": random.normal(size=ROWS)}).round(4)
    frame["y"] = (frame["a"] + random.normal(size=ROWS)).round(4)
    frame.to_csv(tmp_path / "train.csv", index=False)
    settings = FitSettings(str(tmp_path / "train.csv"), "y", tmp_path / "m.automl", time_budget=60.0, folds=2)
    table = read_table(settings.data, settings.read_options())
    return settings, prepare(table, infer_schema(table, "y"), prepare_request(settings)), table


def laid_out(problem, folder, decided):
    _, prepared, table = problem
    golden = apply_schema(replace(table, cells=table.cells.iloc[:2]), Schema(prepared.feature_columns)).frame
    write_training_data(folder, prepared, decided.splits, decided.training_weight, decided.groups, golden)


def test_folds_and_the_refit_learn_from_the_rows_that_the_budget_affords(problem, tmp_path):
    settings, prepared, _ = problem
    laid_out(problem, WorkFolder(tmp_path / "work"), decide(settings, prepared))
    data = TrainingData(WorkFolder(tmp_path / "work"))
    assert [len(data.rows(fold)[0]) for fold in range(3)] == [180, 180, 180]
    assert [len(data.rows(fold)[1]) for fold in range(2)] == [300, 300]


def test_a_search_bounded_by_count_learns_from_all_rows(problem):
    settings, prepared, _ = problem
    decided = decide(replace(settings, time_budget=None, trials=3), prepared)
    assert [len(train) for train, _ in decided.splits.folds] == [300, 300]


def test_with_more_time_an_interrupted_search_goes_on_with_the_rows_it_began_with(problem, tmp_path):
    settings, prepared, _ = problem
    folder, first = WorkFolder(tmp_path / "work"), decide(settings, prepared)
    assert rows_learned_before(folder) is None
    laid_out(problem, folder, first)
    again = decide(replace(settings, time_budget=600.0), prepared, rows_learned_before(folder))
    for (before, _), (after, _) in zip(first.splits.folds, again.splits.folds, strict=True):
        assert np.array_equal(before, after)
