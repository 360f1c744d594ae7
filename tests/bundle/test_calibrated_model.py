"""A model file with a calibration answers calibrated probabilities, and its golden rows prove it."""

import json

import numpy as np
import pytest
from model_files import forge, make_frame, members_of

from automl.bundle import load_model
from automl.errors import ModelFileError
from automl.evaluation.calibration import Calibration
from automl.evaluation.isotonic import RisingCurve
from automl.evaluation.postprocessing import Postprocessing
from automl.tables import Task

SIGMOID = Calibration("sigmoid", 0.6, -0.4)
CURVE = Calibration("isotonic", 1.0, curve=RisingCurve((-2.0, -0.5, 1.0), (-3.5, -1.5, 0.25)))


def with_calibration(content, calibration, *, golden):
    """Return the model file with a calibration, and golden rows that know of it or not."""
    changes = {"postprocessing.json": json.dumps(Postprocessing(calibration=calibration).to_dict()).encode()}
    if golden:
        rows = json.loads(members_of(content)["golden.json"])
        rows["expected"] = calibration.applied(np.array(rows["expected"])).tolist()
        changes["golden.json"] = json.dumps(rows).encode()
    return forge(content, changes)


@pytest.mark.parametrize("calibration", [SIGMOID, CURVE], ids=lambda each: each.method)
def test_probabilities_and_labels_are_those_after_calibration(binary, tmp_path, calibration):
    calibrated = tmp_path / "calibrated.automl"
    calibrated.write_bytes(with_calibration(binary.content, calibration, golden=True))
    rows = make_frame(Task.BINARY, rows=200, seed=9)
    raw, model = load_model(binary.path).predict_proba(rows), load_model(calibrated)
    assert model.postprocessing.calibration is not None
    assert model.postprocessing.calibration.curve == calibration.curve
    answered = model.predict_proba(rows)
    assert answered == pytest.approx(calibration.applied(raw))
    assert np.abs(answered - raw).max() > 0.05
    assert list(model.predict(rows)) == ["yes" if share >= 0.5 else "no" for share in answered[:, 1]]


def test_a_calibration_that_was_put_in_later_is_found_by_the_golden_rows(binary, tmp_path):
    forged = tmp_path / "forged.automl"
    forged.write_bytes(with_calibration(binary.content, SIGMOID, golden=False))
    with pytest.raises(ModelFileError, match="predicts other values"):
        load_model(forged).predict_proba(make_frame(Task.BINARY, rows=5))
