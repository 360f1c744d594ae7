"""Findings of groups and times say what the flag that they propose would change, and claim nothing that is chance."""

import math
import re
import time

import numpy as np
import pandas as pd
import pytest

from automl.decisions import decide, prepare_request
from automl.findings import Severity
from automl.preparation.prepare import prepare
from automl.resolving import resolve_fit_settings
from automl.search.deadline import Deadline
from automl.search.split_effect import SplitMeter
from automl.search.tasks import WorkFolder
from automl.search.ways_to_split import split_by_group, split_by_time
from automl.split_findings import tell_split_effects
from automl.tables import infer_schema, table_from_frame

ROWS = 900


def people(seed, own_outcome):
    """Six rows a person that are alike; what is to be predicted is the person's own, or follows from the row."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(ROWS // 6), 6)
    traits = rng.normal(size=(ROWS // 6, 3))[person] + 0.05 * rng.normal(size=(ROWS, 3))
    frame = pd.DataFrame(traits.round(3), columns=["height", "weight", "age"])
    frame["patient_id"] = [f"p{each:03d}" for each in rng.permutation(ROWS // 6)[person]]
    score = rng.normal(size=ROWS // 6)[person] if own_outcome else traits[:, 0] + rng.normal(size=ROWS)
    frame["ill"] = np.where(score > 0, "yes", "no")
    return frame.iloc[rng.permutation(ROWS)], "ill"


def days(seed, wandering):
    """One row a day; the level of what is to be predicted wanders, or stays where it is."""
    rng = np.random.default_rng(seed)
    load = rng.normal(size=ROWS)
    level = np.cumsum(rng.normal(size=ROWS)) if wandering else 0.0
    frame = pd.DataFrame({"day": pd.date_range("2021-01-01", periods=ROWS).astype(str), "load": load.round(3)})
    frame["demand"] = (load + level + 0.5 * rng.normal(size=ROWS)).round(3)
    return frame, "demand"


def prepared_from(frame, target, folder):
    settings = resolve_fit_settings(data="rows.csv", target=target, output=str(folder / "m.automl"), no_report=True)
    table = table_from_frame(frame)
    prepared = prepare(table, infer_schema(table, target), prepare_request(settings))
    return prepared, decide(settings, prepared)


@pytest.fixture
def told(nursery, tmp_path):
    """Return a function that prepares a table and returns the messages of its findings by code."""

    def tell(frame, target, seconds=None):
        prepared, decisions = prepared_from(frame, target, tmp_path)
        meter = SplitMeter(nursery, WorkFolder(tmp_path / "work"), 2, seed=0)
        found = tell_split_effects(prepared, decisions, meter, Deadline(time.monotonic(), seconds))
        assert not (tmp_path / "work" / "splits").exists()
        return {each.code: each for each in found.findings}

    return tell


def test_rows_of_one_person_that_tell_on_each_other_are_told_with_the_score_that_the_flag_would_give(told):
    message = told(*people(1, own_outcome=True))["repeating_groups"].message
    found = re.search(r"roc_auc of ([\d.]+), with --group patient_id one of ([\d.]+): a difference of -", message)
    at_random, apart = map(float, found.groups())
    assert at_random > 0.8
    assert apart == pytest.approx(0.5, abs=0.1)
    assert "95 % interval -" in message


def test_a_level_that_wanders_is_told_with_the_error_that_the_flag_would_give(told):
    finding = told(*days(4, wandering=True))["time_order"]
    assert finding.severity is Severity.WARNING
    pattern = r"rmse of ([\d.]+), with --time day one of ([\d.]+): a difference of \+"
    found = re.search(pattern, finding.message)
    at_random, apart = map(float, found.groups())
    assert apart > 1.5 * at_random


@pytest.mark.parametrize(
    ("frame", "target", "code", "flag"),
    [
        (*people(3, own_outcome=False), "repeating_groups", "--group patient_id"),
        (*days(3, wandering=False), "time_order", "--time day"),
    ],
    ids=["group", "time"],
)
def test_what_is_no_more_than_chance_is_not_claimed(told, frame, target, code, flag):
    finding = told(frame, target)[code]
    assert f"{flag} makes no difference beyond chance" in finding.message
    assert "a difference of" not in finding.message
    if code == "time_order":
        assert finding.severity is Severity.INFO


def test_the_flag_is_told_as_it_is_typed(told):
    frame, target = people(1, own_outcome=True)
    message = told(frame.rename(columns={"patient_id": "patient id"}), target)["repeating_groups"].message
    assert "with --group 'patient id' one of" in message


def test_a_short_budget_is_not_spent_on_it(told):
    finding = told(*people(1, own_outcome=True), seconds=5.0)["repeating_groups"]
    assert "small model" not in finding.message


@pytest.mark.parametrize("split", ["group", "time"])
def test_both_ways_score_the_same_rows_and_learn_from_as_many(tmp_path, split):
    (frame, target), by, name = {
        "group": (people(5, own_outcome=True), split_by_group, "patient_id"),
        "time": (days(6, wandering=True), split_by_time, "day"),
    }[split]
    prepared, _ = prepared_from(frame, target, tmp_path)
    ways = by(prepared, name, seed=0)
    for folds in (ways.at_random, ways.apart):
        assert np.array_equal(np.sort(np.concatenate([valid for _, valid in folds])), ways.scored)
        assert all(not set(train) & set(valid) for train, valid in folds)
    for (some, _), (others, _) in zip(ways.at_random, ways.apart, strict=True):
        assert math.isclose(len(some), len(others), rel_tol=0.05)
    assert "patient_id" not in ways.columns
