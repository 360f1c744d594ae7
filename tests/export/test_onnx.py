"""``automl export --to onnx``: ONNX Runtime answers what automl predicts."""

import numpy as np
import pytest

from automl.bundle import load_model, read_golden
from automl.cli.run import run
from automl.export.checking import trial_rows
from automl.export.deriving import derive
from automl.export.formula import Boosted, Tree
from automl.export.modelling import used_features
from automl.export.terms import Lookup


def test_without_onnx_what_to_type_is_said(wine, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("automl.export.onnx.exporting.not_installed", lambda names: tuple(names))
    assert run(["export", str(wine), str(tmp_path / "wine.onnx"), "--to", "onnx"]) == 2
    assert "pip install 'automl-cli[onnx]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_splits_by_categories_become_splits_of_numbers():
    from automl.export.formula import Formula, Member
    from automl.export.onnx.splitting import without_category_splits

    codes = Lookup("plan", ("a", "b", "c"), (0.0, 1.0, 2.0), None, 3.0)
    tree = Tree((1, -1, -1), (0, 0, 0), (0.0, 0.0, 0.0), (1, 0, 0), ((), (1.0,), (2.0,)), {"0": (1, 3)})
    other = Tree((1, -1, -1), (0, 0, 0), (1.5, 0.0, 0.0), (0, 0, 0), ((), (4.0,), (8.0,)), {})
    before = Formula((), ("x", "y"), None, ((codes,),), (Member(1.0, 0, Boosted((tree, other), 1, None)),), None)
    after = without_category_splits(before)
    for plan in ("a", "b", "c", "new", None):
        assert after.predict({"plan": plan}) == before.predict({"plan": plan})
    assert not any(each.codes for each in after.members[0].model.trees)
    assert used_features(after.members[0].model) == {0, 1}


@pytest.mark.parametrize(
    "name",
    [
        *("churn", "bikes", "wine", "boosted", "boosted_by_xgboost", "wine_by_xgboost", "symmetric", "symmetric_bikes"),
        *("symmetric_wine", "twins"),
    ],
)
def test_a_graph_answers_what_automl_predicts(name, request, tmp_path):
    pytest.importorskip("onnx", reason="ONNX is not installed")
    onnxruntime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    from automl.export.onnx.exporting import TOLERANCE, onnx_inputs

    path, place = request.getfixturevalue(name), tmp_path / "model.onnx"
    assert run(["export", str(path), str(place), "--to", "onnx"]) == 0
    model = load_model(path)
    formula = derive(model, "ONNX", 10**9)
    rows = trial_rows(formula, read_golden(path))
    expected = model.predict_table(rows)
    session = onnxruntime.InferenceSession(place.read_bytes(), providers=["CPUExecutionProvider"])
    answers = session.run(None, onnx_inputs(formula, model.read(rows).frame))
    assert len(expected.values) > 50
    if expected.probabilities is None:
        np.testing.assert_allclose(answers[0][:, 0], expected.values, rtol=TOLERANCE, atol=TOLERANCE)
    else:
        np.testing.assert_allclose(answers[1], expected.probabilities, atol=TOLERANCE)
        near = np.abs(np.diff(np.sort(expected.probabilities, axis=1)[:, -2:])[:, 0]) < TOLERANCE
        assert (near | (answers[0] == expected.values)).all()


def test_dates_have_the_parts_that_automl_finds():
    pytest.importorskip("onnx", reason="ONNX is not installed")
    onnxruntime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    from automl.export.onnx.dates import MISSING, Calendar
    from automl.export.onnx.graph import Graph
    from automl.export.terms import DatePart

    parts = ("days", "year", "month", "day", "day of year", "weekday", "hour", "minute of day", "month, sine")
    parts += ("weekday, cosine", "minute of day, sine")
    graph = Graph()
    calendar = Calendar(graph)
    column = graph.input("date", "moment")
    for part in parts:
        graph.output(f"part {part}", calendar.part(DatePart("date", part), column), "double", 1)
    moments = np.arange(
        np.datetime64("1899-12-25T00:00", "us"), np.datetime64("2104-03-05"), np.timedelta64(31_177, "m")
    )
    ends = np.array(
        ["2000-02-29T23:59:59.999999", "1900-02-28", "1900-03-01", "2100-12-31", "1970-01-01"], "datetime64[us]"
    )
    values = np.concatenate([moments, ends]).astype(np.int64)
    session = onnxruntime.InferenceSession(graph.model("dates").SerializeToString())
    answers = session.run(None, {"date": np.append(values, MISSING)[:, None]})
    for part, answer in zip(parts, answers, strict=True):
        known = [DatePart("date", part).value({"date": int(each)}) for each in values]
        np.testing.assert_allclose(answer[:-1, 0], known, rtol=1e-12, atol=1e-12)
        assert np.isnan(answer[-1, 0])


def test_a_column_that_is_called_as_an_output_is_refused(named_as_outputs, tmp_path, capsys):
    pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    assert run(["export", str(named_as_outputs), str(tmp_path / "model.onnx"), "--to", "onnx"]) == 2
    assert "the column 'prediction' has the name of what the graph gives out" in capsys.readouterr().err


def test_columns_may_be_called_as_what_a_graph_computes_in_between():
    pytest.importorskip("onnx", reason="ONNX is not installed")
    onnxruntime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    from automl.export.onnx.graph import Graph

    graph = Graph()
    given = [graph.input(name, "double") for name in ("constant_1", "add_2", "add_3")]
    total = graph.double(1.0)
    for name in given:
        total = graph.node("Add", [total, name])
    graph.output("prediction", total, "double", 1)
    session = onnxruntime.InferenceSession(graph.model("sum").SerializeToString())
    assert session.run(None, {name: np.full((2, 1), 10.0) for name in given})[0].tolist() == [[31.0], [31.0]]
