"""The refit of the one candidate that predicts, in a real worker."""

import numpy as np

from automl.models.portfolio import Candidate
from automl.search.board import Trial
from automl.search.deadline import Deadline
from automl.search.plan import SearchPlan
from automl.search.pool import WorkerPool
from automl.search.refit import refit
from automl.search.stop import StopToken
from automl.search.tasks import TaskResult


def trial_of(family):
    results = {fold: TaskResult(0, fold, "ok", 1.0) for fold in range(2)}
    return Trial(0, Candidate(family, "none", {}), None, results, "ok", np.zeros(90, dtype=np.float32), (0, 0))


def plan_of(family):
    return SearchPlan((family,), 1, Deadline(0.0, None), 0.0, 1, 1, 0, "speed")


def test_a_stop_ends_a_refit_and_leaves_the_worker_free(nursery, hostile_families, evidence):
    stop, trial = StopToken(), trial_of("hostile_loop")
    stop.request("SIGTERM")
    pool = WorkerPool(nursery, 1, evidence.folder.path)
    try:
        refit(trial, plan_of("hostile_loop"), evidence, pool, stop)
        assert trial.refit is None
        assert pool.idle == 1
    finally:
        pool.close()
