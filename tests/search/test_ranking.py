"""Columns that matter stand above those that do not, and above probes made of noise."""

import numpy as np

from automl.models.family import FitRequest
from automl.models.registry import family
from automl.search.ranking import rank_columns, summarise_ranks
from automl.tables.schema import Task


def request_with_noise(task, seed=0, rows=300):
    """Return a request in which features 0 and 1 matter, the latter less, and 2 and 3 are noise."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, 4)).astype(np.float32)
    score = 3 * values[:, 0] + 1.5 * values[:, 1] + 0.5 * rng.normal(size=rows)
    target = score if task is Task.REGRESSION else (score > 0).astype(np.int64)
    half = 2 * rows // 3
    return FitRequest(
        values[:half],
        (),
        target[:half],
        None,
        values[half:],
        target[half:],
        None,
        task,
        0 if task is Task.REGRESSION else 2,
        {"learning_rate": 0.1, "iterations": 60},
        seed=seed,
    )


def ranks(task, sources=("a", "b", "c", "d"), folds=3):
    implementation = family("lightgbm").implementation()
    return summarise_ranks(
        [rank_columns(request_with_noise(task, seed), sources, implementation) for seed in range(folds)]
    )


def test_columns_that_matter_come_first_and_are_useful():
    for task in (Task.BINARY, Task.REGRESSION):
        found = ranks(task)
        assert [rank.name for rank in found[:2]] == ["a", "b"]
        assert [rank.useful for rank in found[:2]] == [True, True]
        assert found[0].importance > 10 * max(abs(rank.importance) for rank in found[2:])


def test_probes_are_not_in_the_ranking():
    assert {rank.name for rank in ranks(Task.BINARY)} == {"a", "b", "c", "d"}


def test_features_of_one_column_are_shuffled_together():
    assert [rank.name for rank in ranks(Task.REGRESSION, sources=("a", "a", "c", "c"))] == ["a", "c"]


def test_the_same_seed_gives_the_same_ranks():
    assert ranks(Task.BINARY, folds=1) == ranks(Task.BINARY, folds=1)


def test_a_column_is_useful_only_above_every_probe():
    folds = [{"a": 0.5, "b": 0.02, "\0probe0": 0.03, "\0probe1": -0.1}, {"a": 0.4, "b": 0.04, "\0probe0": 0.05}]
    assert [(rank.name, rank.useful) for rank in summarise_ranks(folds)] == [("a", True), ("b", False)]


def test_a_column_that_does_harm_is_not_useful_even_where_the_probes_do_more():
    assert [rank.useful for rank in summarise_ranks([{"a": -0.01, "\0probe0": -0.5}])] == [False]


def test_importance_and_spread_are_over_the_folds():
    (rank,) = summarise_ranks([{"a": 0.2}, {"a": 0.4}])
    assert (round(rank.importance, 9), round(rank.spread, 9)) == (0.3, 0.1)
