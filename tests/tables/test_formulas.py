"""Cells that a spreadsheet would run: escaped once, counted, and never a number among them."""

import pandas as pd
import pytest

from automl.tables.formulas import FormulaEscaper


def escaped(*texts):
    return FormulaEscaper().escape(pd.DataFrame({"a": pd.array(texts, dtype="str")}))["a"].tolist()


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "+x", "--5", "-1e5x", "=", "-5\n=1"],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text):
    assert escaped(text) == [f"'{text}"]


@pytest.mark.parametrize(
    "text", ["-5", "+3.25", "-1,234.5", "-1.234,5", "-.5", "-1e-5", "-12 %", "-1 000", "a=b", "", "'=1"]
)
def test_numbers_and_other_texts_are_left_alone(text):
    assert escaped(text) == [text]


def test_escaping_again_changes_nothing():
    once = escaped("=1", "-a", "x")
    assert escaped(*once) == once


def test_numbers_of_a_number_column_and_missing_cells_stay():
    frame = pd.DataFrame({"n": [-1.5, 2.0], "t": pd.array([None, "=x"], dtype="str")})
    result = FormulaEscaper().escape(frame)
    assert result["n"].tolist() == [-1.5, 2.0]
    assert result["t"].isna().tolist() == [True, False]


def test_every_block_counts_and_names_count_once():
    escaper = FormulaEscaper()
    block = pd.DataFrame({"=a": ["=1", "2"], "'=a": ["@x", "=1"]}, dtype="str")
    assert list(escaper.escape(block).columns) == ["''=a", "'=a"]
    escaper.escape(block)
    assert {change.column: change.count for change in escaper.changes} == {"=a": 2, "'=a": 4, None: 1}
    assert escaper.count == 7
    assert all(change.examples for change in escaper.changes)
