"""``--device gpu`` where there is no GPU: one line says so, and the fit goes on."""

import json


def test_a_gpu_that_is_asked_for_and_missing_is_one_line_and_the_fit_goes_on(automl, monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    monkeypatch.setenv("OCL_ICD_VENDORS", str(tmp_path / "none"))
    rows = "".join(f"{n % 17},{n % 5},{'yes' if n % 17 > 8 else 'no'}\n" for n in range(120))
    (tmp_path / "train.csv").write_text(f"a,b,churn\n{rows}")
    bounds = ("--trials", "2", "--holdout", "0.3", "--families", "lightgbm,catboost,xgboost", "--no-report")
    done = automl("fit", "train.csv", "--target", "churn", *bounds, "--device", "gpu", "--json")
    assert done.code == 0
    (line,) = (line for line in done.err.splitlines() if "GPU" in line)
    assert line.startswith("warning: No GPU can be used: all is fitted on the processor (LightGBM: ")
    assert "CatBoost: " in line
    assert "XGBoost: " in line
    manifest = json.loads(done.out)
    assert [each["status"] for each in manifest["candidates"]] == ["ok", "ok"]
    settings = manifest["settings"]
    assert (settings["device"], settings["on_gpu"], settings["repeatable"]) == ("gpu", [], False)
