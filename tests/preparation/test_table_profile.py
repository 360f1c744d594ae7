"""The profile: what each column holds."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

from automl.errors import DataError
from automl.preparation import profile
from automl.tables import Table, infer_schema

ROWS = 120


@pytest.fixture
def profiled(make_table):
    """Profile columns; with a target if one is named."""

    def run(columns, target=None):
        return profile(*make_table(columns), target)

    return run


@pytest.fixture
def column_of(profiled):
    """Profile one column of cells beside one of noise."""

    def run(cells):
        noise = np.random.default_rng(0).normal(size=len(cells))
        return profiled({"noise": noise, "it": cells}).columns[1]

    return run


def test_a_numeric_column_has_a_range_a_mean_and_a_histogram(column_of):
    it = column_of([*np.arange(100) / 4, ""])
    assert (it.kind, it.missing, it.unique) == ("numeric", 1, 100)
    assert (it.minimum, it.maximum, it.mean) == ("0", "24.75", 12.375)
    assert sum(it.histogram) == 100
    assert len(set(it.histogram)) == 1


def test_a_category_has_its_levels_most_frequent_first(column_of):
    it = column_of(["b"] * 30 + ["a"] * 50 + ["N/A"] * 5)
    assert (it.kind, it.missing, it.unique) == ("category", 5, 2)
    assert it.top_values == (("a", 50), ("b", 30))


def test_a_boolean_has_the_share_that_is_true_and_its_words(column_of):
    it = column_of(["yes"] * 30 + ["no"] * 10)
    assert (it.kind, it.mean, it.top_values) == ("boolean", 0.75, (("yes", 30), ("no", 10)))


def test_a_date_column_has_its_range_in_iso_8601(column_of):
    it = column_of([f"{day:02d}.03.2024" for day in range(1, 31)])
    assert (it.kind, it.minimum, it.maximum) == ("datetime", "2024-03-01T00:00:00", "2024-03-30T00:00:00")
    assert sum(it.histogram) == 30


def test_long_cells_are_shortened_in_the_examples(column_of):
    it = column_of([f"the message number {n} goes on " + "and on " * 40 for n in range(40)])
    assert it.kind == "text"
    assert {len(example) for example in it.examples} == {60}
    assert it.top_values == ()


def test_an_empty_column_is_described_without_values(column_of):
    it = column_of([""] * 20)
    assert (it.kind, it.missing, it.unique, it.examples) == ("empty", 20, 0, ())


def test_a_column_of_one_number_has_one_bin(column_of):
    it = column_of([5] * 19 + [""])
    assert it.histogram in ((19,), ())


def test_findings_need_no_target(profiled, columns_of_noise):
    columns = {**columns_of_noise(ROWS), "unit": ["m"] * ROWS}
    assert [finding.code for finding in profiled(columns).findings] == ["constant_column"]


def test_a_clean_table_has_no_findings(profiled, columns_of_noise, noisy_labels):
    columns = {**columns_of_noise(ROWS), "y": noisy_labels(ROWS)}
    assert profiled(columns).findings == ()
    assert profiled(columns, "y").findings == ()


def test_a_target_adds_the_search_for_leaks(profiled, columns_of_noise, noisy_labels):
    columns = {**columns_of_noise(ROWS), "answer": noisy_labels(ROWS), "y": noisy_labels(ROWS)}
    assert [finding.code for finding in profiled(columns).findings] == ["duplicate_column"]
    assert [finding.code for finding in profiled(columns, "y").findings] == ["target_leak_copy"]


def test_a_target_that_cannot_be_predicted_is_a_finding(profiled, columns_of_noise):
    found = profiled({**columns_of_noise(ROWS), "y": ["yes"] * ROWS}, "y").findings
    assert [(finding.code, finding.columns) for finding in found] == [("unusable_target", ("y",))]
    assert "constant" in found[0].message


def test_a_target_that_is_not_there_is_an_error(profiled, columns_of_noise):
    with pytest.raises(DataError, match="is not in"):
        profiled(columns_of_noise(ROWS), "heigth")


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_a_table_of_hardly_any_rows_is_profiled(profiled, columns_of_noise, rows):
    assert profiled(columns_of_noise(rows)).rows == rows


def test_the_dictionary_survives_json(profiled, columns_of_noise):
    columns = {**columns_of_noise(ROWS), "unit": ["m"] * ROWS, "flag": ["yes", "no"] * (ROWS // 2)}
    values = profiled(columns).to_dict()
    assert json.loads(json.dumps(values)) == values
    overview = {"missing_together", "outliers", "related_columns", "drift"}
    assert set(values) == {"rows", "columns", "findings", *overview}
    assert {"name", "kind", "missing", "unique"} <= set(values["columns"][0])
    assert set(values["findings"][0]) == {"code", "severity", "columns", "message", "action"}


ODD_CELLS = {
    "number": ["1", "2.5", "", "n/a", "7", "x", "1e3", "-4", "2", "2.5"] * 3,
    "date": ["2021-02-03", "2021-02-04", "", "2021-02-30", "2021-05-01"] * 6,
    "level": ["red", " red", "Blue", "blue", "", "green"] * 5,
    "flag": ["yes", "no", "yes", "", "no"] * 6,
    "mail": [f"user{number}@example.org" for number in range(30)],
    "wide": ["1e308", "-1e308", "0", "1", "2", "3"] * 5,
}


def profile_of(columns):
    table = Table(pd.DataFrame(columns, dtype="str"), "odd", "")
    return profile(table, infer_schema(table)).to_dict()


def test_few_rows_are_typed_and_profiled_to_the_same_as_many(monkeypatch):
    few = profile_of(ODD_CELLS)
    for module in (
        "tables.uniques",
        "preparation.checks.column_values",
        "preparation.checks.hashing",
        "preparation.profile",
    ):
        monkeypatch.setattr(sys.modules[f"automl.{module}"], "_FEW", 0)
    assert profile_of(ODD_CELLS) == few


def test_numbers_beyond_those_of_a_machine_leave_the_others_described():
    found = profile_of({"a": ["1e999", "1", "2", "3", "-1e999"] * 4, "b": ["1e999"] * 19 + ["-1e999"]})
    json.dumps(found, allow_nan=False)
