"""``automl profile``: the screen, the page, and kinds that the user states."""

import json

import numpy as np
import pandas as pd
import pytest

from automl.cli.render.profile import sparkline

ROWS = 200


@pytest.fixture
def table(tmp_path):
    random = np.random.default_rng(0)
    size = random.normal(size=ROWS).round(3)
    columns = {
        "size": [*map(str, size[:-4]), "large", "large", "huge", ""],
        "zip": random.integers(10_000, 99_999, ROWS),
        "<b>colour</b>": random.choice(["red", "blue"], ROWS),
        "left": np.where(size + random.normal(size=ROWS) / 4 > 0, "yes", "no"),
    }
    pd.DataFrame(columns).to_csv(tmp_path / "table.csv", index=False)
    return "table.csv"


def test_findings_stand_before_the_columns(automl, table):
    shown = automl("profile", table).out
    assert shown.index("unparsed_cells") < shown.index("Columns")


def test_each_column_has_a_line_with_a_picture_of_its_values(automl, table):
    lines = automl("profile", table).out.splitlines()
    (line,) = (line for line in lines if line.strip().startswith("size"))
    assert any(block in line for block in "▁▂▃▄▅▆▇█")


def test_with_a_target_each_column_says_how_much_it_tells(automl, table):
    columns = {
        each["name"]: each for each in json.loads(automl("profile", table, "-t", "left", "--json").out)["columns"]
    }
    assert columns["size"]["relation"] > 0.4
    assert columns["zip"]["relation"] < 0.1
    assert columns["left"]["relation"] is None


def test_cells_that_do_not_fit_are_counted_and_shown(automl, table):
    columns = {each["name"]: each for each in json.loads(automl("profile", table, "--json").out)["columns"]}
    assert (columns["size"]["unparsed"], columns["size"]["missing"]) == (3, 4)
    assert set(columns["size"]["unparsed_examples"]) == {"large", "huge"}


def test_a_stated_kind_overrules(automl, table):
    columns = json.loads(automl("profile", table, "--types", "zip=numeric,size=category", "--json").out)["columns"]
    assert [each["kind"] for each in columns[:2]] == ["category", "numeric"]


def test_a_stated_kind_may_stand_in_the_configuration(automl, table, tmp_path):
    (tmp_path / "automl.toml").write_text('[profile]\ntypes = ["zip=numeric"]\n')
    assert json.loads(automl("profile", table, "--json").out)["columns"][1]["kind"] == "numeric"


@pytest.mark.parametrize(
    ("stated", "hint"), [("zip=numerc", "numeric"), ("zip", "zip=category"), ("zap=numeric", "zip")]
)
def test_a_wrong_type_is_wrong_usage_with_a_hint(automl, table, stated, hint):
    outcome = automl("profile", table, "--types", stated)
    assert outcome.code == 2
    assert hint in outcome.hint


def test_the_page_is_written_and_carries_no_markup_of_the_data(automl, table, tmp_path):
    assert automl("profile", table, "-t", "left", "--output", "page.html").code == 0
    page = (tmp_path / "page.html").read_text()
    assert "<b>colour</b>" not in page
    assert "&lt;b&gt;colour&lt;/b&gt;" in page
    assert "unparsed_cells" in page
    assert page.count('<svg class="mini"') == 4


def test_the_page_must_be_html(automl, table):
    assert automl("profile", table, "--output", "page.pdf").code == 2


def test_columns_that_differ_in_later_rows_are_found(automl, table, tmp_path):
    later = pd.read_csv(tmp_path / table)
    later["<b>colour</b>"] = "green"
    later.to_csv(tmp_path / "later.csv", index=False)
    findings = json.loads(automl("profile", table, "--test-data", "later.csv", "--json").out)["findings"]
    assert [each["columns"] for each in findings if each["code"] == "drift_to_test_data"] == [["<b>colour</b>"]]


def test_the_same_rows_again_are_no_drift(automl, table):
    findings = json.loads(automl("profile", table, "--test-data", table, "--json").out)["findings"]
    assert "drift_to_test_data" not in {each["code"] for each in findings}


def test_a_picture_of_no_counts_is_empty():
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "  "
