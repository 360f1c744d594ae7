"""Rows of one group and copies of one row are one observation each, wherever a score gets its interval."""

import json
import random

import pytest

from automl.cli.run import run


def visits(patients, seed, blank=()):
    """Return five visits of each patient, whose price is off by what only the patient knows."""
    draw, lines = random.Random(seed), ["patient,age,size,price"]
    for patient in range(patients):
        own = draw.gauss(0, 5)
        for _ in range(5):
            age, size = draw.randint(20, 80), round(draw.uniform(1, 2), 3)
            name = "" if patient in blank else f"p{seed}-{patient}"
            lines.append(f"{name},{age},{size},{age + own + draw.gauss(0, 0.5):.2f}")
    return lines


def written(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def marked(lines):
    """Return the same lines with a missing patient written as a word for it."""
    return [("NA" if line.startswith(",") else "") + line for line in lines]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a model of groups and what its fit said of test rows, and a model without groups."""
    folder = tmp_path_factory.mktemp("models")
    train, test = (
        written(folder / "train.csv", marked(visits(60, 1, blank=range(3)))),
        written(folder / "test.csv", visits(20, 2)),
    )
    alone = written(folder / "alone.csv", [line.partition(",")[2] for line in visits(60, 1)])
    common = ["--target", "price", "--trials", "1", "--families", "linear", "--quiet", "--no-report"]
    grouped = [*common, "--group", "patient", "--test-data", test, "--output", folder / "grouped.automl"]
    for words in ([train, *grouped], [alone, *common, "--output", folder / "alone.automl"]):
        assert run(["fit", *map(str, words)]) == 0
    return folder


@pytest.fixture
def interval(folder, automl):
    """Return the interval that an evaluation of some rows tells."""

    def told(model, lines):
        data = written(folder / "rows.csv", lines)
        done = automl("evaluate", folder / f"{model}.automl", data, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)["metrics"]["rmse"]["interval"]

    return told


def test_test_rows_of_one_group_are_drawn_together_as_in_an_evaluation(folder, automl, interval):
    facts = json.loads(automl("inspect", folder / "grouped.automl", "--json").out)
    promised = facts["test"]
    assert promised["interval"] == pytest.approx(interval("grouped", visits(20, 2)), rel=0.15)


def test_rows_without_a_group_are_a_group_each(interval):
    low, high = interval("grouped", visits(20, 3))
    alone_low, alone_high = interval("grouped", visits(20, 3, blank=range(18)))
    assert alone_high - alone_low < 0.75 * (high - low)


def test_what_stands_for_a_missing_group_names_none(interval):
    lines = visits(20, 3, blank=range(18))
    assert interval("grouped", marked(lines)) == interval("grouped", lines)


def test_copies_of_rows_do_not_narrow_an_interval(interval):
    header, *rows = (line.partition(",")[2] for line in visits(20, 4))
    once, often = interval("alone", [header, *rows]), interval("alone", [header, *rows * 10])
    assert often[1] - often[0] > 0.8 * (once[1] - once[0])
