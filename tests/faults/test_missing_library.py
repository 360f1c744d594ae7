"""A family whose library is not installed is left out with one line, and the rest goes on."""

from faulty_runs import run, write_table


def test_a_fit_goes_on_without_it(tmp_path, monkeypatch):
    write_table(tmp_path)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "sitecustomize.py").write_text("import sys\nsys.modules['catboost'] = None\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "tmp"))
    bounded = ("--trials", "2", "--folds", "2", "--families", "constant,linear,catboost", "--no-report")
    done = run(tmp_path, "fit", "train.csv", "--target", "churn", *bounded)
    assert (done.returncode, done.stdout) == (0, "train.automl\n"), done.stderr
    assert "warning: catboost is left out: catboost is not installed.\n" in done.stderr
