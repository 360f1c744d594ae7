"""Which families are fitted on a GPU is asked of each in a worker process, and told in one line."""

import time
from dataclasses import replace

import pytest

from automl.events import Note
from automl.models.portfolio import Candidate
from automl.search import proposals
from automl.search.deadline import Deadline
from automl.search.devices import with_gpu
from automl.search.executor import local_workers
from automl.search.loop import search
from automl.search.plan import SearchPlan
from automl.search.pool import WorkerPool
from automl.search.stop import StopToken
from automl.search.tasks import FoldTask
from automl.search.trial_log import History, TrialLog


class Listener:
    def __init__(self):
        self.events = []

    def emit(self, event):
        self.events.append(event)


@pytest.fixture
def place(nursery, evidence, hostile_families):
    """Place families of a plan for two workers on what there is; return the plan and what was said."""

    def call(*families, device="auto", seconds=None):
        plan = SearchPlan(families, len(families), Deadline(time.monotonic(), seconds), 0.0, 2, 1, 0)
        listener = Listener()
        return with_gpu(plan, device, nursery, evidence.folder, listener), listener.events

    return call


def test_each_family_is_asked_whether_a_gpu_fits_it_and_one_line_tells(place):
    plan, said = place("linear", "hostile_processor", "hostile_raises", "hostile_exit")
    assert plan.on_gpu == ("hostile_processor",)
    told = (
        "Fitted on the GPU, one at a time: hostile_processor. All else is fitted on the processor "
        "(hostile_raises: this table is not to my taste; hostile_exit: its process died)."
    )
    assert said == [Note(told)]


def test_one_fit_at_a_time_has_the_gpu_and_those_on_the_processor_all_cores(place):
    plan, _ = place("linear", "hostile_processor")
    assert (plan.workers, plan.threads) == (1, 2)
    assert [plan.device_of(name) for name in plan.families] == ["cpu", "gpu"]


@pytest.mark.parametrize(("device", "warned"), [("gpu", True), ("auto", False)])
def test_where_no_gpu_can_be_used_the_plan_stays_and_a_gpu_that_was_asked_for_is_missed(place, device, warned):
    plan, said = place("linear", "hostile_raises", device=device)
    assert (plan.on_gpu, plan.workers, plan.threads) == ((), 2, 1)
    told = "No GPU can be used: all is fitted on the processor (hostile_raises: this table is not to my taste)."
    assert said == [Note(told, warning=warned)]


def test_a_library_that_hangs_is_waited_for_a_share_of_the_time_alone(place):
    plan, (said,) = place("hostile_loop", "linear", seconds=8)
    assert plan.on_gpu == ()
    assert "hostile_loop: no answer in time" in said.message


def test_no_gpu_is_looked_for_where_none_is_asked_for(place):
    plan, said = place("linear", "hostile_exit", device="cpu")
    assert (plan.on_gpu, plan.workers, said) == ((), 2, [])


def test_a_search_fits_on_the_gpu_what_was_found_to_work_there(monkeypatch, place, nursery, evidence):
    candidates = (Candidate("linear", "onehot_scaled"), Candidate("hostile_processor", "none"))
    monkeypatch.setattr(proposals, "PORTFOLIO", candidates)
    plan, _ = place("linear", "hostile_processor", device="gpu")
    log = TrialLog(evidence.folder, History())
    outcome = search(plan, evidence, log, local_workers(nursery), Listener(), StopToken(), 2)
    assert [trial.status for trial in outcome.trials] == ["ok", "ok"]
    assert outcome.on_gpu == ("hostile_processor",)


def test_a_worker_whose_gpu_failed_is_replaced(nursery, evidence, hostile_families):
    pool = WorkerPool(nursery, 1, evidence.folder.path)
    try:
        task = FoldTask(0, 0, "hostile_raises", "none", None, {}, 0, 1, None)
        seen = []
        for device in ("cpu", "gpu", "cpu"):
            seen.append(pool._workers[0].pid)
            pool.submit(replace(task, device=device), 60)
            (result,) = pool.wait(60)
            assert "not to my taste" in result.status
    finally:
        pool.close()
    assert seen[0] == seen[1] != seen[2]
