"""Cells of many pages: judged by their beginning, kept whole, and shown as an example only by their first words."""

import pandas as pd

from automl.tables import ColumnKind, Table, infer_schema
from automl.tables.applying import apply_schema
from automl.tables.doubts import typing_findings

LONG = "word " * 50_000


def table_of(cells):
    return Table(pd.DataFrame({"value": pd.array(cells, dtype="str")}), "test", "")


def test_a_column_with_a_cell_of_many_pages_is_text_and_no_category():
    schema = infer_schema(table_of(["a", "b", LONG] * 4))
    assert schema.columns[0].kind is ColumnKind.TEXT
    assert schema.columns[0].levels == ()


def test_a_long_cell_among_numbers_leaves_them_numbers():
    table = table_of([f"{i}.5" for i in range(60)] + ["7" * 9 + LONG])
    schema = infer_schema(table)
    typed = apply_schema(table, schema)
    assert schema.columns[0].kind is ColumnKind.NUMERIC
    assert typed.unparsed == {"value": 1}


def test_a_long_cell_keeps_its_whole_text():
    table = table_of(["a", "b", LONG] * 4)
    typed = apply_schema(table, infer_schema(table))
    assert typed.frame["value"].iloc[2] == LONG.strip()


def test_long_cells_that_begin_alike_are_still_two_texts():
    table = table_of([LONG + "a", LONG + "b"] * 3)
    typed = apply_schema(table, infer_schema(table))
    assert typed.frame["value"].nunique() == 2


def test_a_long_cell_is_shown_by_its_beginning():
    table = table_of([f"{i}.5" for i in range(60)] + [LONG])
    schema = infer_schema(table)
    (finding,) = typing_findings(table, schema)
    changes = apply_schema(table, schema).changes
    assert len(finding.message) < 400
    assert max(len(before) for change in changes for before, _ in change.examples) < 400
    assert finding.code == "unparsed_cells"


def test_a_category_that_is_stated_keeps_its_long_level():
    table = table_of(["a", "b", LONG] * 4)
    column = infer_schema(table, kinds={"value": ColumnKind.CATEGORY}).columns[0]
    assert LONG.strip() in column.levels


def test_thousands_of_digits_are_no_point_in_time():
    cells = [f"{1_700_000_000 + i}" for i in range(40)] + ["9" * 5_000]
    schema = infer_schema(Table(pd.DataFrame({"created_at": pd.array(cells, dtype="str")}), "test", ""))
    assert schema.columns[0].kind is ColumnKind.DATETIME
