from __future__ import annotations

import re

import pytest
from report_facts_examples import HOSTILE_NAMES, bare_facts, binary_facts, hostile_facts, multiclass_facts

from automl.report import render
from automl.report.facts import ReportFacts
from automl.report.markdown import code_span, escaped, fenced


def table_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("facts", [binary_facts(), multiclass_facts(), hostile_facts(), bare_facts()])
def test_every_line_of_a_table_has_as_many_cells_as_its_header(facts: ReportFacts) -> None:
    for block in render(facts, "md").split("\n\n"):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table_lines(block)}
        assert len(cells) <= 1


def test_names_cannot_become_markup_in_markdown() -> None:
    text = render(hostile_facts(), "md")
    outside_code = re.sub(r"(?ms)^(`{3,}).*?^\1$", "", text)
    assert "<" not in re.sub(r"`[^`]*`", "", outside_code)
    assert "@everyone" not in outside_code
    assert "://" not in outside_code
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", text)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_an_escaped_name_stays_on_one_line_and_holds_no_bare_markup(name: str) -> None:
    shown = escaped(name)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)[|`*_\[\]~$]", shown)


def test_an_address_is_written_so_that_it_mentions_nobody() -> None:
    assert escaped("a@b.example #1") == "a&#64;b.example &#35;1"


def test_code_with_backticks_gets_a_longer_fence() -> None:
    assert fenced("a ``` b").startswith("````sh\n")
    assert code_span("a`b") == "`` a`b ``"


def test_the_markdown_report_tells_the_same_as_the_page() -> None:
    text = render(binary_facts(), "md").replace("\u00a0", " ")
    assert text.startswith("# Predicting “Churn”\n")
    assert "| Estimated roc\\_auc | 0.846 | 95 % interval 0.825 to 0.867." in text
    assert "Selection score (out-of-fold)" in text
    assert "| error | target\\_leak\\_name |" in text
    assert "failed: out of memory (1.9 GB)" in text
    assert "| Yes | 888 (48 %) | 981 (52 %) |" in text
    assert "```sh\nautoml fit churn.csv.gz" in text


def test_how_predictions_follow_the_columns_is_told_in_markdown() -> None:
    told = render(binary_facts(), "md")
    assert "## Dependence" in told
    assert "| tenure and Contract | 31 % |" in told.replace("\N{NO-BREAK SPACE}", " ")
    assert "## Dependence" not in render(binary_facts(behaviour=None), "md")


def test_what_the_final_model_relies_on_is_told_in_markdown() -> None:
    assert "| tenure + Contract | 0.140 | 0.110 to 0.170 |" in render(binary_facts(), "md")
    assert "relies on" not in render(binary_facts(reliance=None), "md")


def test_a_fit_that_is_not_complete_says_so_in_markdown() -> None:
    assert "> **Not complete.**" in render(bare_facts(), "md")
