"""From a table to what models learn from."""

import numpy as np
import pandas as pd
import pytest

from automl.errors import DataError, UsageError
from automl.preparation import PrepareRequest, prepare
from automl.tables import ColumnKind, Task, infer_schema, read_table

ROWS = 60


@pytest.fixture
def read_text(tmp_path):
    """Read a file of this text."""

    def read(text):
        path = tmp_path / "data.csv"
        path.write_text(text)
        return read_table(path)

    return read


@pytest.fixture
def columns(columns_of_noise, noisy_labels):
    """Three features and a yes/no target."""
    return {**columns_of_noise(ROWS), "y": noisy_labels(ROWS)}


def test_features_keep_the_file_order_and_the_target_is_none_of_them(columns, prepare_columns):
    prepared = prepare_columns({"y": columns.pop("y"), **columns})
    assert list(prepared.frame) == ["height", "width", "colour"]
    assert [column.name for column in prepared.feature_columns] == ["height", "width", "colour"]
    assert isinstance(prepared.frame.index, pd.RangeIndex)


def test_the_schema_keeps_every_column_and_decides_the_target(columns, prepare_columns):
    schema = prepare_columns(columns).schema
    assert schema.names == ("height", "width", "colour", "y")
    assert (schema.target, schema.task, schema.labels) == ("y", Task.BINARY, ("no", "yes"))


def test_rows_without_a_target_are_left_out_of_every_array(columns, prepare_columns):
    columns["y"][[0, 5]] = ""
    prepared = prepare_columns({**columns, "importance": np.arange(ROWS)}, weight="importance")
    kept = [row for row in range(ROWS) if row not in (0, 5)]
    assert prepared.row_numbers.tolist() == kept
    lengths = {len(part) for part in (prepared.frame, prepared.target, prepared.weight, prepared.duplicate_groups)}
    assert lengths == {ROWS - 2}
    assert prepared.frame["height"].tolist() == columns["height"][kept].tolist()


def test_the_target_text_is_the_label_as_it_stood(columns, prepare_columns):
    prepared = prepare_columns(columns)
    assert prepared.target_text.tolist() == columns["y"].tolist()


def test_a_dropped_column_is_no_feature_and_raises_no_finding(columns, prepare_columns):
    prepared = prepare_columns({**columns, "answer": columns["y"]}, drop=("answer", "width"))
    assert list(prepared.frame) == ["height", "colour"]
    assert prepared.findings == ()


def test_a_named_identifier_is_no_feature_and_known_as_one(columns, prepare_columns):
    prepared = prepare_columns(columns, identifiers=("colour",))
    assert list(prepared.frame) == ["height", "width"]
    assert prepared.schema.column("colour").kind is ColumnKind.IDENTIFIER


@pytest.mark.parametrize("part", [{"drop": ("widht",)}, {"identifiers": ("widht",)}, {"weight": "widht"}])
def test_a_name_that_is_not_there_gets_the_nearest_one(columns, prepare_columns, part):
    with pytest.raises(DataError, match="Column 'widht' is not in") as raised:
        prepare_columns(columns, **part)
    assert raised.value.hint == "Did you mean 'width'?"


@pytest.mark.parametrize("part", [{"drop": ("y",)}, {"group": "y"}, {"time": "y"}])
def test_a_target_with_a_second_part_is_wrong_usage(columns, prepare_columns, part):
    with pytest.raises(UsageError, match="also named by --"):
        prepare_columns(columns, **part)


def test_repeated_rows_are_dropped_on_request_and_logged(columns, prepare_columns):
    repeated = {name: [*values, *values[:7]] for name, values in columns.items()}
    prepared = prepare_columns(repeated, drop_duplicates=True)
    assert prepared.row_numbers.tolist() == list(range(ROWS))
    assert [(change.step, change.count) for change in prepared.changes] == [("duplicates", 7)]


def test_rows_that_differ_in_the_target_alone_are_no_repeats(columns, prepare_columns):
    other = np.where(columns["y"] == "yes", "no", "yes")
    doubled = {name: [*values, *values] for name, values in columns.items()} | {"y": [*columns["y"], *other]}
    assert len(np.unique(prepare_columns(doubled).duplicate_groups)) == 2 * ROWS


def test_rows_that_differ_in_their_group_alone_are_no_repeats(columns, prepare_columns):
    doubled = {name: [*values, *values] for name, values in columns.items()}
    doubled["house"] = ["a"] * ROWS + ["b"] * ROWS
    assert len(np.unique(prepare_columns(doubled, group="house").duplicate_groups)) == 2 * ROWS


def few_values(rows, tells=0.2):
    """Return columns of few values, of which one goes with the target in all but a share of the rows."""
    rng = np.random.default_rng(4)
    ticket, sex = rng.integers(0, 3, rows), rng.integers(0, 2, rows)
    survived = np.where(rng.random(rows) < tells, 1 - sex, sex)
    return {"ticket": np.array(["first", "second", "third"])[ticket], "sex": np.array(["f", "m"])[sex], "y": survived}


@pytest.mark.parametrize("tells", [0.0, 0.2])
def test_rows_that_are_equal_by_chance_may_be_parted(prepare_columns, tells):
    prepared = prepare_columns(few_values(400, tells))
    assert len(np.unique(prepared.kept_together)) == 400
    assert len(np.unique(prepared.duplicate_groups)) < 20


def test_rows_of_related_columns_with_other_targets_beside_are_equal_by_chance(prepare_columns):
    columns = few_values(400)
    related = {f"more{number}": columns["ticket"] for number in range(4)}
    assert len(np.unique(prepare_columns(related | columns).kept_together)) == 400


def test_copies_are_kept_together(columns, prepare_columns):
    copied = {name: [*values, *values[:50]] for name, values in columns.items()}
    kept = prepare_columns(copied).kept_together
    assert kept[:50].tolist() == kept[ROWS:].tolist()
    assert len(np.unique(kept)) == ROWS


def test_the_only_column_is_the_target(read_text):
    table = read_text("y\n" + "a\nb\n" * 10)
    with pytest.raises(DataError, match="the only column") as raised:
        prepare(table, infer_schema(table), PrepareRequest("y"))
    assert "--delimiter" in raised.value.hint


def test_no_usable_column_left_is_refused(columns, prepare_columns):
    with pytest.raises(DataError, match="No column is left to predict 'y' from: 'key' and 'unit'"):
        prepare_columns({"key": [f"K{row}" for row in range(ROWS)], "unit": ["m"] * ROWS, "y": columns["y"]})


def test_what_the_reader_found_is_passed_on(read_text):
    table = read_text("x,x,y\n" + "".join(f"{n},{n * n % 17},{'ab'[n * 7 % 5 % 2]}\n" for n in range(40)))
    prepared = prepare(table, infer_schema(table), PrepareRequest("y"))
    assert "duplicate_column_name" in [finding.code for finding in prepared.findings]


def test_what_was_hard_to_type_is_passed_on_unless_dropped(columns, codes_found):
    columns["width"] = [*columns["width"][1:].astype(str), "wide"]
    assert codes_found(columns) == {"unparsed_cells": ["width"]}
    assert codes_found(columns, drop=("width",)) == {}


def test_preparing_twice_gives_the_same(columns, prepare_columns):
    first, second = prepare_columns(columns), prepare_columns(columns)
    assert first.frame.equals(second.frame)
    assert first.target.tolist() == second.target.tolist()
    assert first.duplicate_groups.tolist() == second.duplicate_groups.tolist()


def test_every_column_comes_typed_for_the_report(columns, prepare_columns):
    prepared = prepare_columns({**columns, "unit": ["m"] * ROWS})
    assert list(prepared.typed) == ["height", "width", "colour", "y", "unit"]
    assert len(prepared.typed) == ROWS


def test_the_table_is_left_as_it_was(columns, make_table):
    table, schema = make_table(columns)
    before = table.cells.copy()
    prepare(table, schema, PrepareRequest("y", drop_duplicates=True))
    assert table.cells.equals(before)
