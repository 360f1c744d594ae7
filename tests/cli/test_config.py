"""Flags beat environment variables beat automl.toml; an unknown key is an error with a suggestion."""

from pathlib import Path

import click
import pytest

from automl import errors, resolving, retraining
from automl.cli.main import COMMANDS
from automl.cli.main import automl as group


@pytest.fixture
def resolved(automl, monkeypatch):
    """Run ``automl fit`` as far as the options it would resolve, and return those."""
    taken = []

    def stop_here(**raw):
        taken.append(raw)
        raise errors.UsageError("enough")

    monkeypatch.setattr(resolving, "resolve_fit_settings", stop_here)

    def call(*arguments):
        outcome = automl("fit", "x.csv", "--target", "y", *arguments)
        assert outcome.error == "enough"
        return taken[-1]

    return call


def write_config(text, name="automl.toml"):
    Path(name).write_text(text)


def test_options_come_from_the_file(resolved):
    write_config('[fit]\ntime-budget = "10m"\nseed = 7\noverwrite = true\n')
    taken = resolved()
    assert (taken["time_budget"], taken["seed"], taken["overwrite"]) == ("10m", 7, True)


def test_a_key_may_be_written_with_underscores(resolved):
    write_config("[fit]\ntime_budget = 90\n")
    assert resolved()["time_budget"] == "90"


def test_a_list_of_names_is_taken_as_it_stands(resolved):
    write_config('[fit]\ndrop = ["a", "b, c"]\n')
    assert resolved()["drop"] == ("a", "b, c")


def test_a_text_of_names_is_split_at_commas(resolved):
    write_config('[fit]\ndrop = "a,b"\n')
    assert resolved()["drop"] == ("a", "b")


def test_the_environment_beats_the_file(resolved, monkeypatch):
    write_config("[fit]\nseed = 7\n")
    monkeypatch.setenv("AUTOML_FIT_SEED", "8")
    assert resolved()["seed"] == 8


def test_a_flag_beats_the_environment(resolved, monkeypatch):
    monkeypatch.setenv("AUTOML_FIT_SEED", "8")
    assert resolved("--seed", "9")["seed"] == 9


def test_names_in_the_environment_are_split_at_commas_only(resolved, monkeypatch):
    monkeypatch.setenv("AUTOML_FIT_DROP", "customer id,b")
    assert resolved()["drop"] == ("customer id", "b")


def test_names_of_a_repeated_option_add_up(resolved):
    assert resolved("--drop", "a,b", "--drop", "c")["drop"] == ("a", "b", "c")


def test_a_report_flag_beats_no_report_in_the_file(resolved):
    write_config("[fit]\nno-report = true\n")
    taken = resolved("--report", "r.html")
    assert (taken["report"], taken.get("no_report")) == ("r.html", None)


def test_no_report_as_a_flag_beats_a_report_in_the_file(resolved):
    write_config('[fit]\nreport = "r.html"\n')
    taken = resolved("--no-report")
    assert (taken.get("report"), taken["no_report"]) == (None, True)


def test_report_and_no_report_as_flags_exclude_each_other(automl):
    wrong = automl("fit", "x.csv", "--target", "y", "--report", "r.html", "--no-report")
    assert wrong.code == 2
    assert "exclude each other" in wrong.error


def test_another_file_is_read_on_request(resolved):
    write_config("[fit]\nseed = 7\n", "other.toml")
    assert resolved("--config", "other.toml")["seed"] == 7


def test_an_unknown_key_gets_the_nearest_one(automl):
    write_config("[fit]\ntime-bugdet = 5\n")
    wrong = automl("fit", "x.csv", "--target", "y")
    assert (wrong.code, wrong.hint) == (2, "Did you mean 'time-budget'?")
    assert "'time-bugdet' in [fit]" in wrong.error


def test_an_unknown_table_gets_the_nearest_one(automl):
    write_config("[fitt]\nseed = 5\n")
    wrong = automl("fit", "x.csv", "--target", "y")
    assert (wrong.code, wrong.hint) == (2, "Did you mean 'fit'?")


def test_a_key_outside_a_table_is_wrong(automl):
    write_config("seed = 5\n")
    assert automl("fit", "x.csv", "--target", "y").code == 2


@pytest.mark.parametrize("line", ['overwrite = "yes"', "drop = [1]", "seed = true", "metric = ['a']", "seed = 'x'"])
def test_a_value_of_the_wrong_type_is_wrong_usage(automl, line):
    write_config(f"[fit]\n{line}\n")
    assert automl("fit", "x.csv", "--target", "y").code == 2


def test_a_file_that_is_not_toml_is_wrong_usage(automl):
    write_config("[fit\n")
    wrong = automl("fit", "x.csv", "--target", "y")
    assert wrong.code == 2
    assert "not TOML" in wrong.error


def test_a_config_file_that_is_missing_is_wrong_usage(automl):
    assert automl("fit", "x.csv", "--target", "y", "--config", "none.toml").code == 2


def test_help_does_not_need_a_valid_config_file(automl):
    write_config("[fit\n")
    assert automl("fit", "--help").code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_read_from_the_variable_that_its_flag_names(name, monkeypatch):
    command = group.get_command(click.Context(group), name)
    context = click.Context(command, click.Context(group, auto_envvar_prefix="AUTOML"), info_name=name)
    for option in command.params:
        if isinstance(option, click.Option):
            flag = next(flag for flag in option.opts if flag.startswith("--"))
            monkeypatch.setenv(f"AUTOML_{name}_{flag[2:]}".upper().replace("-", "_"), "given")
            assert option.resolve_envvar_value(context) == "given", flag


def test_a_flag_that_is_loud_beats_quiet_in_the_file(automl):
    Path("x.csv").write_text("a,b\n1,2\n")
    write_config("[clean]\nquiet = true\n")
    assert automl("clean", "x.csv", "--output", "y.csv").err == ""
    loud = automl("clean", "x.csv", "--output", "y.csv", "--verbose")
    assert (loud.code, loud.err != "") == (0, True)


def test_one_way_of_splitting_as_a_flag_beats_another_in_the_file(resolved):
    write_config("[fit]\nfolds = 5\n")
    taken = resolved("--holdout", "0.2")
    assert (taken.get("folds"), taken["holdout"]) == (None, 0.2)


@pytest.fixture
def earlier(automl, monkeypatch):
    """Run ``automl retrain`` as far as its request, and return the earlier rows that it would read."""
    taken = []

    def stop_here(request):
        taken.append(request.train_data)
        raise errors.UsageError("enough")

    monkeypatch.setattr(retraining, "check_request", stop_here)

    def call():
        assert automl("retrain", "m.automl", "new.csv").error == "enough"
        return taken[-1]

    return call


def test_files_in_a_list_are_taken_one_by_one(earlier):
    write_config('[retrain]\ntrain-data = ["a, b.csv", "c.csv"]\n')
    assert earlier() == ("a, b.csv", "c.csv")


def test_files_in_the_environment_stand_one_a_line(earlier, monkeypatch):
    monkeypatch.setenv("AUTOML_RETRAIN_TRAIN_DATA", "a b/t.csv\nc.csv")
    assert earlier() == ("a b/t.csv", "c.csv")
