"""LightGBM's trees, read from its text, say what LightGBM says."""

from io import BytesIO

import lightgbm
import numpy as np
import pytest

from automl.errors import ModelFileError
from automl.models.arrays import TargetScale, read_arrays
from automl.models.lightgbm import LightGBMModel, load
from automl.models.lightgbm_trees import trees_of_text
from automl.models.tree_walking import TreeScores

CATEGORICAL = [3, 4]
TASKS = {
    "regression": ({"objective": "regression"}, lambda score: score),
    "poisson": ({"objective": "poisson"}, lambda score: np.exp(score / 2)),
    "binary": ({"objective": "binary"}, lambda score: (score > 1).astype(int)),
    "several classes": ({"objective": "multiclass", "num_class": 4}, lambda score: np.digitize(score, [0, 1, 2])),
}


@pytest.fixture(scope="module")
def rows():
    """Return numbers and two features of category codes, some cells missing."""
    random = np.random.default_rng(0)
    values = random.normal(size=(900, 6)).astype(np.float32)
    values[:, 3] = random.integers(0, 40, 900)
    values[:, 4] = random.integers(0, 300, 900)
    values[:, 5] = values[:, 5].round(1)
    for feature in (0, 3):
        values[random.random(900) < 0.1, feature] = np.nan
    return values


def grown(rows, task, rounds=60):
    parameters, target_of = TASKS[task]
    filled = np.nan_to_num(rows)
    score = filled[:, 1] + (filled[:, 3] % 3 == 1) + np.isnan(rows[:, 0]) + (filled[:, 4] % 7 == 3) + filled[:, 5]
    data = lightgbm.Dataset(rows[:600], target_of(score)[:600], categorical_feature=CATEGORICAL)
    return lightgbm.train({"verbose": -1, "min_data_per_group": 5, "seed": 0, **parameters}, data, rounds)


def unknown_cells(rows):
    """Return the rows with categories that training did not see, and numbers missing where none were."""
    changed = rows.copy()
    changed[::7, 3], changed[::11, 4], changed[::13, 1] = 77, 1000, np.nan
    return changed


def model_of(booster):
    return LightGBMModel(*trees_of_text(booster.model_to_string(num_iteration=-1)), TargetScale(0.0, 1.0))


@pytest.mark.parametrize("few", [1, 64, 65])
def test_few_rows_score_what_they_score_among_many(rows, few):
    booster = grown(rows, "several classes")
    scores = TreeScores(*trees_of_text(booster.model_to_string(num_iteration=-1)))
    (many,), (alone,) = scores.stages(rows, (60,)), scores.stages(rows[:few], (60,))
    np.testing.assert_array_equal(alone, many[:few])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("rounds", [1, 60, 150])
def test_a_row_alone_scores_to_the_last_digit_what_it_scores_among_others(rows, task, rounds):
    scores = TreeScores(*trees_of_text(grown(rows, task, rounds=rounds).model_to_string(num_iteration=-1)))
    tested = unknown_cells(rows)
    # What no encoder makes of a category, and an older file may hold.
    tested[1, 3], tested[2, 3], tested[3, 3] = -1, 3e9, 2**24
    (together,) = scores.stages(tested, (rounds,))
    alone = [scores.stages(tested[row : row + 1], (rounds,))[0] for row in range(100)]
    np.testing.assert_array_equal(np.concatenate(alone), together[:100])


@pytest.mark.parametrize("task", TASKS)
def test_scores_are_lightgbms_own_at_every_stage(rows, task):
    booster = grown(rows, task)
    trees, weights = trees_of_text(booster.model_to_string(num_iteration=-1))
    assert len(trees.by_category.nodes) > 10
    tested = unknown_cells(rows)
    for stage, scores in zip((7, 60), TreeScores(trees, weights).stages(tested, (7, 60)), strict=True):
        expected = booster.predict(tested, raw_score=True, num_iteration=stage)
        np.testing.assert_allclose(scores, expected, atol=2e-6)


def test_stages_add_up_to_the_whole_over_thousands_of_rounds(rows):
    trees, weights = trees_of_text(grown(rows, "binary", rounds=2_000).model_to_string(num_iteration=-1))
    scores = TreeScores(trees, weights)
    np.testing.assert_allclose(
        scores.stages(rows, (3, 70, 111, 1_999, 2_000))[-1], scores.stages(rows, (2_000,))[0], atol=3e-6
    )


def test_contributions_are_lightgbms_own(rows):
    booster = grown(rows, "regression")
    expected = booster.predict(unknown_cells(rows)[:80], pred_contrib=True, num_iteration=40)
    found = model_of(booster).contributions(unknown_cells(rows)[:80], 40)
    np.testing.assert_allclose(found, expected, atol=5e-6)


def test_trees_that_are_one_leaf_say_the_mean(rows):
    booster = lightgbm.train({"verbose": -1, "min_data_in_leaf": 500}, lightgbm.Dataset(rows, np.arange(900.0)), 3)
    np.testing.assert_allclose(model_of(booster).predict(rows), np.full(900, 449.5), rtol=1e-6)


def test_a_saved_model_predicts_the_same_digits(rows, tmp_path):
    model = model_of(grown(rows, "regression"))
    model.save(tmp_path / "model.npz")
    again = load((tmp_path / "model.npz").read_bytes())
    np.testing.assert_array_equal(again.predict(rows, 33), model.predict(rows, 33))


def test_the_text_of_former_files_is_read(rows):
    booster = grown(rows, "regression")
    text = booster.model_to_string(num_iteration=-1)
    predicted = load(f"5.0 2.0\n{text}".encode()).predict(rows)
    np.testing.assert_allclose(predicted, booster.predict(rows) * 2 + 5, atol=4e-6)


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("left_child=1", "left_child=0"),
        ("left_child=1", "left_child=100000"),
        ("left_child=1", "left_child=-1"),
        ("num_leaves=", "num_leaves=1"),
        ("split_feature=", "split_feature=9"),
        ("decision_type=2", "decision_type=6"),
        ("num_tree_per_iteration=1", "num_tree_per_iteration=7"),
    ],
)
def test_a_text_of_trees_that_lead_nowhere_is_refused(rows, written, changed):
    text = grown(rows, "regression").model_to_string(num_iteration=-1)
    assert written in text
    with pytest.raises((ValueError, IndexError)):
        trees_of_text(text.replace(written, changed, 1))


def stored(rows, path):
    model_of(grown(rows, "regression")).save(path)
    return read_arrays(path.read_bytes())


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("category_nodes", 0, 10**8),
        ("category_nodes", 0, -1),
        ("category_counts", 0, 10**6),
        ("category_counts", 0, 0),
        ("category_codes", 0, -1),
        ("category_codes", 0, 2**30),
        ("cover", 0, 0),
        ("added", 0, np.nan),
        ("n_scores", 0, 0),
        ("n_scores", 0, 7),
    ],
)
def test_arrays_that_do_not_fit_the_trees_are_refused(rows, tmp_path, name, place, value):
    arrays = stored(rows, tmp_path / "model.npz")
    arrays[name][place] = value
    stream = BytesIO()
    np.savez(stream, **arrays)
    with pytest.raises(ModelFileError, match="damaged"):
        load(stream.getvalue())
