"""Which candidate predicts in the end, where it is one alone."""

import numpy as np
import pytest

from automl.evaluation.metrics import METRICS
from automl.models.portfolio import Candidate
from automl.models.registry import family
from automl.preparation.splits import SplitPlan
from automl.search.board import Evidence, Trial
from automl.search.choosing import choose
from automl.search.tasks import TaskResult, WorkFolder

ROWS = 400
NOISE = np.random.default_rng(0).normal(size=(3, ROWS))


def evidence_of(folder, folds=1):
    """Return evidence of a number to predict, with so many folds of equal size."""
    parts = np.array_split(np.arange(ROWS), folds)
    splits = SplitPlan("folds", tuple((np.arange(ROWS), part) for part in parts), 1, 0, "")
    return Evidence(WorkFolder(folder), NOISE[0], None, splits, METRICS["rmse"], 0)


def trial_of(number, evidence, prediction, size, loss=None):
    """Return a complete candidate that predicts so, with a model of ``size`` bytes a fold."""
    folds = [valid for _, valid in evidence.splits.folds]
    trial = Trial(number, Candidate("linear", "onehot_scaled", {}), None, status="ok")
    for fold, _ in enumerate(folds):
        trial.results[fold] = TaskResult(number, fold, "ok", 1.0)
        model = evidence.folder.model(number, fold, family("linear").suffix)
        model.parent.mkdir(parents=True, exist_ok=True)
        model.write_bytes(bytes(size))
    trial.prediction = prediction.astype(np.float32)
    trial.fold_losses = tuple(evidence.loss(trial.prediction[valid], valid) for valid in folds)
    trial.loss = evidence.loss(trial.prediction, evidence.rows) if loss is None else loss
    return trial


def test_on_one_holdout_the_smallest_that_is_worse_by_luck_alone_is_chosen(tmp_path):
    evidence = evidence_of(tmp_path)
    best = trial_of(0, evidence, NOISE[0] + 0.5 * NOISE[1], 1_000)
    alike = trial_of(1, evidence, NOISE[0] + 0.5 * NOISE[1] + 0.001 * NOISE[2], 100)
    worse = trial_of(2, evidence, NOISE[0] + 0.8 * NOISE[1], 10)
    near = trial_of(3, evidence, NOISE[0] + 1.01 * best.loss * NOISE[2] / np.sqrt(np.mean(NOISE[2] ** 2)), 50)
    chosen = choose("size", (best, alike, worse, near), evidence)
    assert best.loss < near.loss < worse.loss
    assert chosen.members == (3,)


@pytest.mark.parametrize("folds", [1, 2])
@pytest.mark.parametrize("optimize", ["size", "speed"])
def test_a_candidate_whose_loss_is_not_defined_is_not_chosen(tmp_path, folds, optimize):
    evidence = evidence_of(tmp_path, folds)
    undefined = trial_of(0, evidence, np.full(ROWS, np.nan), 1)
    sound = trial_of(1, evidence, NOISE[0] + 0.5 * NOISE[1], 100)
    assert choose(optimize, (undefined, sound), evidence).members == (1,)


@pytest.mark.parametrize("optimize", ["size", "speed"])
def test_where_no_loss_is_defined_the_first_is_chosen(tmp_path, optimize):
    evidence = evidence_of(tmp_path, 2)
    undefined = [trial_of(number, evidence, np.full(ROWS, np.nan), 1) for number in range(2)]
    assert choose(optimize, undefined, evidence).members == (0,)


def test_a_fold_without_a_loss_does_not_stop_the_choice(tmp_path):
    evidence = evidence_of(tmp_path, 2)
    sound = trial_of(0, evidence, NOISE[0] + 0.5 * NOISE[1], 100)
    sound.fold_losses = (float("nan"), sound.loss)
    assert choose("size", (sound,), evidence).members == (0,)
