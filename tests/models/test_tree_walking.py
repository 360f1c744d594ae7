"""Rows end in the leaves that scikit-learn's own walk finds."""

import sys
import threading

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingClassifier, RandomForestClassifier

from automl.models import tree_walking
from automl.models.forest import _taken_from
from automl.models.hist_gradient_boosting import HistGradientBoostingModel
from automl.models.tree_walking import FirstTrees, TreeWalker


@pytest.fixture(scope="module")
def rows():
    """Return numbers of which some are missing and many are equal to a threshold's neighbours."""
    random = np.random.default_rng(0)
    values = random.normal(size=(600, 5)).astype(np.float32)
    values[:, 1] = values[:, 1].round(1)
    values[:, 2] = random.integers(0, 4, 600)
    values[random.random(values.shape) < 0.1] = np.nan
    return values


def classes_of(rows):
    filled = np.nan_to_num(rows)
    return (filled[:, 0] + filled[:, 1] > 0).astype(int) + (filled[:, 2] > 2)


def leaf_positions(trees, rows):
    """Return, for each row and tree, the number of the leaf it reaches."""
    return np.concatenate([leaves for _, leaves in TreeWalker(trees).leaves(rows, len(trees.counts))])


@pytest.mark.parametrize("forest", [RandomForestClassifier, ExtraTreesRegressor])
def test_a_forest_says_what_scikit_learn_says(forest, rows):
    grown = forest(10, random_state=0).fit(rows[:400], classes_of(rows[:400]))
    trees, outputs = _taken_from([estimator.tree_ for estimator in grown.estimators_])
    leaves = leaf_positions(trees, rows)
    for number, estimator in enumerate(grown.estimators_):
        expected = estimator.tree_.value[estimator.tree_.apply(rows)][:, 0].astype(np.float32)
        np.testing.assert_array_equal(outputs[leaves[:, number]], expected)


def test_a_boosted_forest_says_what_scikit_learn_says(rows):
    estimator = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(rows[:400], classes_of(rows[:400]))
    model = HistGradientBoostingModel.of(estimator, 3)
    np.testing.assert_allclose(model.predict(rows), estimator.predict_proba(rows), rtol=1e-12)


def test_a_number_equal_to_a_threshold_goes_where_it_went_in_training():
    values = np.array([[0.1], [0.3]] * 20, dtype=np.float32)
    grown = RandomForestClassifier(1, bootstrap=False, random_state=0).fit(values, np.tile([0, 1], 20))
    tree = grown.estimators_[0].tree_
    trees, outputs = _taken_from([tree])
    around = np.float32(tree.threshold[0])
    tested = np.array([[np.nextafter(around, np.float32(side))] for side in (-np.inf, np.inf)], dtype=np.float32)
    tested = np.vstack([tested, [[around]]]).astype(np.float32)
    expected = tree.value[tree.apply(tested)][:, 0].astype(np.float32)
    np.testing.assert_array_equal(outputs[leaf_positions(trees, tested)[:, 0]], expected)


@pytest.mark.parametrize("grown", ["all numbers", "some missing"])
def test_a_row_alone_ends_in_the_leaves_it_ends_in_among_others(rows, grown):
    rows = np.nan_to_num(rows) if grown == "all numbers" else rows
    forest = RandomForestClassifier(20, random_state=0).fit(rows[:400], classes_of(rows[:400]))
    trees, _ = _taken_from([estimator.tree_ for estimator in forest.estimators_])
    together = leaf_positions(trees, rows)
    for few in (1, 3):
        alone = [leaf_positions(trees, rows[begin : begin + few]) for begin in range(0, 300, few)]
        np.testing.assert_array_equal(np.concatenate(alone), together[:300])


def test_many_rows_are_walked_in_blocks_with_the_same_answer(rows, monkeypatch):
    grown = RandomForestClassifier(5, random_state=0).fit(rows, classes_of(rows))
    trees, _ = _taken_from([estimator.tree_ for estimator in grown.estimators_])
    whole = leaf_positions(trees, rows)
    monkeypatch.setattr("automl.models.tree_walking._BLOCK", 70)
    np.testing.assert_array_equal(leaf_positions(trees, rows), whole)


def test_a_thread_gets_as_many_trees_as_it_asks_for_while_another_asks_for_fewer(rows, monkeypatch):
    grown = RandomForestClassifier(5, max_depth=2, random_state=0).fit(rows, classes_of(rows))
    trees, _ = _taken_from([estimator.tree_ for estimator in grown.estimators_])
    first, begun, go_on = FirstTrees(trees), threading.Event(), threading.Event()
    make, asked = tree_walking.booster_of, FirstTrees.booster.__code__
    last_line = max(line for *_, line in asked.co_lines() if line is not None)

    def make_two_slowly(some, weights):
        if len(some.counts) == 2:
            begun.set()
            go_on.wait(60)
        return make(some, weights)

    def let_the_other_end(frame, event, _):
        if event == "line" and frame.f_lineno == last_line:
            go_on.set()
            other.join()
        return let_the_other_end

    monkeypatch.setattr(tree_walking, "booster_of", make_two_slowly)
    other = threading.Thread(target=first.booster, args=(2,))
    other.start()
    begun.wait(60)
    before = sys.gettrace()
    sys.settrace(lambda frame, *_: let_the_other_end if frame.f_code is asked else None)
    try:
        booster = first.booster(5)
    finally:
        sys.settrace(before)
    assert booster.num_boosted_rounds() == 5
