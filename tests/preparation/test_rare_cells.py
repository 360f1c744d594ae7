"""Cells that few rows have: told of while the table is at hand, not named in what a model file keeps."""

import numpy as np
import pandas as pd
import pytest

from automl.bundle.writing import golden_table
from automl.findings import FEWEST_OF_LEVEL, WITHHELD_CELL
from automl.remembering import golden_rows
from automl.tables import table_from_frame

ROWS = 400
PLANTED = {
    "unparsed_cells": ("price", "ask Bob's"),
    "impossible_dates": ("since", "2023-02-31"),
    "similar_levels": ("city", "Berlinn"),
    "mixed_case_levels": ("side", "EAST"),
    "missing_target_rows": ("y", "unread"),
}


@pytest.fixture
def planted():
    """Make a table in which each planted cell stands on so many rows."""

    def make(times):
        draw = np.random.default_rng(4)
        columns = {
            "price": [f"{number:.2f}" for number in draw.uniform(1, 9, ROWS)],
            "since": [f"2023-0{month}-1{day}" for month, day in zip(*draw.integers(1, 9, (2, ROWS)), strict=True)],
            "city": draw.choice(["Berlin", "Oslo", "Rom"], ROWS).tolist(),
            "side": draw.choice(["east", "west"], ROWS).tolist(),
            "y": [f"{number:.3f}" for number in draw.normal(size=ROWS)],
        }
        for start, (name, cell) in enumerate(PLANTED.values()):
            columns[name][start * 20 : start * 20 + times] = [cell] * times
        return columns

    return make


@pytest.mark.parametrize(("times", "is_kept"), [(FEWEST_OF_LEVEL - 1, False), (FEWEST_OF_LEVEL, True)])
def test_a_finding_is_kept_without_a_cell_that_fewer_than_five_rows_have(planted, prepare_columns, times, is_kept):
    prepared = prepare_columns(planted(times))
    for code, (name, cell) in PLANTED.items():
        finding = next(each for each in prepared.findings if each.code == code and name in each.columns)
        assert f"'{cell}'" in finding.message
        kept = finding.as_kept().message
        assert (f"'{cell}'" in kept, WITHHELD_CELL in kept) == (is_kept, not is_kept)
        assert f"'{name}'" in kept


@pytest.mark.parametrize(("times", "is_kept"), [(FEWEST_OF_LEVEL - 1, False), (FEWEST_OF_LEVEL, True)])
def test_the_cleaning_log_is_kept_without_such_cells(planted, prepare_columns, times, is_kept):
    changes = prepare_columns(planted(times)).changes
    cells = {cell for _, cell in PLANTED.values()} - {"Berlinn"}
    told, kept = ({before for each in log for before, _ in each.examples} for log in (changes, _kept(changes)))
    assert told >= cells
    assert (cells & kept) == (cells if is_kept else set())
    assert [each.message for each in _kept(changes)] == [each.message for each in changes]


def test_a_respelled_label_of_few_rows_is_not_kept(planted, prepare_columns):
    columns = planted(1)
    columns["y"] = ["YES"] * 4 + ["NO"] * 5 + ["yes", "no"] * ((ROWS - 9) // 2) + ["no"]
    change = next(each for each in prepare_columns(columns).changes if each.step == "target")
    assert set(change.examples) == {("YES", "yes"), ("NO", "no")}
    assert change.as_kept().examples == (("NO", "no"),)


def test_golden_rows_hold_no_cell_of_few_rows_that_cannot_be_read_or_spells_a_level_in_its_own_way(
    planted, prepare_columns
):
    columns = planted(FEWEST_OF_LEVEL - 1)
    for row in range(100, 112):
        columns["price"][row], columns["side"][row] = f"ask {row}", f"{' ' * (row - 99)}WEST"
    table, prepared = table_from_frame(pd.DataFrame(columns)), prepare_columns(columns)
    seed = next(seed for seed in range(50) if _holds(golden_table(table, seed)) == (True, True))
    kept = golden_rows(table, prepared, seed)
    assert _holds(kept) == (False, False)
    assert {"east", "west"} >= set(kept.cells["side"]) - {""}
    assert (kept.cells["price"] != "").sum() >= 10


def _kept(changes):
    return [each.as_kept() for each in changes]


def _holds(table):
    """Say whether a table has cells of prices that are none, and sides spelled in their own way."""
    return (bool(table.cells["price"].str.contains("ask").any()), bool(table.cells["side"].str.contains("WEST").any()))
