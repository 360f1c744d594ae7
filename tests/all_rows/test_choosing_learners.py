"""Which of the winners learn again, and from how many rows."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from automl.all_rows.planning import Room, choose_learners
from automl.ensemble.greedy import Blend
from automl.models.portfolio import Candidate
from automl.search.board import Trial
from automl.search.loop import SearchOutcome
from automl.search.tasks import TaskResult, WorkFolder

KNOWN = 1_000
WIDTH = 10
PLENTY = Room(rows=100_000, seconds=1_000.0, memory=10**12, disk=10**12, threads=1)


@pytest.fixture
def evidence(tmp_path):
    folder = WorkFolder(tmp_path)
    for encoding in ("native", "none"):
        place = folder.encoded(encoding, 0)
        place.mkdir(parents=True)
        np.save(place / "train.npy", np.zeros((1, WIDTH), dtype=np.float32))
        (place / "meta.json").write_text(json.dumps({"categorical": []}))
    return SimpleNamespace(folder=folder, n_classes=2, splits=SimpleNamespace(folds=((np.arange(KNOWN), None),)))


def choose(evidence, members, **room):
    """Choose among (family, weight, seconds of a fold, spread of the predictions); return rows by family."""
    trials = tuple(
        Trial(
            number,
            Candidate(name, "native", {}),
            None,
            {0: TaskResult(number, 0, "ok", seconds)},
            prediction=np.array(
                [[0.5 + spread[0], 0.5 - spread[0]], [0.5, 0.5]] if spread else [[0.2, 0.8], [0.8, 0.2]]
            ),
            loss=number,
        )
        for number, (name, _, seconds, *spread) in enumerate(members)
    )
    weighing = [(number, weight) for number, (_, weight, *_) in enumerate(members) if weight]
    blend = Blend(tuple(number for number, _ in weighing), tuple(weight for _, weight in weighing), 0.0)
    found = SearchOutcome(trials, blend, trials, (), (), "time budget")
    chosen = choose_learners(found, evidence, SimpleNamespace(threads=1), Room(**{**vars(PLENTY), **room}))
    return {learner.trial.candidate.family: learner.rows for learner in chosen}


def test_where_there_is_time_all_learn_from_all_rows(evidence):
    assert choose(evidence, [("lightgbm", 0.6, 1.0), ("catboost", 0.4, 2.0)]) == {
        "lightgbm": 100_000,
        "catboost": 100_000,
    }


def test_no_clock_is_time_enough(evidence):
    assert choose(evidence, [("lightgbm", 1.0, 10.0)], seconds=float("inf")) == {"lightgbm": 100_000}


def test_time_is_shared_by_weight(evidence):
    rows = choose(evidence, [("lightgbm", 0.75, 1.0), ("xgboost", 0.25, 1.0)], seconds=20.0)

    assert rows["lightgbm"] == pytest.approx(3 * rows["xgboost"], rel=0.01)


def test_time_that_one_does_not_need_goes_to_the_other(evidence):
    rows = choose(evidence, [("lightgbm", 0.5, 0.01), ("xgboost", 0.5, 1.0)], seconds=20.0)
    alone = choose(evidence, [("xgboost", 1.0, 1.0)], seconds=20.0)

    assert rows["lightgbm"] == 100_000
    assert rows["xgboost"] > 0.9 * alone["xgboost"]


def test_a_light_member_does_not_take_the_time_of_a_heavy_slow_one(evidence):
    rows = choose(evidence, [("catboost", 0.95, 5.0), ("linear", 0.05, 5.0)], seconds=20.0)

    assert list(rows) == ["catboost"]


def test_who_predicts_nearly_the_same_for_every_row_weighs_little(evidence):
    rows = choose(evidence, [("linear", 0.5, 1.0, 0.001), ("xgboost", 0.5, 1.0)], seconds=20.0)
    alone = choose(evidence, [("xgboost", 1.0, 1.0)], seconds=20.0)

    assert rows["xgboost"] == pytest.approx(alone["xgboost"], rel=0.02)


def test_few_rows_more_are_not_worth_a_fit(evidence):
    assert choose(evidence, [("lightgbm", 1.0, 10.0)], seconds=10.0) == {}


def test_memory_bounds_each_family_by_what_it_takes(evidence):
    rows = choose(evidence, [("xgboost", 0.5, 1e-3), ("catboost", 0.5, 1e-3)], memory=4_000_000)

    assert KNOWN < rows["catboost"] < rows["xgboost"] < 100_000


def test_the_disk_shortens_all_alike(evidence):
    rows = choose(evidence, [("lightgbm", 0.5, 0.01), ("catboost", 0.5, 0.01)], disk=5_000_000)

    assert rows["lightgbm"] == rows["catboost"] == pytest.approx(40_000, rel=0.01)


def test_who_cannot_learn_from_more_rows_than_memory_holds_has_the_best_of_the_others_stand_in(evidence):
    members = [("extra_trees", 1.0, 1.0), ("lightgbm", 0.0, 1.0), ("xgboost", 0.0, 1.0)]

    assert list(choose(evidence, members)) == ["lightgbm"]


def test_nobody_stands_in_for_a_light_member(evidence):
    members = [("lightgbm", 0.7, 1.0), ("extra_trees", 0.3, 1.0), ("xgboost", 0.0, 1.0)]

    assert list(choose(evidence, members)) == ["lightgbm"]
