"""The report of a fit as one self-contained HTML page."""

from __future__ import annotations

from typing import Any

from automl.report import charts, formatting, views
from automl.report.bounds_views import bounds_sections
from automl.report.facts import ReportFacts
from automl.report.importance_views import importance_strips, measure_in_words
from automl.report.lineage_views import lineage_section
from automl.report.pages import listing, render_page
from automl.report.summary import summary_points

__all__ = ["render_html"]

_SHOWN_CANDIDATES = 20
_MOST_CANDIDATES = 500
_SHOWN_FEATURES = 25
_MOST_FEATURES = 500
_MOST_COLUMNS = 300
_MOST_FINDINGS = 200
_MOST_CHANGES = 300


def render_html(facts: ReportFacts) -> str:
    """Return the report as one HTML page."""
    strip, candidates = _candidates(facts)
    return render_page(
        "report.html.j2",
        facts=facts,
        points=summary_points(facts),
        tiles=views.tiles(facts),
        findings=listing(views.finding_order(facts)[:_MOST_FINDINGS], _MOST_FINDINGS, len(facts.findings)),
        changes=listing(facts.changes[:_MOST_CHANGES], _MOST_CHANGES, len(facts.changes)),
        candidates=listing(candidates, _SHOWN_CANDIDATES, len(facts.candidates)),
        score_range=f"{formatting.concise(strip.low, 3)} to {formatting.concise(strip.high, 3)}",
        **_reliance(facts),
        features_note=views.FEATURES_NOTE,
        features=listing(_features(facts), _SHOWN_FEATURES, len(facts.features)),
        columns=listing(facts.columns[:_MOST_COLUMNS], _MOST_COLUMNS, len(facts.columns)),
        learned_from={each.name for each in facts.features} or {each.name for each in facts.columns},
        metrics=views.metric_rows(facts),
        confusion=views.confusion_view(facts),
        bounds=bounds_sections(facts.postprocessing.get("coverage"), facts.labels),
        charts=_charts(facts),
        lineage=lineage_section(facts.lineage),
        curves=charts.dependence_charts(facts.behaviour),
    )


def _reliance(facts: ReportFacts) -> dict[str, Any]:
    """Return how much the final model relies on columns, and what its values mean; nothing where that is not known."""
    found = facts.reliance
    if found is None:
        return {"reliance": None}
    return {
        "reliance": found,
        "reliance_measure": measure_in_words(found),
        "reliance_strips": importance_strips(found.columns),
        "reliance_group_strips": importance_strips(found.groups),
    }


def _charts(facts: ReportFacts) -> dict[str, charts.Chart | None]:
    return {
        "target": charts.target_chart(facts),
        "standing": charts.standing_chart(facts),
        "blend": charts.blend_chart(facts),
        "progress": charts.progress_chart(facts),
        "roc": charts.roc_chart(facts),
        "precision_recall": charts.precision_recall_chart(facts),
        "calibration": charts.calibration_chart(facts),
        "thresholds": charts.threshold_chart(facts, (facts.postprocessing.get("threshold") or {}).get("value")),
        "threshold_score": charts.threshold_score_chart(facts),
        "actual_predicted": charts.actual_predicted_chart(facts),
        "residuals": charts.residual_chart(facts),
    }


def _candidates(facts: ReportFacts) -> tuple[charts.Strip, list[tuple[views.CandidateRow, str]]]:
    """Return each candidate with the strip of its score, and the strips' common range."""
    scored = [(each.score, each.spread or 0.0) for each in facts.candidates if each.score is not None]
    strip = charts.strip_range(scored, facts.greater_is_better)
    rows = views.candidate_rows(facts, _MOST_CANDIDATES)
    return strip, [(row, charts.spread_strip(strip, row.candidate.score, row.candidate.spread)) for row in rows]


def _features(facts: ReportFacts) -> list[tuple[views.FeatureRow, str]]:
    """Return each feature with the bar of its importance."""
    ends = [each.importance + sign * (each.spread or 0.0) for each in facts.features for sign in (-1, 1)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    strip = charts.Strip(low, high if high > low else low + 1.0)
    styles = {True: "bar", False: "bar unused"}
    return [
        (row, charts.bar_strip(strip, row.feature.importance, row.feature.spread or 0.0, styles[row.feature.selected]))
        for row in views.feature_rows(facts)[:_MOST_FEATURES]
    ]
