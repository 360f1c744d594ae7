"""Resolving and validating the settings of a fit."""

import json
import os
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

import automl
from automl.cli.commands.fit import command
from automl.cli.options import Common, given_names
from automl.errors import UsageError, WriteError
from automl.outcome import command_of
from automl.resolving import resolve_fit_settings
from automl.settings import FitSettings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def resolve(**raw):
    return resolve_fit_settings(**{"data": "train.csv", "target": "y", **raw})


def test_without_bounds_a_fit_takes_five_minutes():
    assert (resolve().time_budget, resolve().trials) == (300, None)


def test_a_count_alone_sets_no_time_limit():
    assert resolve(trials=5).time_budget is None


def test_time_and_count_go_together():
    settings = resolve(trials=5, time_budget="1m")
    assert (settings.time_budget, settings.trials) == (60, 5)


def test_model_and_report_stand_side_by_side():
    settings = resolve(output="house.automl")
    assert (settings.output, settings.report) == (Path("house.automl"), Path("house.html"))


def test_no_report_is_written_on_request():
    assert resolve(no_report=True).report is None


def test_a_report_of_an_unknown_format_is_refused():
    with pytest.raises(UsageError, match="report"):
        resolve(report="out.docx")


@pytest.mark.parametrize("name", ["train.automl", "train.html"])
def test_what_exists_is_not_replaced_unasked(name):
    Path(name).touch()
    with pytest.raises(UsageError, match="exists") as caught:
        resolve()
    assert "--overwrite" in caught.value.hint


def test_what_exists_is_replaced_on_request():
    Path("train.automl").touch()
    assert resolve(overwrite=True).output == Path("train.automl")


def test_the_data_is_never_the_output():
    with pytest.raises(UsageError, match="the data itself"):
        resolve(output="train.csv", overwrite=True)


def test_a_folder_is_no_output(tmp_path):
    with pytest.raises(UsageError, match="is a folder"):
        resolve(output=str(tmp_path), no_report=True)


def test_an_output_folder_that_is_missing_is_told_at_once():
    with pytest.raises(WriteError, match="does not exist"):
        resolve(output="nowhere/model.automl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_folder_that_is_not_writable_is_told_at_once(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(WriteError, match="Cannot write"):
        resolve(output="locked/model.automl")


def test_an_output_folder_where_no_file_can_be_made_is_told_at_once():
    with pytest.raises(WriteError, match="Cannot write"):
        resolve(output="/proc/model.automl", no_report=True)


def test_a_name_that_no_file_can_have_is_told_at_once():
    with pytest.raises(WriteError, match="Cannot write"):
        resolve(output="x" * 300)


def test_a_metric_that_fits_one_task_decides_the_task():
    assert resolve(metric="rmse").task == "regression"


def test_a_metric_that_fits_two_tasks_leaves_the_task_open():
    assert resolve(metric="log_loss").task is None


def test_a_metric_of_another_task_is_refused():
    with pytest.raises(UsageError, match="does not fit the task 'binary'") as caught:
        resolve(metric="rmse", task="binary")
    assert "roc_auc" in caught.value.hint


@pytest.mark.parametrize(
    ("option", "wrong", "right"),
    [("metric", "rocauc", "roc_auc"), ("task", "binry", "binary"), ("families", "lightgmb", "lightgbm")],
)
def test_an_unknown_name_gets_the_nearest_one(option, wrong, right):
    with pytest.raises(UsageError) as caught:
        resolve(**{option: wrong})
    assert right in caught.value.hint


def test_an_unknown_setting_gets_the_nearest_one():
    with pytest.raises(UsageError, match="'overwrit'") as caught:
        resolve(overwrit=True)
    assert "overwrite" in caught.value.hint


def test_families_are_taken_in_the_order_given():
    assert resolve(families="xgboost,linear").families == ("xgboost", "linear")


def test_families_can_be_left_out():
    assert "catboost" not in resolve(exclude=("catboost",)).families


def test_leaving_out_every_family_is_refused():
    with pytest.raises(UsageError, match="No model family is left"):
        resolve(families="linear", exclude="linear")


@pytest.mark.parametrize("role", ["drop", "identifiers", "group", "weight", "fold_column"])
def test_the_target_has_no_second_role(role):
    with pytest.raises(UsageError, match="is the target"):
        resolve(**{role: "y"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"trials": 0},
        {"folds": 1},
        {"jobs": 0},
        {"seed": -1},
        {"skip_rows": -1},
        {"holdout": 1.0},
        {"holdout": "0.2"},
        {"min_score": "0.8"},
        {"min_score": float("nan")},
        {"class_weight": "heavy"},
    ],
    ids=str,
)
def test_a_value_out_of_range_is_refused(wrong):
    with pytest.raises(UsageError, match="must be"):
        resolve(**wrong)


def test_two_ways_to_split_exclude_each_other():
    with pytest.raises(UsageError, match="--folds and --holdout"):
        resolve(folds=5, holdout=0.2)


@pytest.mark.parametrize("name", [each.name for each in fields(FitSettings)])
def test_every_setting_has_an_effect(name):
    sources = [path.read_text() for path in Path(automl.__file__).parent.rglob("*.py")]
    assert any(re.search(rf"\bsettings\.{name}\b|\bself\.{name}\b|values\.get\(\"{name}\"\)", text) for text in sources)


def test_settings_are_json_ready():
    assert json.loads(json.dumps(resolve(drop="a,b").to_dict()))["drop"] == ["a", "b"]


def test_reading_options_travel_along():
    assert resolve(delimiter=";", header=False).read_options().has_header is False


def test_the_order_of_time_and_given_folds_exclude_each_other():
    with pytest.raises(UsageError, match="--time and --fold-column"):
        resolve(time="day", fold_column="fold")


def test_a_gap_needs_a_time():
    with pytest.raises(UsageError, match="--time-gap needs --time"):
        resolve(time_gap="7d")


@pytest.mark.parametrize("gap", ["soon", "7 moons", "-3", "0d", "nan", "inf", ""])
def test_a_gap_that_is_no_stretch_of_time_and_no_number_is_refused(gap):
    with pytest.raises(UsageError, match="time gap") as caught:
        resolve(time="day", time_gap=gap)
    assert "7d" in caught.value.hint


def test_a_gap_stays_as_it_was_written():
    assert resolve(time="day", time_gap="2w").to_dict()["time_gap"] == "2w"


def test_the_test_data_is_never_overwritten():
    Path("test.csv").touch()
    with pytest.raises(UsageError, match=r"test data itself"):
        resolve(test_data="test.csv", output="test.csv", overwrite=True)


def test_the_command_in_the_report_gives_the_same_settings_again():
    columns = {"time": "day", "drop": ("a, b", "c"), "identifiers": ("id",), "drop_duplicates": True}
    places = {"output": "my model.automl", "report": "it's.md", "work_dir": "state", "overwrite": True}
    bounds = {"patience": "off", "min_score": 0.7, "max_memory": "2GB", "monotone": ("age=+",)}
    chosen = {"metric": "log_loss", "folds": 4, "seed": 3, "test_data": "t.csv", "families": "linear", "header": False}
    chosen |= {"device": "auto", "optimize": "size"}
    given = resolve(**chosen, **columns, **places, **bounds)
    words = shlex.split(command_of(given))
    # As the group does: click keeps the help option that a command is first asked for.
    context = command.make_context("fit", words[2:], obj=Common(), help_option_names=["-h", "--help"])
    options = {name: value for name, value in context.params.items() if name in vars(given)}
    names = {name: given_names(options.pop(name)) for name in ("families", "drop", "monotone")}
    names["identifiers"] = given_names(context.params["id"])
    assert resolve_fit_settings(**options, **names) == given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"device": "gpus"}, r"no device 'gpus'"),
        ({"device": "gpu", "executor": "dask", "scheduler": "tcp://127.0.0.1:1"}, r"this machine's own GPU"),
    ],
)
def test_a_device_is_one_of_this_machine(given, said):
    with pytest.raises(UsageError, match=said):
        resolve(**given)
