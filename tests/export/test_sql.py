"""``automl export --to sql``: a SELECT answers in SQLite and DuckDB what automl predicts."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.bundle import load_model
from automl.cli.run import run
from automl.export.sql.exporting import TOLERANCE, database_cells
from automl.export.sql.writing import literal, name, text
from automl.tables import Table, read_blocks
from automl.tables.options import ReadOptions
from automl.tables.schema import ColumnKind

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
TABLES = {
    "churn": "telecom_churn_new",
    "bikes": "bike_demand_new",
    "wine": "wine",
    "boosted": "card_fraud_new",
    "boosted_by_xgboost": "card_fraud_new",
    "wine_by_xgboost": "wine",
    "symmetric": "telecom_churn_new",
    "constant": "wine",
}
HOSTILE = 'rows\'; DROP "x"'
TYPES = {
    ColumnKind.NUMERIC: "DOUBLE",
    ColumnKind.BOOLEAN: "BOOLEAN",
    ColumnKind.DATETIME: "TIMESTAMP",
    ColumnKind.CATEGORY: "VARCHAR",
    ColumnKind.TEXT: "VARCHAR",
}


@pytest.fixture(scope="session")
def statements(folder, request):
    def of(model: str) -> tuple[Path, str]:
        path = request.getfixturevalue(model)
        place = folder / f"{model}.sql"
        if not place.exists():
            words = ["--to", "sql", "--table", HOSTILE, "--keep", "row"]
            assert run(["export", str(path), str(place), *words]) == 0
        return path, place.read_text()

    return of


def rows_of(model, table: Path) -> tuple[pd.DataFrame, np.ndarray, np.ndarray | None]:
    """Return typed rows, each cell of the first ones missing in turn, and what automl predicts for them."""
    (block,) = read_blocks(str(table), ReadOptions())
    cells = block.cells.astype("str")
    for row, column in enumerate(cells.columns[: len(cells)]):
        cells.iloc[row, cells.columns.get_loc(column)] = ""
    table_of_texts = Table(cells, "rows", "")
    answer = model.predict_table(table_of_texts)
    return model.read(table_of_texts).frame, answer.values, answer.probabilities


def in_sqlite(frame: pd.DataFrame, statement: str, model) -> list[tuple]:
    with closing(sqlite3.connect(":memory:")) as connection:
        columns = ", ".join(["row", *map(name, frame.columns)])
        connection.execute(f"CREATE TABLE {name(HOSTILE)} ({columns})")
        places = ", ".join("?" * (1 + len(frame.columns)))
        rows = [(at, *row) for at, row in enumerate(database_cells(frame))]
        connection.executemany(f"INSERT INTO {name(HOSTILE)} VALUES ({places})", rows)
        return connection.execute(statement).fetchall()


def in_duckdb(frame: pd.DataFrame, statement: str, model) -> list[tuple]:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    with closing(duckdb.connect(":memory:")) as connection:
        types = [TYPES[model.schema.column(column).kind] for column in frame.columns]
        columns = ", ".join(["row INTEGER", *(f"{name(each)} {kind}" for each, kind in zip(frame, types, strict=True))])
        connection.execute(f"CREATE TABLE {name(HOSTILE)} ({columns})")
        places = ", ".join("?" * (1 + len(types)))
        rows = [(at, *row) for at, row in enumerate(database_cells(frame))]
        connection.executemany(f"INSERT INTO {name(HOSTILE)} VALUES ({places})", rows)
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("model", TABLES)
@pytest.mark.parametrize("database", [in_sqlite, in_duckdb])
def test_a_database_answers_what_automl_predicts(model, database, statements):
    path, statement = statements(model)
    loaded = load_model(path)
    frame, values, probabilities = rows_of(loaded, SAMPLES / f"{TABLES[model]}.csv")
    answers = sorted(database(frame, statement, loaded))
    assert [row for row, *_ in answers] == list(range(len(frame)))
    if probabilities is None:
        np.testing.assert_allclose([answer for _, answer in answers], values, rtol=TOLERANCE, atol=TOLERANCE)
    else:
        np.testing.assert_allclose([shares for _, _, *shares in answers], probabilities, atol=TOLERANCE)
        assert [label for _, label, *_ in answers] == list(values)


@pytest.mark.parametrize("model", ["churn", "bikes", "wine"])
@pytest.mark.parametrize("ending", ["parquet", "jsonl", "csv"])
def test_a_table_that_was_cleaned_to_a_file_is_answered_there_as_it_was_predicted(model, ending, statements, tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    path, statement = statements(model)
    table, cleaned = SAMPLES / f"{TABLES[model]}.csv", tmp_path / f"clean.{ending}"
    assert run(["clean", str(table), "--output", str(cleaned), "--quiet"]) == 0
    (block,) = read_blocks(str(table), ReadOptions())
    expected = load_model(path).predict_table(block)
    with closing(duckdb.connect(":memory:")) as connection:
        rows = f"SELECT row_number() OVER () - 1 AS row, * FROM {text(str(cleaned))}"
        connection.execute(f"CREATE TABLE {name(HOSTILE)} AS {rows}")
        answers = sorted(connection.execute(statement).fetchall())
    numbers = expected.values if expected.probabilities is None else expected.probabilities
    shares = [answer if expected.probabilities is None else rest for _, answer, *rest in answers]
    np.testing.assert_allclose(shares, numbers, rtol=TOLERANCE, atol=TOLERANCE)


def test_trees_are_exact_in_a_database(statements):
    path, statement = statements("wine")
    loaded = load_model(path)
    frame, _, probabilities = rows_of(loaded, SAMPLES / "wine.csv")
    answers = sorted(in_sqlite(frame, statement, loaded))
    np.testing.assert_allclose([shares for _, _, *shares in answers], probabilities, rtol=1e-12)


def test_a_column_that_is_not_in_the_table_is_an_error_of_the_database(statements):
    path, statement = statements("wine")
    loaded = load_model(path)
    frame, *_ = rows_of(loaded, SAMPLES / "wine.csv")
    used = next(column for column in frame.columns if name(column) in statement)
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        in_sqlite(frame.drop(columns=used), statement, loaded)


@pytest.mark.parametrize("content", ["'", "''; DROP TABLE x; --", '"', 'a"b', "\\'", "ä\n"])
def test_texts_and_names_come_back_as_they_are(content):
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.execute(f"SELECT {text(content)} AS {name(content)}")
        assert cursor.fetchone() == (content,)
        assert cursor.description[0][0] == content


@pytest.mark.parametrize("number", [0.0, -0.0, 0.1, -1e-300, 1e300, 123456789.123, 5e-324, -3.0])
def test_numbers_come_back_as_they_are(number):
    with closing(sqlite3.connect(":memory:")) as connection:
        assert connection.execute(f"SELECT 1e0 - -{literal(number)} - 1e0, {literal(number)}").fetchone()[1] == number


def test_a_table_without_a_name_is_wrong_usage(wine, tmp_path, capsys):
    assert run(["export", str(wine), str(tmp_path / "a.sql"), "--to", "sql", "--table", "main."]) == 2
    assert "is no name of a table" in capsys.readouterr().err


def test_a_table_is_asked_for(wine, tmp_path, capsys):
    assert run(["export", str(wine), str(tmp_path / "a.sql"), "--to", "sql"]) == 2
    assert "--table" in capsys.readouterr().err


def test_what_is_too_large_for_a_statement_is_refused(wine, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("automl.export.sql.exporting._MOST_NUMBERS", 10)
    assert run(["export", str(wine), str(tmp_path / "a.sql"), "--to", "sql", "--table", "rows"]) == 2
    assert "This model is too large for SQL" in capsys.readouterr().err


def test_columns_that_a_database_takes_for_one_are_refused(twins, tmp_path, capsys):
    assert run(["export", str(twins), str(tmp_path / "a.sql"), "--to", "sql", "--table", "rows"]) == 2
    assert "differs only in case from another's" in capsys.readouterr().err


def test_more_columns_than_sqlite_allows_are_refused(wine, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("automl.export.sql.statement._MOST_COLUMNS", 2)
    assert run(["export", str(wine), str(tmp_path / "a.sql"), "--to", "sql", "--table", "rows"]) == 2
    assert "columns side by side, and SQLite allows 2." in capsys.readouterr().err


def test_what_sqlite_refuses_is_refused_in_its_words(wine, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("automl.export.sql.exporting.statement_of", lambda *_: "SELECT no_such_column FROM rows")
    assert run(["export", str(wine), str(tmp_path / "a.sql"), "--to", "sql", "--table", "rows"]) == 2
    assert "SQLite says 'no such column: no_such_column'" in capsys.readouterr().err
