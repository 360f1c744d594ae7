"""A search that ended before it measured what the columns matter: no importance is shown as zero."""

import json
import random

import pytest

from automl.cli.run import run

WHY = "The search ended before it had measured what the columns matter"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Return the model of a search of two candidates, which ranks no column."""
    folder = tmp_path_factory.mktemp("unranked")
    draw = random.Random(3)
    rows = (
        f"{age},{draw.choice('ab')},{'Yes' if age + draw.gauss(0, 9) < 45 else 'No'}"
        for age in [draw.randint(18, 80) for _ in range(90)]
    )
    (folder / "train.csv").write_text("\n".join(["age,plan,churn", *rows]) + "\n")
    words = ("fit", folder / "train.csv", "--target", "churn", "--output", folder / "churn.automl", "--trials", "2")
    assert run([*map(str, words), "--families", "constant,linear", "--quiet"]) == 0
    return folder / "churn.automl"


def test_inspect_shows_dashes_and_says_why(model, automl):
    shown = automl("inspect", model)
    assert "  age              -\n" in shown.out
    assert WHY in shown.err
    assert {each["importance"] for each in json.loads(automl("inspect", model, "--json").out)["features"]} == {None}


def test_explain_shows_dashes_and_says_why(model, automl):
    shown = automl("explain", model)
    assert "  age              -  -\n" in shown.out
    assert WHY in shown.err
    said = json.loads(automl("explain", model, "--json").out)
    assert {each["value"] for each in said["importance"]} == {None}
    assert WHY in said["notes"][0]


@pytest.mark.parametrize("ending", ["html", "md"])
def test_reports_show_dashes_and_say_why(model, automl, tmp_path, ending):
    for name in ("report", "explain"):
        assert automl(name, model, "--output", f"{name}.{ending}").code == 0
        assert WHY in (tmp_path / f"{name}.{ending}").read_text()
