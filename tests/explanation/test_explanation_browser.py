"""The page of an explanation in a real browser."""

from dataclasses import replace

import pytest
from browser import serious_violations

from automl.explanation import describe_behaviour, explain_rows
from automl.explanation.rendering import render_explanation

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def file(mixed, tmp_path_factory):
    found = explain_rows(mixed.path, mixed.table, range(3))
    found = replace(found, behaviour=describe_behaviour(mixed.path, mixed.table, found.importance))
    path = tmp_path_factory.mktemp("page") / "why.html"
    path.write_text(render_explanation(found, "html"), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_opens_without_complaint_or_request_and_fits(page, file, width, scheme):
    visit = page.open(file, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert visit.complaints == []
    assert visit.requests == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


CUT = """[...document.querySelectorAll(".scroll")].filter(each => each.scrollWidth > each.clientWidth + 1)
  .map(each => each.getAttribute("aria-label"))"""


def test_on_a_desk_no_table_is_wider_than_its_frame(page, file):
    page.open(file, 1280)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate(CUT) == []


def test_a_click_on_a_column_title_sorts_the_contributions_by_value(page, file):
    page.open(file, 1280)
    table = "document.querySelector('#rows table')"
    keys = f"[...{table}.tBodies[0].rows].map(row => Number(row.cells[2].dataset.key))"
    before = page.evaluate(keys)
    page.evaluate(f"{table}.tHead.rows[0].cells[2].firstChild.click()")
    assert page.evaluate(keys) == sorted(before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, file, scheme):
    page.open(file, 1280, scheme)
    assert serious_violations(page) == []
