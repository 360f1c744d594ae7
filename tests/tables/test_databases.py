"""Databases by address: one query that reads, rows as text cells, and no password anywhere."""

import importlib.util
import sqlite3

import pandas as pd
import pytest

from automl.errors import DataError, UsageError
from automl.tables import ReadOptions, databases, read_blocks, read_table
from automl.tables.queries import checked_query

pytest.importorskip("sqlalchemy")


@pytest.fixture
def shop(tmp_path):
    """The address of a small database."""
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (id INTEGER, who TEXT, total REAL)")
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(1, "ann", 2.5), (2, None, 3.0), (3, "b; c", 4.25)])
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


def asked(query):
    return ReadOptions(query=query)


def failure(source, options):
    with pytest.raises(DataError) as caught:
        read_table(source, options)
    assert caught.value.hint
    return caught.value


def test_the_answer_of_a_query_is_a_table(shop):
    table = read_table(shop, asked("SELECT * FROM orders ORDER BY id;"))
    assert list(table.cells.columns) == ["id", "who", "total"]
    assert table.cells.to_numpy().tolist() == [["1", "ann", "2.5"], ["2", "", "3.0"], ["3", "b; c", "4.25"]]
    assert table.source == shop
    assert not table.findings


def test_blocks_hold_the_same_rows_and_end_with_the_digest_of_the_whole(shop):
    options = asked("SELECT * FROM orders ORDER BY id")
    blocks = list(read_blocks(shop, options, rows=2))
    assert [len(block.cells) for block in blocks] == [2, 1]
    assert pd.concat([block.cells for block in blocks], ignore_index=True).equals(read_table(shop, options).cells)
    changed = asked("SELECT id, who, total + 1 AS total FROM orders ORDER BY id")
    assert read_table(shop, changed).sha256 != read_table(shop, options).sha256


def test_the_digest_does_not_depend_on_the_size_of_the_blocks(shop):
    options = asked("SELECT * FROM orders ORDER BY id")
    digests = {list(read_blocks(shop, options, rows=rows))[-1].sha256 for rows in (1, 2, 3, 100)}
    assert digests == {read_table(shop, options).sha256}


def test_no_rows_are_a_header_alone(shop):
    assert read_table(shop, asked("SELECT * FROM orders WHERE id > 5")).cells.shape == (0, 3)


def test_names_that_repeat_are_told_apart(shop):
    table = read_table(shop, asked("SELECT a.id, b.id FROM orders a, orders b WHERE a.id = b.id ORDER BY 1"))
    assert table.cells.columns.is_unique
    assert "duplicate_column_name" in {finding.code for finding in table.findings}


def test_a_query_without_an_order_is_said(shop):
    codes = [finding.code for finding in read_table(shop, asked("SELECT 'order by' AS x FROM orders")).findings]
    assert codes == ["unordered_query"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "DELETE FROM orders",
        "-- SELECT\nDROP TABLE orders",
        "SELECT 1; DROP TABLE orders",
        "/* a */ UPDATE orders SET id = 1",
    ],
)
def test_a_query_that_does_more_than_read_is_refused(shop, query):
    with pytest.raises(UsageError, match="--query must be one statement"):
        read_table(shop, asked(query))
    assert len(read_table(shop, asked("SELECT * FROM orders")).cells) == 3


@pytest.mark.parametrize(
    "query", ["(select 1)", "WITH a AS (SELECT 1) SELECT * FROM a", "/* it's; */ select ';' -- a; b"]
)
def test_a_query_that_reads_is_let_through(query):
    assert checked_query(query) == query.strip()


def test_the_database_itself_refuses_to_write(shop, monkeypatch):
    monkeypatch.setattr(databases, "checked_query", lambda query: query)
    assert "readonly" in failure(shop, asked("INSERT INTO orders VALUES (4, 'd', 1)")).message
    assert len(read_table(shop, asked("SELECT * FROM orders")).cells) == 3


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    assert "unable to open" in failure(f"sqlite:///{tmp_path}/none.sqlite", asked("SELECT 1")).message
    assert not list(tmp_path.iterdir())


def test_what_the_database_says_of_a_query_is_passed_on(shop):
    assert "no such table: order" in failure(shop, asked("SELECT * FROM order_")).message


def test_a_missing_query_and_a_query_without_a_database_are_wrong_usage(shop, tmp_path):
    with pytest.raises(UsageError, match="nothing is asked"):
        read_table(shop)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="--query is asked of a database"):
        read_table(path, asked("SELECT 1"))
    assert len(read_table(path, asked("SELECT 1").beside(str(path))).cells) == 1


@pytest.mark.parametrize(
    "address",
    [
        "nodatabase://ann:5ecret@host/shop?key=5ecret",
        "nodatabase://ann:5ec/@ret5ecret@host/shop",
        "s3://ann:5ecret@bucket/a.csv",
        "sqlite:////nowhere/x.sqlite?timeout=5ecret",
        "postgresql+nodriver://ann:5ecret@host/shop",
        "postgresql://ann:5ecret@host:5ecret/shop",
    ],
)
def test_no_error_shows_a_password(address):
    error = failure(address, asked("SELECT 1"))
    assert "5ecret" not in error.message + error.hint


def test_words_of_the_driver_that_quote_a_password_are_left_out(monkeypatch):
    from sqlalchemy import make_url

    url = make_url("postgresql://ann:5%40cret@host/shop?option=5hidden")
    for words in ("wrong password 5@cret", "bad dsn ann:5%40cret@host", "unknown option 5hidden"):
        assert databases._reason(RuntimeError(words), url) == "RuntimeError"
    assert databases._reason(RuntimeError("no such host.\nmore"), url) == "no such host"


def test_a_missing_library_is_one_line_with_the_command(shop, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sqlalchemy" else found(name))
    error = failure(shop, asked("SELECT 1"))
    assert "needs sqlalchemy" in error.message
    assert "pip install 'automl-cli[sql]'" in error.hint


@pytest.mark.skipif(importlib.util.find_spec("psycopg") is not None, reason="psycopg is installed")
def test_a_missing_driver_is_named():
    assert "needs the driver psycopg" in failure("postgresql+psycopg://ann:x@host/shop", asked("SELECT 1")).message
