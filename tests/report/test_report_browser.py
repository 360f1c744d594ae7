from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Page, chromium_path
from evaluation_facts_examples import binary_evaluation, regression_evaluation
from report_facts_examples import bare_facts, binary_facts, hostile_facts, multiclass_facts, regression_facts

from automl.report import render
from automl.report.evaluation_facts import BreakdownFact, EvaluationFacts, LevelFact
from automl.report.evaluation_report import render_evaluation
from automl.report.facts import ReportFacts

pytestmark = pytest.mark.browser

EXAMPLES = [binary_facts, multiclass_facts, regression_facts, hostile_facts, bare_facts]

OUTSIDE = """[...document.querySelectorAll("main *, nav *")].filter(each => {
  if (each.closest(".scroll, nav ol, .skip")) return false;
  const box = each.getBoundingClientRect();
  return box.right > document.documentElement.clientWidth + 1 || box.left < -1;
}).map(each => each.outerHTML.slice(0, 80))"""


WIDER_THAN_ITS_FRAME = """[...document.querySelectorAll(".scroll")]
  .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.getAttribute("aria-label"))"""


def written(facts: ReportFacts, folder: Path) -> Path:
    file = folder / "report.html"
    file.write_text(render(facts, "html"), encoding="utf-8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("facts", EXAMPLES)
def test_the_page_opens_without_complaint_or_request_and_nothing_is_cut_off(
    page: Page, tmp_path: Path, facts: Callable[[], ReportFacts], width: int, scheme: str
) -> None:
    visit = page.open(written(facts(), tmp_path), width, scheme)
    assert visit.complaints == []
    assert visit.requests == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []


def test_nothing_is_cut_off_when_everything_is_unfolded_on_a_phone(page: Page, tmp_path: Path) -> None:
    page.open(written(hostile_facts(), tmp_path), 390)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(OUTSIDE) == []


def test_a_click_on_a_column_title_sorts_by_value_and_a_second_one_turns_the_order(page: Page, tmp_path: Path) -> None:
    page.open(written(binary_facts(), tmp_path), 1280)
    table = "document.querySelector('#candidates table.sortable')"
    took = f"[...{table}.tBodies[0].rows].map(row => Number(row.cells[6].dataset.key))"
    click = f"{table}.tHead.rows[0].cells[6].firstChild.click()"
    page.evaluate(click)
    ascending = page.evaluate(took)
    page.evaluate(click)
    assert ascending == sorted(ascending)
    assert page.evaluate(took) == ascending[::-1]


def test_figures_without_a_key_are_sorted_by_what_they_say(page: Page, tmp_path: Path) -> None:
    shown = {"a": (56, 3e-6), "b": (1_200, -0.5), "c": (3, None), "d": (310, 0.25)}
    levels = tuple(LevelFact(name, rows, value, None) for name, (rows, value) in shown.items())
    file = tmp_path / "evaluation.html"
    facts = replace(binary_evaluation(), by=BreakdownFact("region", "roc_auc", levels))
    file.write_text(render_evaluation(facts, "html"), encoding="utf-8")
    page.open(file, 1280)
    names = "[...document.querySelectorAll('#by tbody tr')].map(row => row.cells[0].textContent)"
    for column, order in ((1, ["c", "a", "d", "b"]), (2, ["b", "a", "d", "c"])):
        page.evaluate(f"document.querySelector('#by thead').rows[0].cells[{column}].firstChild.click()")
        assert page.evaluate(names) == order


@pytest.mark.parametrize("make", [binary_facts, regression_facts, binary_evaluation, regression_evaluation])
def test_on_a_desk_no_table_is_wider_than_its_frame(
    page: Page, tmp_path: Path, make: Callable[[], ReportFacts | EvaluationFacts]
) -> None:
    facts = make()
    file = tmp_path / "page.html"
    made = render(facts, "html") if isinstance(facts, ReportFacts) else render_evaluation(facts, "html")
    file.write_text(made, encoding="utf-8")
    page.open(file, 1280)
    assert page.evaluate(WIDER_THAN_ITS_FRAME) == []


def test_candidates_without_a_score_stay_last_in_either_order(page: Page, tmp_path: Path) -> None:
    page.open(written(binary_facts(candidates=binary_facts().candidates[-6:]), tmp_path), 1280)
    scores = "[...document.querySelector('#candidates table.sortable tbody').rows].map(row => row.cells[2].dataset.key)"
    click = "document.querySelector('#candidates table.sortable').tHead.rows[0].cells[2].firstChild.click()"
    for _ in range(2):
        page.evaluate(click)
        assert page.evaluate(scores)[-3:] == ["", "", ""]


def test_a_script_in_a_name_does_not_run(page: Page, tmp_path: Path) -> None:
    page.open(written(hostile_facts(), tmp_path), 1280)
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate("document.querySelectorAll('img, [onload], [onerror]').length") == 0


def test_the_page_follows_the_colour_scheme_of_the_system(page: Page, tmp_path: Path) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page.open(written(binary_facts(), tmp_path), 1280, scheme)
        colours[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colours["light"] != colours["dark"]


def test_without_chromium_the_test_is_skipped_but_fails_in_continuous_integration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception):
        chromium_path()
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception):
        chromium_path()
