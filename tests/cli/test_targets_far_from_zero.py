"""Out-of-fold predictions keep what a target far from zero tells."""

import json

import numpy as np
import pandas as pd


def test_the_estimate_of_a_target_far_from_zero_is_that_of_its_spread(automl, tmp_path):
    rng = np.random.default_rng(3)
    size = rng.normal(size=300)
    table = pd.DataFrame({"size": size, "when": 1.7e9 + 10 * (2 * size + rng.normal(size=300))})
    table.to_csv(tmp_path / "times.csv", index=False)
    words = ("--trials", "2", "--families", "linear,constant", "--metric", "rmse", "--no-report", "--json")
    done = automl(
        "fit", str(tmp_path / "times.csv"), "--target", "when", "--output", str(tmp_path / "m.automl"), *words
    )
    assert 8 < json.loads(done.out)["estimate"]["value"] < 13


def test_a_target_too_large_to_compute_with_is_not_blamed_on_the_time(automl, tmp_path):
    size = np.random.default_rng(4).normal(size=120)
    pd.DataFrame({"size": size, "y": 1e160 * (2 + size)}).to_csv(tmp_path / "huge.csv", index=False)
    words = ("--trials", "2", "--families", "linear,constant", "--metric", "rmse", "--no-report")
    done = automl("fit", str(tmp_path / "huge.csv"), "--target", "y", "--output", str(tmp_path / "m.automl"), *words)
    assert done.code == 4
    assert "predicted values that are not numbers" in done.error
    assert "time" not in done.error + done.hint
