"""The pages as axe-core sees them, in light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from browser import Page, serious_violations
from evaluation_facts_examples import binary_evaluation, hostile_evaluation, regression_evaluation
from report_facts_examples import bare_facts, binary_facts, hostile_facts, multiclass_facts, regression_facts

from automl.preparation.profile import profile
from automl.report import render
from automl.report.evaluation_facts import EvaluationFacts
from automl.report.evaluation_report import render_evaluation
from automl.report.facts import ReportFacts
from automl.report.profile_page import render_profile
from automl.tables import infer_schema, table_from_frame

pytestmark = pytest.mark.browser

SCHEMES = ["light", "dark"]


def violations(page: Page, text: str, folder: Path, scheme: str, width: int = 1280) -> list[str]:
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    page.open(file, width, scheme)
    return serious_violations(page)


def test_axe_finds_what_nobody_could_read(page: Page, tmp_path: Path) -> None:
    pale = '<html lang="en"><title>x</title><main><p style="color:#ddd;background:#fff">pale</p></main></html>'
    assert any("color-contrast" in each for each in violations(page, pale, tmp_path, "light"))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("facts", [binary_facts, multiclass_facts, regression_facts, hostile_facts, bare_facts])
def test_axe_finds_nothing_serious_in_a_report(
    page: Page, tmp_path: Path, facts: Callable[[], ReportFacts], scheme: str
) -> None:
    assert violations(page, render(facts(), "html"), tmp_path, scheme) == []


def test_axe_finds_nothing_serious_in_a_report_on_a_phone(page: Page, tmp_path: Path) -> None:
    assert violations(page, render(binary_facts(), "html"), tmp_path, "light", 390) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_shades_of_a_confusion_matrix_can_be_read_at_every_share(page: Page, tmp_path: Path, scheme: str) -> None:
    confusion = tuple((share, 100 - share) for share in (40, 61))
    assert violations(page, render(binary_facts(confusion=confusion), "html"), tmp_path, scheme) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("facts", [binary_evaluation, regression_evaluation, hostile_evaluation])
def test_axe_finds_nothing_serious_in_an_evaluation(
    page: Page, tmp_path: Path, facts: Callable[[], EvaluationFacts], scheme: str
) -> None:
    assert violations(page, render_evaluation(facts(), "html"), tmp_path, scheme) == []


@pytest.mark.parametrize("facts", [binary_evaluation, regression_evaluation, hostile_evaluation])
@pytest.mark.parametrize("width", [1280, 390])
def test_an_evaluation_opens_without_complaint_or_request_and_fits(
    page: Page, tmp_path: Path, facts: Callable[[], EvaluationFacts], width: int
) -> None:
    file = tmp_path / "evaluation.html"
    file.write_text(render_evaluation(facts(), "html"), encoding="utf-8")
    visit = page.open(file, width)
    assert visit.complaints == []
    assert visit.requests == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_serious_in_a_profile(page: Page, tmp_path: Path, scheme: str) -> None:
    rows = range(200)
    frame = pd.DataFrame(
        {
            "id": [f"u{row:04d}" for row in rows],
            "age": [20 + row % 50 for row in rows],
            "city": [("Bern", "Rom", "")[row % 3] for row in rows],
            "joined": [f"2024-0{1 + row % 9}-11" for row in rows],
            "left": ["yes" if row % 4 == 0 else "no" for row in rows],
        }
    )
    table = table_from_frame(frame)
    found = profile(table, infer_schema(table, "left"), "left")
    assert violations(page, render_profile(found, "people.csv", "left"), tmp_path, scheme) == []
