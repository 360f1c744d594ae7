"""After a search on drawn rows its winners learn from all rows, and rows kept aside say what that is worth."""

import os
import signal

import numpy as np
import pandas as pd
import pytest

from automl.bundle import read_manifest
from automl.cli.run import run

ROWS = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table of which memory holds a part: classes that numbers and many levels decide."""
    folder = tmp_path_factory.mktemp("all")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 3)).round(5), columns=list("abc"))
    frame["shop"] = rng.choice([f"shop {number}" for number in range(4_000)], ROWS)
    frame["count"] = rng.integers(1, 4, ROWS)
    by_shop = pd.Series(rng.normal(size=4_000), index=[f"shop {number}" for number in range(4_000)])
    score = frame["a"] * frame["b"] + frame["shop"].map(by_shop).to_numpy() + rng.normal(size=ROWS)
    frame["y"] = np.where(score > 1, "yes", "no")
    frame["amount"] = score.round(4)
    frame.to_csv(folder / "large.csv", index=False)
    return folder


@pytest.fixture
def fit(folder, monkeypatch, capsys):
    """Fit the table as if memory held a fifth of it; return the manifest, and what was said."""
    monkeypatch.setattr("automl.large_tables.room_for_cells", lambda stated: 1_000_000)
    monkeypatch.setattr("automl.all_rows.learning._ENOUGH_TO_ESTIMATE", 500)

    def fitted(target, *options):
        model = folder / f"{target}.automl"
        words = ["fit", folder / "large.csv", "--target", target, "--output", model]
        words += ["--no-report", "--no-log", "--overwrite", *options]
        assert run(list(map(str, words))) == 0
        return read_manifest(model), capsys.readouterr().err

    return fitted


def finding_of(manifest):
    (finding,) = [each for each in manifest["findings"] if each["code"].endswith("_all_rows")]
    return finding


def test_the_winner_learns_from_all_rows_but_those_kept_aside(fit, folder):
    manifest, said = fit("y", "--drop", "amount", "--families", "lightgbm", "--trials", "1")

    assert manifest["rows"] < ROWS / 2
    assert "all rows: LightGBM on about" in said
    finding = finding_of(manifest)
    assert finding["code"] == "learned_from_all_rows"
    assert manifest["learned_rows"] > 3 * manifest["rows"]
    assert manifest["estimate"]["method"] == "fresh_rows"
    assert f"on {manifest['estimate']['rows']:,} further rows" in finding["message"]
    assert run(["predict", str(folder / "y.automl"), str(folder / "large.csv"), "--output", str(folder / "p.csv")]) == 0
    assert len(pd.read_csv(folder / "p.csv")) == ROWS


def test_groups_and_weights_of_the_other_rows_are_kept_to(fit):
    options = ("--drop", "y", "--families", "linear", "--trials", "2", "--group", "shop", "--weight", "count")
    manifest, _ = fit("amount", *options)

    finding = finding_of(manifest)
    assert finding["code"] == "learned_from_all_rows"
    assert manifest["estimate"]["method"] == "fresh_rows"


def test_few_rows_kept_aside_leave_the_estimate_to_the_search(fit, monkeypatch):
    monkeypatch.setattr("automl.all_rows.learning._ENOUGH_TO_ESTIMATE", ROWS)
    manifest, _ = fit("amount", "--drop", "y", "--families", "linear", "--trials", "2")

    assert finding_of(manifest)["action"] == "The estimate is that of the models of the search."
    assert manifest["estimate"]["method"] == "bootstrap_bias_corrected_cv"


def test_what_goes_wrong_on_the_way_leaves_the_models_of_the_search(fit, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("automl.all_rows.growing.GrowingArray.append", full)
    manifest, said = fit("amount", "--drop", "y", "--families", "linear", "--trials", "2")

    assert "not fitted again on all rows" in said
    assert "No space left" in said
    assert not [each for each in manifest["findings"] if each["code"].endswith("_all_rows")]
    assert manifest["complete"]


def test_a_stop_on_the_way_leaves_what_the_search_found(fit, folder, monkeypatch, capsys):
    from automl.all_rows import passing
    from automl.tables.sampling import rest_of_table

    def interrupted(*arguments):
        os.kill(os.getpid(), signal.SIGINT)
        yield from rest_of_table(*arguments)

    monkeypatch.setattr(passing, "rest_of_table", interrupted)
    words = ["fit", folder / "large.csv", "--target", "amount", "--drop", "y", "--families", "linear", "--trials", "2"]
    code = run([str(word) for word in [*words, "--output", folder / "s.automl", "--no-report", "--no-log"]])

    assert code == 130
    manifest = read_manifest(folder / "s.automl")
    assert manifest["stopped_by"] == "SIGINT"
    assert not manifest["complete"]


def test_all_rows_are_learned_from_by_weights_in_one_unit_and_judged_without_those_of_classes(fit, monkeypatch):
    from automl.all_rows import learning

    seen = {}

    def watched(*arguments):
        kept = seen["kept"] = learning_pass_by(*arguments)
        seen["learned"] = np.load(arguments[4].labels(arguments[5]) / "weight.npy")
        return kept

    learning_pass_by = learning.pass_by
    monkeypatch.setattr(learning, "pass_by", watched)
    options = ("--drop", "amount,shop", "--families", "linear", "--trials", "2", "--weight", "count")
    fit("y", *options, "--class-weight", "balanced", "--folds", "2")

    assert seen["learned"].mean() == pytest.approx(1.0, rel=0.05)
    assert len(np.unique(seen["learned"].round(6))) == 6
    assert len(np.unique(seen["kept"].judging.weight.round(6))) == 3
