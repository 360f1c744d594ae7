"""The figures a report shows."""

import numpy as np

from automl.report.gathering import gather_metrics
from automl.tables import Task


def gathered(target: list[float]) -> dict[str, tuple[float, float, float]]:
    actual = np.array(target)
    return gather_metrics(Task.REGRESSION, actual, actual + 1.0, None, np.arange(len(actual)))


def test_a_share_of_the_truth_is_left_out_where_a_truth_is_zero() -> None:
    assert "mape" in gathered([1.0, 2.0, 3.0, 4.0] * 5)
    assert "mape" not in gathered([0.0, 2.0, 3.0, 4.0] * 5)
