"""Cells that mark a missing value, in graphs and statements: they count as missing, as in ``automl predict``."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.bundle import load_model, read_golden
from automl.bundle.model import Model
from automl.cli.run import run
from automl.export.deriving import derive
from automl.export.sql.exporting import TOLERANCE, database_cells
from automl.export.sql.writing import name

MARKERS = {"monthly_charge": -999.0, "signup_date": pd.Timestamp("1900-01-01"), "payment_method": "?"}
OTHERS = {"monthly_charge": 60.0, "signup_date": pd.Timestamp("2021-03-04"), "payment_method": "credit card"}


@pytest.fixture(params=MARKERS)
def rows(request, marked: Path) -> tuple[Model, pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return a model, rows whose cells of a column are markers, the same with other cells, and what the first get."""
    model, golden = load_model(marked), read_golden(marked)
    golden.cells[request.param] = ""
    typed = model.read(golden).frame
    other = typed.copy()
    typed[request.param] = MARKERS[request.param]
    other[request.param] = OTHERS[request.param]
    probabilities = model.predict_table(golden).probabilities
    assert not np.allclose(probabilities, model.predict_frame(other), atol=TOLERANCE)
    return model, typed, other, probabilities


def test_a_graph_takes_markers_for_missing_values(rows, marked, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    from automl.export.onnx.exporting import onnx_inputs

    model, typed, other, probabilities = rows
    place = tmp_path / "marked.onnx"
    assert run(["export", str(marked), str(place), "--to", "onnx"]) == 0
    session = onnxruntime.InferenceSession(place.read_bytes(), providers=["CPUExecutionProvider"])
    formula = derive(model, "ONNX", 10**9)
    np.testing.assert_allclose(session.run(None, onnx_inputs(formula, typed))[1], probabilities, atol=TOLERANCE)
    answers = session.run(None, onnx_inputs(formula, other))[1]
    np.testing.assert_allclose(answers, model.predict_frame(other), atol=TOLERANCE)


def test_a_statement_takes_markers_for_missing_values(rows, marked, tmp_path):
    model, typed, other, probabilities = rows
    place = tmp_path / "marked.sql"
    assert run(["export", str(marked), str(place), "--to", "sql", "--table", "rows", "--keep", "at"]) == 0
    statement = place.read_text()
    np.testing.assert_allclose(in_sqlite(typed, statement), probabilities, atol=TOLERANCE)
    np.testing.assert_allclose(in_sqlite(other, statement), model.predict_frame(other), atol=TOLERANCE)


def in_sqlite(frame: pd.DataFrame, statement: str) -> list[list[float]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE rows ({', '.join(['at', *map(name, frame.columns)])})")
        cells = [(at, *row) for at, row in enumerate(database_cells(frame))]
        connection.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(cells[0]))})", cells)
        return [shares for _, _, *shares in sorted(connection.execute(statement).fetchall())]
