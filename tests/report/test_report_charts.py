from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from report_facts_examples import (
    HOSTILE_NAMES,
    bare_facts,
    binary_facts,
    hostile_facts,
    multiclass_facts,
    regression_facts,
)

from automl.report import charts
from automl.report.charts.svg import Chart, Scale, robust_range, span, thin
from automl.report.facts import ColumnFact, CurvePoints, ReportFacts

CHARTS = [
    charts.target_chart,
    charts.standing_chart,
    charts.progress_chart,
    charts.blend_chart,
    charts.roc_chart,
    charts.precision_recall_chart,
    charts.calibration_chart,
    charts.actual_predicted_chart,
    charts.residual_chart,
]


def drawn(facts: ReportFacts) -> list[Chart]:
    return [chart for chart in (make(facts) for make in CHARTS) if chart is not None]


@pytest.mark.parametrize("facts", [binary_facts(), multiclass_facts(), regression_facts(), hostile_facts()])
def test_every_chart_is_well_formed_and_announced_to_screen_readers(facts: ReportFacts) -> None:
    for chart in drawn(facts):
        root = ElementTree.fromstring(chart.svg)
        title, description = root[0], root[1]
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {description.attrib['id']}"
        assert title.text == chart.title


@pytest.mark.parametrize("facts", [binary_facts(), multiclass_facts(30), regression_facts()])
def test_every_chart_has_its_figures_in_a_table(facts: ReportFacts) -> None:
    for chart in drawn(facts):
        assert chart.rows
        assert {len(row) for row in chart.rows} == {len(chart.header)}


@pytest.mark.parametrize("facts", [binary_facts(), multiclass_facts(), regression_facts()])
def test_colours_are_left_to_the_page_so_that_one_picture_serves_light_and_dark(facts: ReportFacts) -> None:
    for chart in drawn(facts):
        assert not re.search(r'(fill|stroke|style)="|#[0-9a-f]{3,6}\b', chart.svg)


def test_shapes_stay_inside_the_picture() -> None:
    for chart in drawn(regression_facts()) + drawn(multiclass_facts()):
        root = ElementTree.fromstring(chart.svg)
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", chart.svg):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


def test_a_class_keeps_its_colour_in_all_curves() -> None:
    facts = multiclass_facts(30)
    colours = [
        dict(re.findall(r'class="curve (c\d)" x1[^>]*/><text[^>]*>([^(]+) \(', chart.svg))
        for chart in (charts.roc_chart(facts), charts.precision_recall_chart(facts), charts.calibration_chart(facts))
        if chart is not None
    ]
    assert len(colours[0]) == 8
    assert colours[0] == colours[1] == colours[2]


def test_charts_without_facts_are_left_out() -> None:
    assert [chart.identifier for chart in drawn(bare_facts())] == ["standing"]


def test_names_in_a_chart_are_escaped_and_shortened() -> None:
    facts = replace(binary_facts(), target_counts=((HOSTILE_NAMES[0], 10), (HOSTILE_NAMES[8], 5)))
    chart = charts.target_chart(facts)
    assert chart is not None
    assert "<script" not in chart.svg
    assert "xxxx…" in chart.svg


def test_a_constant_score_and_a_constant_residual_still_draw() -> None:
    facts = replace(
        regression_facts(),
        residuals=((5.0, 5.0),) * 30,
        progress=((1.0, 3.0),),
        target_counts=(("5", 30),),
        candidates=(),
    )
    assert {"actual-predicted", "residuals", "progress", "target"} <= {chart.identifier for chart in drawn(facts)}


def test_a_curve_of_one_point_and_one_without_a_summary_still_draw() -> None:
    facts = binary_facts(roc=(CurvePoints("", (0.5,), (0.5,)),))
    chart = charts.roc_chart(facts)
    assert chart is not None
    assert chart.rows == (("positive class", "0.500", "0.500"),)


def test_candidates_far_below_the_blend_are_counted_and_not_drawn() -> None:
    chart = charts.progress_chart(binary_facts())
    assert chart is not None
    assert re.search(r"\d+ much weaker candidates not shown", chart.caption)


def test_a_mini_histogram_draws_a_bar_a_bin_and_nothing_where_there_is_nothing() -> None:
    column = ColumnFact("a", "numeric", 0, 3, "0", "1", 0.5, (1, 0, 4))
    assert charts.mini_histogram(column).count("<rect") == 2
    assert charts.mini_histogram(replace(column, histogram=())) == ""


def test_ticks_are_round_values_within_the_range() -> None:
    assert Scale(0.0, 1.0, 0, 100).ticks() == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert Scale(-130.0, 470.0, 0, 100).ticks(4) == [0.0, 200.0, 400.0]


def test_a_range_is_never_empty_and_ignores_what_is_not_a_number() -> None:
    assert span([3.0, 3.0]) == pytest.approx((2.7, 3.3))
    assert span([math.nan]) == pytest.approx((-0.05, 1.05))


def test_a_few_extreme_values_do_not_stretch_the_range() -> None:
    low, high = robust_range([*range(1000), 10**9])
    assert low < 10
    assert high < 1100


def test_thinning_keeps_both_ends() -> None:
    points = [(float(x), 0.0) for x in range(1000)]
    assert thin(points, 11)[0] == points[0]
    assert thin(points, 11)[-1] == points[-1]
    assert len(thin(points, 11)) == 11


def test_the_curve_before_calibration_is_drawn_beneath_that_after_it() -> None:
    calibrated, plain = (charts.calibration_chart(each) for each in (binary_facts(), multiclass_facts()))
    assert calibrated is not None
    assert plain is not None
    assert 'class="curve other"' in calibrated.svg
    assert "before calibration" in calibrated.caption
    assert "before calibration" not in plain.caption


def test_the_threshold_in_use_is_marked_and_named() -> None:
    chart = charts.threshold_chart(binary_facts(), 0.23)
    assert chart is not None
    assert "in use, 0.23" in chart.caption
    assert chart.svg.count('class="reference"') == 1
    assert charts.threshold_chart(multiclass_facts(), None) is None


@pytest.mark.parametrize(("by", "drawn_too"), [("costs", True), ("balanced_accuracy", True), ("f1", False)])
def test_what_a_threshold_was_chosen_by_has_a_chart_of_its_own(by: str, drawn_too: bool) -> None:
    chosen = {"by": by, "value": 0.2, "curve": [[0.1, 0.5], [0.2, 0.4], [0.6, 0.9]]}
    chart = charts.threshold_score_chart(binary_facts(postprocessing={"threshold": chosen}))
    assert (chart is not None) == drawn_too
