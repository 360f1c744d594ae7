"""What is said where no candidate could be trained."""

from automl.models.portfolio import Candidate
from automl.search.board import Trial
from automl.search.failures import nothing_trained
from automl.search.tasks import TIME_LIMIT


def ended(*statuses):
    return [Trial(place, Candidate("linear", "native", {}), None, status=each) for place, each in enumerate(statuses)]


def test_the_reason_that_most_failed_with_is_said_and_no_time_asked_for():
    error = nothing_trained(ended("too few rows", "no numbers", "no numbers", TIME_LIMIT))
    assert "2 of 4 candidates failed with: no numbers" in error.message
    assert "time" not in error.message + error.hint


def test_more_time_is_advised_where_time_was_the_reason():
    assert "--time-budget" in nothing_trained(ended("running", TIME_LIMIT)).hint
