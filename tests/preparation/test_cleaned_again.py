"""A table that was cleaned means what it meant: a schema of the table as it was reads both to the same values."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from automl.cli.rows import open_rows
from automl.preparation.cleaning import clean
from automl.preparation.typed_cells import typed_cells
from automl.tables import Table, apply_schema, infer_schema, read_table

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "sample_data").glob("*.csv"))
GERMAN = pd.DataFrame(
    {
        "Datum": [f"{day:02d}.03.2024" for day in range(1, 29)],
        "Umsatz": [f"{day * 1_137 / 8:.3f}".replace(".", ",") + " €" for day in range(1, 29)],
        "Anzahl": [f"{day}.{day * 37 % 1000:03d},5" for day in range(1, 29)],
        "Kunde": ["ja", "nein"] * 14,
    },
    dtype="str",
)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_reads_the_same_after_it_was_cleaned(path):
    table = read_table(path)
    check_same(table)


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_reads_the_same_from_a_file_with_types(path, ending, tmp_path):
    table = read_table(path)
    schema = infer_schema(table)
    cells = clean(table, schema).cells
    with open_rows(tmp_path / f"clean{ending}") as rows:
        rows.write(typed_cells(cells, schema, dates=ending == ".parquet"))
    read = apply_schema(read_table(tmp_path / f"clean{ending}"), schema)
    pd.testing.assert_frame_equal(read.frame, apply_schema(replace(table, cells=cells), schema).frame, check_exact=True)


def test_german_numbers_dates_and_words_read_the_same_after_they_were_cleaned():
    typed = check_same(Table(GERMAN, "test", ""))
    assert typed.other_notation == ("Datum", "Umsatz", "Anzahl")


def check_same(table):
    schema = infer_schema(table)
    before = apply_schema(table, schema)
    after = apply_schema(replace(table, cells=clean(table, schema).cells), schema)
    pd.testing.assert_frame_equal(after.frame, before.frame, check_exact=False, rtol=1e-5)
    assert set(after.unparsed) <= set(before.unparsed)
    assert before.other_notation == ()
    return after


def test_where_some_cells_are_written_as_before_none_is_read_in_another_way():
    schema = infer_schema(Table(GERMAN, "test", ""))
    cells = GERMAN.iloc[:3].assign(Umsatz=["1137,5 €", "1200.50", "3"])
    typed = apply_schema(Table(cells.astype("str"), "test", ""), schema)
    assert typed.frame["Umsatz"].tolist()[::2] == [1137.5, 3.0]
    assert typed.unparsed == {"Umsatz": 1}


def test_a_row_alone_is_read_as_programs_write_it():
    schema = infer_schema(Table(GERMAN, "test", ""))
    row = pd.DataFrame({"Datum": ["2024-03-05"], "Umsatz": ["1200.50"], "Anzahl": ["7.5"], "Kunde": ["1"]}, dtype="str")
    typed = apply_schema(Table(row, "test", ""), schema)
    assert typed.unparsed == {}
    assert typed.frame.iloc[0].tolist() == [pd.Timestamp("2024-03-05"), 1200.5, 7.5, 1.0]
