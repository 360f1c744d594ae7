"""A search in which families fail in every way: each has its reason, and the rest goes on."""

import time

import pytest

from automl.events import Note
from automl.models.portfolio import Candidate
from automl.search import proposals
from automl.search import run as search_run
from automl.search.deadline import Deadline
from automl.search.executor import local_workers
from automl.search.loop import search
from automl.search.plan import SearchPlan
from automl.search.stop import StopToken
from automl.search.trial_log import History, TrialLog

REASONS = {
    "hostile_nan": "predicted values that are not numbers",
    "hostile_rows": "predicted the shape (44, 2) instead of (45, 2)",
    "hostile_columns": "predicted the shape (45, 3) instead of (45, 2)",
    "hostile_raises": "ValueError: this table is not to my taste",
    "hostile_memory": "out of memory",
    "hostile_exit": "its process died",
    "hostile_abort": "its process died",
    "hostile_segfault": "its process died",
    "hostile_save": "OSError: [Errno 28] No space left on device",
    "hostile_load": "predicts otherwise once saved",
}


class Listener:
    def __init__(self):
        self.events = []

    def emit(self, event):
        self.events.append(event)


def run(monkeypatch, evidence, nursery, families, seconds=None, stop=None, reserve=0.0):
    """Search with one candidate a family, in the given order, and return the outcome and what was said."""
    candidates = tuple(
        Candidate(name, "onehot_scaled", {"penalty": 0.01 * number}) if name == "linear" else Candidate(name, "none")
        for number, name in enumerate(families)
    )
    monkeypatch.setattr(proposals, "PORTFOLIO", candidates)
    plan = SearchPlan(families, len(families), Deadline(time.monotonic(), seconds), reserve, 2, 1, 0)
    listener = Listener()
    outcome = search(
        plan, evidence, TrialLog(evidence.folder, History()), local_workers(nursery), listener, stop or StopToken(), 2
    )
    return outcome, listener.events


def statuses(outcome):
    return {trial.candidate.family: trial.status for trial in outcome.trials}


def test_every_failure_has_its_reason_and_the_rest_goes_on(monkeypatch, evidence, nursery, hostile_families):
    families = ("constant", *REASONS, "linear")
    outcome, events = run(monkeypatch, evidence, nursery, families)
    assert statuses(outcome) == {"constant": "ok", **REASONS, "linear": "ok"}
    assert outcome.stopped_by == "trials"
    assert [trial.candidate.family for trial in outcome.members] == ["linear"]
    assert "linear" in {outcome.members[member].candidate.family for member in outcome.blend.members}
    warned = [event.message for event in events if isinstance(event, Note) and event.warning]
    assert len(warned) == len(REASONS)
    for name, reason in REASONS.items():
        assert any(name in message and reason in message for message in warned)


@pytest.mark.parametrize("loop", ["hostile_loop", "hostile_c_loop"])
def test_an_endless_loop_costs_its_share_of_the_time_alone(monkeypatch, evidence, nursery, hostile_families, loop):
    monkeypatch.setattr(search_run, "_SHARE_OF_TIME", 0.004)
    outcome, _ = run(monkeypatch, evidence, nursery, ("constant", loop, "linear"), seconds=120)
    assert statuses(outcome)[loop] == "stopped at its time limit"
    assert statuses(outcome)["constant"] == "ok"
    assert outcome.stopped_by == "trials"


def test_what_needs_too_much_memory_is_tried_once_more_and_smaller(monkeypatch, evidence, nursery, hostile_families):
    # A generation is told as a whole: the second one begins with what was killed in the first.
    families = ("constant", "hostile_hungry", *4 * ("linear",))
    outcome, _ = run(monkeypatch, evidence, nursery, families)
    hungry = [trial for trial in outcome.trials if trial.candidate.family == "hostile_hungry"]
    assert [trial.status for trial in hungry] == ["out of memory", "ok"]
    assert dict(hungry[1].candidate.hyperparameters) == {"num_leaves": 17, "row_share": 0.5}


def test_the_baseline_is_chosen_only_where_nothing_else_works(monkeypatch, evidence, nursery, hostile_families):
    outcome, _ = run(monkeypatch, evidence, nursery, ("constant", "hostile_raises"))
    assert [trial.candidate.family for trial in outcome.members] == ["constant"]


def test_a_search_in_which_nothing_works_ends_without_a_blend(monkeypatch, evidence, nursery, hostile_families):
    outcome, _ = run(monkeypatch, evidence, nursery, ("hostile_abort", "hostile_raises"))
    assert (outcome.members, outcome.blend.members, outcome.stopped_by) == ((), (), "trials")


def test_a_stop_that_was_asked_for_at_once_leaves_the_baseline(monkeypatch, evidence, nursery, hostile_families):
    stop = StopToken()
    stop.request("SIGTERM")
    outcome, _ = run(monkeypatch, evidence, nursery, ("constant", "linear"), stop=stop)
    assert [trial.candidate.family for trial in outcome.members] == ["constant"]
    assert outcome.stopped_by == "SIGTERM"


def test_a_budget_that_is_over_leaves_nothing(monkeypatch, evidence, nursery):
    outcome, _ = run(monkeypatch, evidence, nursery, ("constant", "linear"), seconds=-1.0)
    assert (outcome.trials, outcome.stopped_by) == ((), "time_budget")


def test_a_budget_that_leaves_no_time_for_searching_leaves_the_baseline(monkeypatch, evidence, nursery):
    # All of the budget is kept for what comes after the search, however slow the machine is.
    outcome, _ = run(monkeypatch, evidence, nursery, ("constant", "linear"), seconds=600.0, reserve=600.0)
    assert [trial.candidate.family for trial in outcome.trials] == ["constant"]
    assert [trial.candidate.family for trial in outcome.members] == ["constant"]
    assert outcome.stopped_by == "time_budget"


@pytest.mark.parametrize("families", [("constant", "linear", "hostile_abort", "hostile_harmless", "hostile_nan")])
def test_failures_do_not_change_what_the_others_predict(monkeypatch, evidence, nursery, hostile_families, families):
    outcomes = [run(monkeypatch, evidence, nursery, chosen)[0] for chosen in (families, families[:2])]
    with_failures, alone = (
        {trial.candidate.family: trial.prediction.tobytes() for trial in outcome.members} for outcome in outcomes
    )
    assert alone.items() <= with_failures.items()
