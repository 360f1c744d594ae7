"""A model from a database's answer, and no password in anything that is printed or written."""

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")


def test_a_fit_from_a_database_is_told_by_its_query_and_keeps_no_secret(automl, tmp_path):
    connection = sqlite3.connect(tmp_path / "shop.sqlite")
    connection.execute("CREATE TABLE orders (id INTEGER, size REAL, total REAL)")
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(i, i % 7, i % 7 + i / 90) for i in range(80)])
    connection.commit()
    connection.close()
    address = f"sqlite:///{tmp_path}/shop.sqlite?cached_statements=128"
    query = ("--query", "SELECT size, total FROM orders ORDER BY id")
    bounds = ("--trials", "1", "--families", "linear", "--folds", "2", "--jobs", "1")
    told = automl("fit", address, *query, "--target", "total", *bounds)
    assert told.out.strip() == "shop.automl", told.err
    settings = json.loads(automl("inspect", "shop.automl", "--json").out)["settings"]
    assert settings["query"] == query[1]
    assert settings["data"] == f"sqlite:///{tmp_path}/shop.sqlite"
    with zipfile.ZipFile("shop.automl") as model:
        written = {name: model.read(name) for name in model.namelist()} | {"": Path("shop.html").read_bytes()}
    assert not [name for name, content in written.items() if b"cached_statements" in content]
    assert automl("predict", "shop.automl", address, *query, "--output", "scores.csv").code == 0
    assert len(Path("scores.csv").read_text().splitlines()) == 81


def test_a_database_without_a_query_is_wrong_usage(automl):
    outcome = automl("profile", "postgresql://ann:5ecret@host/shop")
    assert outcome.code == 2
    assert "--query" in outcome.hint
    assert "5ecret" not in outcome.err
