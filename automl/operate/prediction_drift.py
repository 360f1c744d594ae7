"""The predictions of a batch beside the out-of-fold predictions of the training rows."""

from __future__ import annotations

import numpy as np

from automl.bundle.model import Model
from automl.bundle.reference import PredictionReference, significant
from automl.evaluation.arrays import FloatArray
from automl.evaluation.thresholds import decided
from automl.operate.column_drift import deciding_test, facts_of_tests
from automl.operate.drift_tests import Counts, DriftTest, level_test, number_test
from automl.report.monitoring_facts import PredictionDriftFact

__all__ = ["prediction_fact", "prediction_tests"]

_MOST_CLASSES = 10


def prediction_tests(reference: PredictionReference, predicted: FloatArray, model: Model) -> tuple[DriftTest, ...]:
    """Test predicted numbers, or each class's probability and the shares of predicted labels.

    Parameters
    ----------
    reference : PredictionReference
    predicted : array of shape (n, n_classes) or (n,)
    model : Model
    """
    if predicted.ndim == 1:
        return (number_test(reference.grids[0], significant(predicted.astype(np.float64))),)
    # Of two classes the second says it all.
    classes = range(1, 2) if predicted.shape[1] == 2 else range(min(predicted.shape[1], _MOST_CLASSES))
    return (
        level_test(np.array(reference.decided, dtype=np.int64), _decided(predicted, model)),
        *(
            number_test(reference.grids[place], significant(predicted[:, place].astype(np.float64)))
            for place in classes
        ),
    )


def prediction_fact(
    reference: PredictionReference, predicted: FloatArray, model: Model, tests: tuple[DriftTest, ...]
) -> PredictionDriftFact:
    """Return what is told of the predictions once it is decided which of their tests are alarms."""
    deciding = deciding_test(tests)
    if predicted.ndim == 1:
        now, before = {"mean": float(predicted.mean())}, {"mean": reference.grids[0].mean}
    else:
        shares = [
            np.asarray(counts) / max(sum(counts), 1) for counts in (_decided(predicted, model), reference.decided)
        ]
        now, before = (dict(zip(model.labels, map(float, share), strict=True)) for share in shares)
    return PredictionDriftFact(
        alarm=any(test.alarm for test in tests),
        effect=deciding.effect,
        test=deciding.name,
        p_value=deciding.p_value,
        psi=next((test.psi for test in tests if test.psi is not None), None),
        now=now,
        before=before,
        tests=facts_of_tests(tests),
    )


def _decided(predicted: FloatArray, model: Model) -> Counts:
    chosen = decided(predicted, model.postprocessing.threshold_value).argmax(axis=1)
    return np.bincount(chosen, minlength=predicted.shape[1])
