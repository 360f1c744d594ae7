"""Every command that reads a table also reads a folder of them."""

import json

import pandas as pd
import pytest


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "parts"
    place.mkdir()
    for part in range(3):
        rows = "".join(f"{i},{2 * i + part},{'yes' if i % 3 else 'no'}\n" for i in range(20 * part, 20 * part + 20))
        (place / f"part{part}.csv").write_text(f"size,price,sold\n{rows}")
    return place


def test_a_folder_goes_through_every_command(automl, folder):
    bounds = ("--trials", "1", "--families", "linear", "--folds", "2", "--jobs", "1", "--no-report")
    assert automl("fit", folder, "--target", "price", "--source-column", "file", *bounds).out.strip() == "parts.automl"
    predicted = automl("predict", "parts.automl", folder, "--source-column", "file", "--output", "scores.csv")
    assert predicted.code == 0, predicted.err
    assert len(pd.read_csv("scores.csv")) == 60
    scored = json.loads(automl("evaluate", "parts.automl", "parts/*.csv", "--source-column", "file", "--json").out)
    assert scored["rows"] == 60
    assert json.loads(automl("profile", folder, "--json").out)["rows"] == 60
    assert json.loads(automl("clean", folder, "--output", "all.csv", "--json").out)["rows"] == 60


def test_a_pattern_that_the_shell_took_apart_is_answered_with_what_to_type(automl, folder):
    outcome = automl("profile", *sorted(folder.iterdir()))
    assert outcome.code == 2
    assert "quote the pattern" in outcome.hint


def test_the_output_is_not_put_among_the_files_that_are_read(automl, folder):
    outcome = automl("clean", "parts/*.csv", "--output", "parts/all.csv")
    assert outcome.code == 2
    assert "data itself" in outcome.error
