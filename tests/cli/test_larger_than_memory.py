"""A fit of a table larger than the memory that it may use: it learns from rows drawn at random, and says so."""

import json

import numpy as np
import pandas as pd
import pytest

ROWS = 120_000


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 4)).round(5), columns=list("abcd"))
    frame["y"] = np.where(frame["a"] * frame["b"] + rng.normal(size=ROWS) > 1, "yes", "no")
    path = tmp_path_factory.mktemp("large") / "large.csv"
    frame.to_csv(path, index=False)
    return path


FIT = ("--target", "y", "--trials", "1", "--families", "linear", "--max-memory", "400M")


def test_the_rows_that_were_learned_from_are_stated_everywhere(automl, path):
    fitted = automl("fit", path, *FIT, "--output", "m.automl", "--report", "m.md")
    assert fitted.code == 0
    manifest = json.loads(automl("inspect", "m.automl", "--json").out)
    assert manifest["drawn_from"] == ROWS
    assert 1_000 < manifest["rows"] < ROWS / 2
    assert manifest["estimate"]["rows"] <= manifest["rows"]
    (finding,) = (each for each in manifest["findings"] if each["code"] == "rows_drawn")
    assert f"{manifest['rows']:,}" in finding["message"]
    assert f"{manifest['rows']:,}, drawn at random from {ROWS:,}" in automl("inspect", "m.automl").out
    with open("m.md", encoding="utf-8") as report:
        assert f"{manifest['rows']:,} rows drawn at random from {ROWS:,}" in report.read()


def test_a_dry_run_draws_the_same_rows(automl, path):
    planned = json.loads(automl("fit", path, *FIT, "--dry-run", "--json").out)
    assert planned["rows"] < ROWS / 2
    assert "rows_drawn" in [finding["code"] for finding in planned["findings"]]


def test_a_misspelt_target_is_told_before_the_table_was_read(automl, path):
    refused = automl("fit", path, *FIT, "--target", "why")
    assert refused.code == 3
    assert "why" in refused.error


def test_a_search_cannot_go_on_with_other_rows_than_it_began_with(automl, path):
    from automl.comparing import check_same_table, describe_table
    from automl.errors import DataError
    from automl.tables import ReadOptions
    from automl.tables.sampling import SampleRequest, draw_table

    def drawn(room):
        return draw_table(str(path), ReadOptions(), SampleRequest(room, 0, "y"))

    before = describe_table(drawn(1_000_000))
    check_same_table(drawn(1_000_000), before, "work")
    with pytest.raises(DataError, match="rows drawn from"):
        check_same_table(drawn(2_000_000), before, "work")
