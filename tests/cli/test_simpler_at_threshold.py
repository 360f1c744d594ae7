"""A simple model is held against the winner by like: with a threshold of its own where the winner has one."""

import json

import numpy as np
import pytest


@pytest.fixture(scope="module")
def rare(tmp_path_factory):
    """Return a table whose rare class is seldom more probable than not, by a straight line of two numbers."""
    generator = np.random.default_rng(5)
    numbers = generator.normal(size=(600, 2))
    rare = generator.random(600) < 1 / (1 + np.exp(3.2 - 1.2 * numbers[:, 0] - 0.8 * numbers[:, 1]))
    rows = [f"{a:.4f},{b:.4f},{'yes' if is_rare else 'no'}\n" for (a, b), is_rare in zip(numbers, rare, strict=True)]
    path = tmp_path_factory.mktemp("rare") / "rare.csv"
    path.write_text("a,b,answer\n" + "".join(rows))
    return path


@pytest.fixture
def fit(automl, rare):
    def run(metric, *options):
        command = ("fit", str(rare), "--target", "answer", "--families", "linear,random_forest", "--trials", "3")
        return automl(*command, "--metric", metric, *options)

    return run


def test_a_simpler_candidate_is_named_with_its_score_at_a_threshold_of_its_own(automl, fit):
    fitted = fit("f1", "--json")
    manifest = json.loads(fitted.out)
    line = next(each for each in manifest["candidates"] if each["family"] == "linear")
    assert line["score"] < manifest["estimate"]["interval"][0] < line["score_decided"]
    shown = automl("report", manifest["model"], "--output", "-").out
    assert "at a threshold of its own" in shown


def test_a_score_that_sees_no_threshold_is_the_one_that_counts(fit):
    manifest = json.loads(fit("roc_auc", "--json", "--no-report").out)
    assert {each["score_decided"] for each in manifest["candidates"]} == {None}
