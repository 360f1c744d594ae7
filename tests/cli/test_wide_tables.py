"""A table of more columns than a model learns from, from the command line."""

import json

import numpy as np
import pandas as pd


def test_predict_needs_only_the_columns_that_some_model_learned_from(automl, tmp_path):
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(120, 1_100)).round(3), columns=range(1_100)).add_prefix("x")
    table["target"] = np.where(table["x7"] + 0.3 * random.normal(size=120) > 0, "yes", "no")
    table.to_csv(tmp_path / "wide.csv", index=False)
    model = tmp_path / "wide.automl"
    fit = ("fit", tmp_path / "wide.csv", "--target", "target", "--trials", 3, "--folds", 2, "--output", model)
    assert automl(*fit, "--no-report", "--quiet").code == 0
    inspected = json.loads(automl("inspect", model, "--json").out)
    selected = [feature["name"] for feature in inspected["features"] if feature["selected"]]
    assert "x7" in selected
    assert len(selected) < 1_100
    table[selected].head(5).to_csv(tmp_path / "few.csv", index=False)
    scored = automl("predict", model, tmp_path / "few.csv").out.splitlines()
    assert len(scored) == 6
