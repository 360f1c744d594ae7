from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report_facts_examples import (
    HOSTILE_NAMES,
    bare_facts,
    binary_facts,
    hostile_facts,
    multiclass_facts,
    regression_facts,
)

from automl.report import render
from automl.report.facts import ColumnFact, ReportFacts

EXAMPLES = [binary_facts, multiclass_facts, regression_facts, hostile_facts, bare_facts]
SECTIONS = ["summary", "findings", "cleaning", "columns", "candidates", "quality", "features", "reproduction"]
BEHAVIOUR = ("dependence", "interactions", "tree")


class PageReader(HTMLParser):
    """Collects elements, attributes and text, and checks that elements are closed in order."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def read(facts: ReportFacts) -> PageReader:
    return PageReader(render(facts, "html"))


@pytest.mark.parametrize("facts", EXAMPLES)
def test_the_page_is_well_formed_with_unique_ids_and_links_that_lead_somewhere(
    facts: Callable[[], ReportFacts],
) -> None:
    said = facts()
    sections = (*SECTIONS, *(BEHAVIOUR if said.behaviour is not None else ()))
    page = read(said)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    assert targets == {f"#{section}" for section in sections}
    assert set(sections) <= set(ids)


@pytest.mark.parametrize("facts", EXAMPLES)
def test_the_page_loads_nothing_and_stays_small(facts: Callable[[], ReportFacts]) -> None:
    page = read(facts())
    for tag, attributes in page.elements:
        assert tag not in {"img", "iframe", "object", "embed", "base", "form", "image", "use", "foreignobject"}
        assert not {name for name in attributes if name.startswith("on")} | ({"src", "srcset"} & set(attributes))
        address = attributes.get("href") or attributes.get("xlink:href") or "#"
        assert address.startswith(("#", "data:,"))
    text = render(facts(), "html")
    style = text[text.index("<style>") : text.index("</style>")]
    assert not re.search(r"url\(|@import|https?:", style)
    assert len(text.encode()) < 2_000_000


def test_the_security_policy_lets_only_the_one_inline_script_run() -> None:
    page = read(hostile_facts())
    assert len(page.scripts) == 1
    digest = base64.b64encode(hashlib.sha256(page.scripts[0].encode()).digest()).decode()
    policies = [
        attributes["content"]
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    ]


def test_hostile_names_appear_as_harmless_text() -> None:
    page = read(hostile_facts())
    for name in HOSTILE_NAMES:
        if len(name) < 100 and name.isprintable():
            assert re.sub(r"\s+", " ", name) in page.text
    assert r"\x1b[31mred\x1b[0m\x07" in page.text
    assert r"\u202egnp.exe\u202c" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", render(hostile_facts(), "html"))


def test_the_estimate_is_shown_with_interval_and_method_and_the_selection_score_is_labelled_as_one() -> None:
    text = read(binary_facts()).text.replace("\u00a0", " ")
    assert "Estimated roc_auc" in text
    assert "95 % interval 0.825 to 0.867. From 1,409 rows held out; neither search nor selection saw them." in text
    assert "Selection score (out-of-fold)0.851On" in text


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("holdout", "held out"),
        ("bootstrap_bias_corrected_cv", "bootstrap correction for having picked the best"),
        ("test_data", "of the separate test data"),
        ("a_later_method", "a_later_method, 1,409 rows"),
    ],
)
def test_each_method_of_estimation_is_said_in_words(method: str, words: str) -> None:
    facts = binary_facts()
    assert words in read(replace(facts, estimate=replace(facts.estimate, method=method))).text


def test_findings_come_most_severe_first_and_carry_their_severity_as_a_word() -> None:
    page = render(binary_facts(), "html")
    badges = re.findall(r'<span class="badge">(\w+)</span>', page)
    assert badges == ["error", "warning", "info"]


def test_failed_candidates_are_shown_with_their_reason() -> None:
    text = read(binary_facts()).text
    assert "failed: killed after 12 s, its time limit" in text
    assert "40 of them on every fold." in text


def test_a_fit_that_is_not_complete_has_a_banner() -> None:
    assert "Not complete." in read(bare_facts()).text
    assert "Not complete." not in read(binary_facts()).text


def test_empty_parts_say_so_instead_of_showing_empty_tables() -> None:
    page = read(bare_facts())
    assert "Nothing out of the ordinary was found." in page.text
    assert "No candidate was tried." in page.text
    assert "table" not in [tag for tag, attributes in page.elements if attributes.get("class") == "sortable"]


def test_how_predictions_follow_the_columns_is_shown_where_there_was_time_to_look() -> None:
    page = render(binary_facts(), "html")
    assert 'href="#dependence"' in page
    assert "A tree of depth 3 that imitates the model explains 81 %" in page.replace("\N{NO-BREAK SPACE}", " ")
    bare = render(binary_facts(behaviour=None), "html")
    assert not any(f'"#{part}"' in bare or f'id="{part}"' in bare for part in ("dependence", "interactions", "tree"))
    assert "How predictions follow each column" in bare


def test_what_the_final_model_relies_on_is_shown_with_intervals_and_by_groups_where_there_was_time_to_look() -> None:
    text = read(binary_facts()).text
    assert "how far predictions move when the column is shuffled, on 900 rows" in text
    assert "tenure + Contract0.1400.110 to 0.170" in text
    assert "What the final model relies on" not in read(binary_facts(reliance=None)).text


def test_classification_shows_curves_and_confusion_and_regression_shows_residuals() -> None:
    classes, numbers = render(multiclass_facts(), "html"), render(regression_facts(), "html")
    for figure in ("figure-roc", "figure-precision-recall", "figure-calibration", 'class="confusion"'):
        assert figure in classes
        assert figure not in numbers
    for figure in ("figure-actual-predicted", "figure-residuals"):
        assert figure in numbers
        assert figure not in classes


def test_many_classes_are_put_together_in_the_confusion_matrix() -> None:
    page = read(multiclass_facts(40))
    assert "The 26 classes with the fewest rows are put together." in page.text
    assert "26 others" in page.text


def test_a_table_of_ten_thousand_columns_keeps_the_page_small_and_counts_what_is_left_out() -> None:
    columns = tuple(ColumnFact(f"c{number}", "numeric", 0, 9, "0", "9", 4.5, (3,) * 20) for number in range(10_000))
    page = render(binary_facts(columns=columns), "html")
    assert "9,700 columns more in the JSON report." in page
    assert len(page.encode()) < 2_000_000


def test_the_reproduction_part_names_command_versions_hash_and_settings() -> None:
    facts = binary_facts()
    text = read(facts).text
    for words in (facts.command, facts.data_sha256, "scikit-learn", "1.9.0", "time_budget", "churn.automl"):
        assert words in text
