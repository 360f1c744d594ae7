from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest
from report_facts_examples import bare_facts, binary_facts, hostile_facts, multiclass_facts, regression_facts

from automl.report import render
from automl.report.card import render_card
from automl.report.facts import ReportFacts
from automl.report.markdown import escaped
from automl.report.wording import estimate_texts

EXAMPLES = [binary_facts, multiclass_facts, regression_facts, hostile_facts, bare_facts]
HEADINGS = (
    "Model details",
    "Uses",
    "Bias, risks and limitations",
    "How to get started with the model",
    "Training details",
    "Evaluation",
    "Model examination",
    "Environmental impact",
    "Technical specifications",
    "Citation",
    "More information",
    "Model card authors",
    "Model card contact",
)


def metadata(card: str) -> dict[str, str]:
    """Return the block that hubs read, its values as they stand there."""
    block = card.split("---\n")[1]
    return dict(line.split(": ", 1) for line in block.strip().splitlines())


@pytest.mark.parametrize("facts", EXAMPLES)
def test_a_card_has_the_usual_headings_in_their_order(facts: Callable[[], ReportFacts]) -> None:
    card = render_card(facts())
    assert [found for found in re.findall(r"(?m)^## (.+)$", card) if found in HEADINGS] == list(HEADINGS)


@pytest.mark.parametrize("facts", EXAMPLES)
def test_the_metadata_is_one_value_a_line_whatever_the_names_are(facts: Callable[[], ReportFacts]) -> None:
    found = metadata(render_card(facts()))
    assert set(found) == {"library_name", "pipeline_tag", "tags", "metrics", "model-index"}
    index = json.loads(found["model-index"])
    assert index[0]["name"] == facts().model


def test_the_metadata_names_the_task_and_the_score() -> None:
    found = metadata(render_card(regression_facts()))
    assert found["pipeline_tag"] == "tabular-regression"
    assert json.loads(found["model-index"])[0]["results"][0]["metrics"][0]["value"] == 41.8213


def test_a_card_says_the_estimate_with_its_interval_and_what_to_beware_of() -> None:
    card = render_card(binary_facts())
    assert "**roc\\_auc 0.846**, 95 % interval 0.825 to 0.867" in card
    assert card.index("## Bias, risks and limitations") < card.index("Findings in the training data")


def test_a_card_tells_how_the_table_was_cleaned_and_by_which_settings_the_members_were_made() -> None:
    facts = binary_facts()
    card = render_card(facts)
    cleaned = card.split("#### Preprocessing")[1].split("#### Training hyperparameters")[0]
    assert all(escaped(change["message"]) in cleaned for change in facts.changes)
    settings = card.split("#### Training hyperparameters")[1].split("## Evaluation")[0]
    members = [each for each in facts.candidates if each.weight > 0]
    assert all(escaped(name) in settings for each in members for name in each.hyperparameters)


def test_the_python_lines_of_a_card_are_python() -> None:
    for facts in (binary_facts(), hostile_facts()):
        compile(re.findall(r"(?ms)^```python\n(.*?)\n```$", render_card(facts))[0], "card", "exec")


def test_names_cannot_become_markup_in_a_card() -> None:
    body = render_card(hostile_facts()).split("---\n", 2)[2]
    outside_code = re.sub(r"`[^`]*`", "", re.sub(r"(?ms)^(`{3,}).*?^\1$", "", body))
    assert "<" not in outside_code
    assert "@everyone" not in outside_code


@pytest.mark.parametrize("facts", EXAMPLES)
def test_page_markdown_json_and_card_say_the_same_score(facts: Callable[[], ReportFacts]) -> None:
    said = facts()
    value, bounds = estimate_texts(said.estimate)
    for text in (html.unescape(render(said, "html")), render(said, "md"), render_card(said)):
        assert f"{value}" in text
        assert bounds in text
    told = json.loads(render(said, "json"))["estimate"]
    assert (told["value"], tuple(told["interval"])) == (said.estimate.value, said.estimate.interval)


def test_a_card_says_what_computed() -> None:
    facts = binary_facts()
    assert "of one machine, without a graphics card" in render_card(facts)
    settings = {**facts.settings, "executor": "dask", "on_gpu": ["lightgbm"]}
    assert "of the machines of a cluster, with a graphics card for lightgbm" in render_card(
        binary_facts(settings=settings)
    )


def test_names_beyond_the_basic_characters_stand_in_the_metadata_as_they_are() -> None:
    assert (
        '"name": "\N{ROCKET}.automl"' in metadata(render_card(binary_facts(model="\N{ROCKET}.automl")))["model-index"]
    )
    assert json.loads(metadata(render_card(binary_facts(source="\udcff.csv")))["model-index"])
