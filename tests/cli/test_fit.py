"""What ``automl fit`` says and answers, around a workflow that is played by the test."""

import json
import os
import signal
from pathlib import Path

import pytest

from automl import workflow
from automl.errors import NothingTrainedError
from automl.events import Note

MANIFEST = {
    "model": "train.automl",
    "target": "churn",
    "task": "binary",
    "labels": ["no", "yes"],
    "metric": "roc_auc",
    "metrics": {"roc_auc": {"value": 0.84, "interval": [0.8, 0.88]}},
    "estimate": {"metric": "roc_auc", "value": 0.84, "interval": [0.8, 0.88], "method": "holdout", "rows": 500},
    "selection_score": 0.85,
    "baseline_score": 0.5,
    "features": [
        {"name": "age", "importance": 0.01, "selected": True},
        {"name": "tenure", "importance": 0.2, "selected": True},
        {"name": "noise", "importance": 0.0, "selected": False},
    ],
    "findings": [],
    "complete": True,
    "stopped_by": "time_budget",
    "data_sha256": "0" * 64,
    "rows": 500,
    "seconds": 58.2,
    "trials": 61,
}


@pytest.fixture
def played_fit(automl, monkeypatch):
    """Run ``automl fit train.csv --target churn`` with a workflow that does what the test says."""

    def call(*arguments, min_score_met=True, during=lambda settings, sink, stop: None):
        def fit(settings, sink, stop, **_):
            during(settings, sink, stop)
            return workflow.FitResult(settings.output, settings.report, MANIFEST, min_score_met)

        monkeypatch.setattr(workflow, "fit", fit)
        return automl("fit", "train.csv", "--target", "churn", *arguments)

    return call


def test_the_only_line_on_standard_output_is_the_path_written(played_fit):
    done = played_fit()
    assert (done.code, done.out) == (0, "train.automl\n")


def test_the_summary_says_what_matters(played_fit):
    summary = played_fit().err
    assert "estimate  roc_auc 0.8400, 95 % interval 0.8000 to 0.8800 (held out, 500 rows)\n" in summary
    assert "selected  roc_auc 0.8500 (on the rows it was chosen by, no estimate)\n" in summary
    assert "baseline  roc_auc 0.5000 (always the same answer)\n" in summary
    assert "features  tenure, age\n" in summary
    assert "61 candidates in 58 s, ended by time budget\n" in summary
    assert "model     train.automl" in summary
    assert "report    train.html" in summary


def test_the_summary_says_warnings_in_full_and_counts_the_rest(played_fit, monkeypatch):
    found = [{"severity": "warning", "message": "5 rows have no churn."}, {"severity": "info", "message": "Fine."}]
    monkeypatch.setitem(MANIFEST, "findings", found)
    summary = played_fit().err
    assert "warning: 5 rows have no churn.\n" in summary
    assert "findings  1 warning, 1 note\n" in summary
    assert "Fine." not in summary


def test_the_summary_gives_the_score_on_the_test_data(played_fit, monkeypatch):
    test = {"metric": "roc_auc", "value": 0.83, "interval": [0.8, 0.86], "method": "test_data", "rows": 90}
    monkeypatch.setitem(MANIFEST, "test", test)
    assert "test      roc_auc 0.8300, 95 % interval 0.8000 to 0.8600 (test data, 90 rows)\n" in played_fit().err


def test_the_summary_names_a_simple_model_within_the_interval(played_fit, monkeypatch):
    tried = {"spread": 0.01, "seconds": 1.0, "found_at": 2.0, "status": "ok"}
    found = [
        {"rank": 1, "family": "catboost", "score": 0.85, "weight": 1.0, **tried},
        {"rank": 2, "family": "linear", "score": 0.83, "weight": 0.0, **tried},
    ]
    monkeypatch.setitem(MANIFEST, "candidates", found)
    monkeypatch.setitem(MANIFEST, "greater_is_better", True)
    assert "linear alone scores 0.83" in played_fit().err


def test_the_summary_says_that_a_perfect_score_ended_the_search(played_fit, monkeypatch):
    monkeypatch.setitem(MANIFEST, "stopped_by", "perfect")
    assert "ended by a perfect score\n" in played_fit().err


def test_quiet_prints_the_path_alone(played_fit):
    done = played_fit("--quiet")
    assert (done.out, done.err) == ("train.automl\n", "")


def test_json_is_one_object_with_the_promised_fields(played_fit):
    content = json.loads(played_fit("--json").out)
    assert content == {"schema_version": 1, **MANIFEST, "path": "train.automl", "report": "train.html"}


def test_a_missed_score_is_an_answer_not_an_error(played_fit):
    done = played_fit("--min-score", "0.9", min_score_met=False)
    assert (done.code, done.out) == (1, "train.automl\n")
    assert "--min-score" in done.err


@pytest.mark.parametrize(("name", "code"), [("SIGHUP", 129), ("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_ends_with_its_code_after_the_model_is_written(played_fit, name, code):
    def interrupted(_settings, _sink, stop):
        os.kill(os.getpid(), getattr(signal, name))
        assert stop.requested == name

    done = played_fit(during=interrupted)
    assert (done.code, done.out) == (code, "train.automl\n")
    assert f"{name}: finishing with the best model so far" in done.err


def test_a_signal_before_anything_was_trained_says_so(played_fit):
    def interrupted(*_):
        os.kill(os.getpid(), signal.SIGINT)
        raise NothingTrainedError("No model could be trained in the time given.")

    done = played_fit(during=interrupted)
    assert (done.code, done.out) == (130, "")
    assert "Stopped before a model could be written" in done.error


def test_nothing_trained_is_4(played_fit):
    def failed(*_):
        raise NothingTrainedError("No model could be trained in the time given.", "Give a longer --time-budget.")

    assert played_fit(during=failed).code == 4


def test_events_go_to_the_log_file(played_fit):
    played_fit("--log-file", "fit.log", during=lambda _settings, sink, _stop: sink.emit(Note("hello")))
    assert json.loads(Path("fit.log").read_text())["message"] == "hello"


def test_every_option_reaches_the_settings(played_fit):
    taken = []
    played_fit(
        *("--time-budget", "90s", "--trials", "7", "--metric", "log_loss", "--task", "binary", "--seed", "3"),
        *("--families", "linear,xgboost", "--exclude", "xgboost", "--folds", "4", "--group", "household"),
        *("--weight", "w", "--drop", "a,b", "--drop", "c", "--id", "key", "--class-weight", "balanced"),
        *(
            "--positive",
            "yes",
            "--jobs",
            "2",
            "--overwrite",
            "--drop-duplicates",
            "--no-report",
            "--output",
            "m.automl",
        ),
        *("--delimiter", "tab", "--encoding", "latin-1", "--skip-rows", "2", "--no-header", "--work-dir", "state"),
        *("--monotone", "age=+", "--monotone", "debt=-", "--patience", "30", "--device", "auto"),
        during=lambda settings, _sink, _stop: taken.append(settings.to_dict()),
    )
    expected = {
        "time_budget": 90.0,
        "trials": 7,
        "metric": "log_loss",
        "task": "binary",
        "seed": 3,
        "families": ["linear"],
        "folds": 4,
        "group": "household",
        "weight": "w",
        "drop": ["a", "b", "c"],
        "identifiers": ["key"],
        "class_weight": "balanced",
        "positive": "yes",
        "jobs": 2,
        "overwrite": True,
        "drop_duplicates": True,
        "report": None,
        "output": "m.automl",
        "delimiter": "\t",
        "encoding": "latin-1",
        "skip_rows": 2,
        "header": False,
        "work_dir": "state",
        "monotone": ["age=+", "debt=-"],
        "patience": 30,
        "device": "auto",
    }
    assert {name: taken[0][name] for name in expected} == expected


def test_a_dry_run_says_the_plan_and_writes_nothing(automl, tmp_path):
    rows = "".join(f"{n % 17},{'yes' if n % 3 else 'no'}\n" for n in range(90))
    (tmp_path / "train.csv").write_text(f"a,churn\n{rows}")
    planned = automl("fit", "train.csv", "--target", "churn", "--dry-run")
    assert planned.code == 0
    assert all(text in planned.out for text in ("binary", "roc_auc", "useful budget", "families"))
    assert [path.name for path in tmp_path.iterdir()] == ["train.csv"]


def test_a_dry_run_is_in_the_way_of_nothing(automl, tmp_path):
    rows = "".join(f"{n % 17},{'yes' if n % 3 else 'no'}\n" for n in range(90))
    (tmp_path / "train.csv").write_text(f"a,churn\n{rows}")
    for name in ("train.automl", "train.html"):
        (tmp_path / name).write_text("it stands here")
    assert automl("fit", "train.csv", "--target", "churn", "--dry-run").code == 0
    assert {(tmp_path / name).read_text() for name in ("train.automl", "train.html")} == {"it stands here"}


def test_a_dry_run_as_json_has_the_plan(automl, tmp_path):
    rows = "".join(f"{n % 17},{n * 1.5}\n" for n in range(90))
    (tmp_path / "train.csv").write_text(f"a,price\n{rows}")
    plan = json.loads(automl("fit", "train.csv", "--target", "price", "--dry-run", "--json").out)
    assert (plan["task"], plan["metric"], plan["rows"]) == ("regression", "rmse", 90)
