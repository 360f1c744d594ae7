from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from report_facts_examples import bare_facts, binary_facts, hostile_facts, multiclass_facts, regression_facts

from automl.errors import UsageError
from automl.report import render, report_format
from automl.report.facts import ReportFacts

EXAMPLES = [binary_facts, multiclass_facts, regression_facts, hostile_facts, bare_facts]


@pytest.mark.parametrize(
    ("path", "format_name"),
    [("a.html", "html"), ("b/c.HTM", "html"), ("churn.report.md", "md"), ("./x.json", "json")],
)
def test_the_ending_of_the_file_decides_the_format(path: str, format_name: str) -> None:
    assert report_format(path) == format_name


@pytest.mark.parametrize("path", ["report", "report.pdf", ".html"])
def test_an_ending_that_is_not_known_is_refused_with_the_ones_that_are(path: str) -> None:
    with pytest.raises(UsageError) as error:
        report_format(path)
    assert path in error.value.message
    assert ".html, .htm, .md, .json" in error.value.hint


@pytest.mark.parametrize("facts", EXAMPLES)
def test_the_json_report_holds_every_fact(facts: Callable[[], ReportFacts]) -> None:
    document = json.loads(render(facts(), "json"))
    assert document["schema_version"] == 1
    assert ReportFacts.from_dict(document) == facts()


def test_the_json_report_is_ascii_and_writes_null_for_what_is_not_a_number() -> None:
    facts = replace(hostile_facts(), baseline_score=math.nan, selection_score=math.inf)
    text = render(facts, "json")
    assert text.isascii()
    assert "\x1b" not in text
    document = json.loads(text, parse_constant=pytest.fail)
    assert document["baseline_score"] is None


@pytest.mark.parametrize("format_name", ["html", "md"])
@pytest.mark.parametrize("facts", EXAMPLES)
def test_facts_from_a_json_report_render_the_same(facts: Callable[[], ReportFacts], format_name: str) -> None:
    restored = ReportFacts.from_dict(json.loads(render(facts(), "json")))
    assert render(restored, format_name) == render(facts(), format_name)  # type: ignore[arg-type]


@pytest.mark.parametrize("format_name", ["html", "md"])
def test_scores_that_are_not_numbers_are_shown_as_a_dash(format_name: str) -> None:
    facts = binary_facts(baseline_score=math.nan, selection_score=math.inf, progress=((1.0, math.nan),))
    text = render(facts, format_name)  # type: ignore[arg-type]
    assert not re.search(r"\bnan\b|\binf\b", text.replace("Input contains NaN", ""))


@pytest.mark.parametrize("format_name", ["html", "md"])
def test_stored_spreads_that_are_not_numbers_are_shown_as_a_dash(format_name: str) -> None:
    facts = binary_facts()
    undefined = tuple(replace(each, spread=math.nan) for each in facts.candidates)
    for candidates in (undefined, (undefined[0], *facts.candidates[1:])):
        stored = ReportFacts.from_dict(replace(facts, candidates=candidates).to_dict())
        text = render(stored, format_name)  # type: ignore[arg-type]
        assert not re.search(r"\bnan\b|\binf\b", text.replace("Input contains NaN", ""))


@pytest.mark.parametrize("format_name", ["html", "md", "json"])
@pytest.mark.parametrize("facts", EXAMPLES)
def test_every_report_can_be_written_as_utf8_and_ends_in_a_line_break(
    facts: Callable[[], ReportFacts], format_name: str
) -> None:
    text = render(facts(), format_name)  # type: ignore[arg-type]
    assert text.encode("utf-8").endswith(b"\n")


def test_importing_the_report_loads_neither_the_template_engine_nor_a_plotting_library() -> None:
    code = "import sys, automl.report; print([m for m in ('jinja2', 'matplotlib', 'pandas') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
