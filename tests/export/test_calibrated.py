"""However probabilities are calibrated, every form says the calibrated ones: each holds itself against the model."""

import json
from itertools import pairwise

import numpy as np
import pytest

from automl.bundle import load_model, read_golden
from automl.evaluation.calibration import Calibration
from automl.evaluation.isotonic import RisingCurve
from automl.evaluation.postprocessing import Postprocessing
from automl.export.checking import trial_rows
from automl.export.deriving import derive
from automl.export.formula import described
from automl.export.program import formula_in, scored
from automl.export.sql.exporting import sql_of

FOR_TWO = (
    Calibration("temperature", 1.7),
    Calibration("sigmoid", 0.6, -0.4),
    Calibration("isotonic", 1.0, curve=RisingCurve((-1.5, -0.2, 1.0), (-2.0, -1.0, 1.5))),
    Calibration("isotonic", 1.0, curve=RisingCurve((0.3,), (0.1,))),
)


def calibrated(path, calibration):
    model, golden = load_model(path), read_golden(path)
    # With the calibration of its own it is held against its golden rows once.
    model.predict(golden)
    model.postprocessing = Postprocessing(calibration=calibration)
    return model, golden


def assert_said(model, golden):
    """Check that a formula that was written down says what the model does, and something else than before."""
    formula = formula_in(json.dumps(described(derive(model, "a script", 10**6))))
    rows = trial_rows(formula, golden)
    ours = [list(answer.values())[1:] for answer in scored(formula, rows.cells.to_dict("records"))]
    np.testing.assert_allclose(ours, model.predict_proba(rows), rtol=1e-9, atol=1e-12)
    plain = model.predict_proba(rows)
    model.postprocessing = Postprocessing()
    assert np.abs(plain - model.predict_proba(rows)).max() > 0.01


@pytest.mark.parametrize("calibration", FOR_TWO)
def test_probabilities_of_two_labels_are_calibrated(churn, calibration):
    assert_said(*calibrated(churn, calibration))


def test_probabilities_of_three_labels_are_calibrated(wine):
    assert_said(*calibrated(wine, Calibration("temperature", 2.5)))


@pytest.mark.parametrize(("name", "calibration"), [*(("churn", each) for each in FOR_TWO), ("wine", FOR_TWO[0])])
def test_a_statement_says_calibrated_probabilities(name, calibration, request):
    model, golden = calibrated(request.getfixturevalue(name), calibration)
    assert "automl_calibrated" in sql_of(model, golden, "rows")


@pytest.mark.parametrize(("name", "calibration"), [*(("churn", each) for each in FOR_TWO), ("wine", FOR_TWO[0])])
def test_a_graph_says_calibrated_probabilities(name, calibration, request):
    pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    from automl.export.onnx.exporting import onnx_of

    assert len(onnx_of(*calibrated(request.getfixturevalue(name), calibration))) > 1000


def test_an_order_of_probabilities_stays(churn):
    model, _ = calibrated(churn, FOR_TWO[2])
    formula = derive(model, "a script", 10**6)
    steps = [formula.calibration.applied([1 - each, each])[1] for each in np.linspace(0.001, 0.999, 200)]
    assert all(below < above for below, above in pairwise(steps))
