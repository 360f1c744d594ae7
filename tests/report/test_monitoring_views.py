"""How monitoring writes its figures."""

import pytest

from automl.report.formatting import ABSENT
from automl.report.monitoring_views import _mean


@pytest.mark.parametrize(
    ("kind", "mean", "text"),
    [("datetime", 8546.2, "2023-05-26"), ("numeric", 8546.2, "8,546"), ("datetime", None, ABSENT)],
)
def test_the_mean_of_times_is_a_day(kind, mean, text):
    assert _mean(kind, mean) == text
