"""The report's charts: functions from facts to pictures, drawn in plain SVG."""

from __future__ import annotations

from automl.report.charts.curves import calibration_chart, precision_recall_chart, roc_chart
from automl.report.charts.dependence import dependence_charts
from automl.report.charts.distribution import mini_histogram, target_chart
from automl.report.charts.regression import actual_predicted_chart, residual_chart
from automl.report.charts.search import blend_chart, progress_chart, standing_chart
from automl.report.charts.strips import Strip, bar_strip, spread_strip, strip_range
from automl.report.charts.svg import Chart
from automl.report.charts.thresholds import threshold_chart, threshold_score_chart

__all__ = [
    "Chart",
    "Strip",
    "actual_predicted_chart",
    "bar_strip",
    "blend_chart",
    "calibration_chart",
    "dependence_charts",
    "mini_histogram",
    "precision_recall_chart",
    "progress_chart",
    "residual_chart",
    "roc_chart",
    "spread_strip",
    "standing_chart",
    "strip_range",
    "target_chart",
    "threshold_chart",
    "threshold_score_chart",
]
