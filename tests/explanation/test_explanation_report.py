"""An explanation written as a page, as Markdown and as JSON."""

import json
from dataclasses import replace

import pytest

from automl.explanation import describe_behaviour, explain_rows, explain_without_data
from automl.explanation.rendering import render_explanation

HOSTILE = "<script>alert(1)</script>|x"


@pytest.fixture(scope="module")
def explanation(mixed):
    found = explain_rows(mixed.path, mixed.table, range(3))
    return replace(found, behaviour=describe_behaviour(mixed.path, mixed.table, found.importance))


@pytest.fixture(scope="module")
def hostile(explanation):
    """The same, with a column whose name tries to become part of the page."""

    def renamed(values):
        return {HOSTILE if name == "age" else name: value for name, value in values.items()}

    first = explanation.rows[0]
    row = replace(
        first,
        contributions=renamed(first.contributions),
        errors=renamed(first.errors),
        cells=dict.fromkeys(renamed(first.cells), HOSTILE),
    )
    behaviour = explanation.behaviour
    curves = tuple(replace(curve, column=HOSTILE) for curve in behaviour.curves)
    return replace(explanation, target=HOSTILE, rows=(row,), behaviour=replace(behaviour, curves=curves))


def test_the_page_tells_everything_and_asks_for_nothing(explanation):
    page = render_explanation(explanation, "html")
    for heading in ("Importance", "Rows", "Dependence", "Interactions", "Small tree"):
        assert f"<h2>{heading}</h2>" in page
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_a_script_in_a_name_is_only_text(hostile):
    page = render_explanation(hostile, "html")
    assert page.count("<script") == 1
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_markdown_has_the_same_and_a_name_does_not_break_its_tables(hostile):
    text = render_explanation(hostile, "md")
    assert "<script" not in text
    assert "\\|x" in text
    assert all(heading in text for heading in ("## Importance", "## Rows", "## Dependence", "## Small tree"))


def test_json_holds_every_field(explanation):
    content = json.loads(render_explanation(explanation, "json"))
    assert content["schema_version"] == 1
    assert {"importance", "space", "rows", "behaviour"} <= set(content)
    assert {"label", "curves", "interactions", "surrogate"} == set(content["behaviour"])


@pytest.mark.parametrize("format_name", ["html", "md", "json"])
def test_a_model_alone_is_a_report_too(mixed, format_name):
    assert "age" in render_explanation(explain_without_data(mixed.path), format_name)


def test_dates_and_levels_have_their_own_charts(boosted):
    found = explain_rows(boosted.path, boosted.table, (0,))
    behaviour = describe_behaviour(boosted.path, boosted.table, found.importance)
    page = render_explanation(replace(found, behaviour=behaviour), "html")
    assert "2000-" in page
    assert "They are exact." in page
    assert page.count('class="plot"') == 3
