"""scikit-learn's histogram gradient boosting."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.family import STAGES, Family, FitRequest, Integer, Real

__all__ = ["FAMILY", "TRUSTED_TYPES", "HistGradientBoostingModel", "fit", "load"]

FAMILY = Family(
    name="hist_gradient_boosting",
    title="Histogram gradient boosting",
    module=__name__,
    requires=("sklearn",),
    encodings=("native_target", "ordinal_target"),
    space={
        "learning_rate": Real(0.02, 0.15, log=True),
        "max_leaf_nodes": Integer(6, 100, log=True),
        "min_samples_leaf": Integer(4, 60, log=True),
        "l2_regularization": Real(1e-4, 10.0, log=True),
        "max_features": Real(0.3, 1.0),
    },
    suffix="skops",
)

#: Types beyond skops' own list that a saved model holds.
TRUSTED_TYPES = (
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)

_MAX_ITERATIONS = 600
_STAGES_WITHOUT_GAIN = 4


class HistGradientBoostingModel:
    """The estimator, predicting from its first trees where asked."""

    def __init__(self, estimator: Any, n_classes: int) -> None:
        self.estimator = estimator
        self.n_classes = n_classes
        self.iterations = int(estimator.n_iter_)
        self.resolved: dict[str, Any] = {}

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:
        """Return predictions or probabilities after ``iterations`` (default: all)."""
        # There is no public way to predict from the first trees alone; the list of predictors is what predict walks.
        whole = self.estimator._predictors
        try:
            self.estimator._predictors = whole[: iterations or len(whole)]
            return self._predict(values)
        finally:
            self.estimator._predictors = whole

    def _predict(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        if not self.n_classes:
            return np.asarray(self.estimator.predict(values))
        probabilities = np.zeros((len(values), self.n_classes))
        classes = np.asarray(self.estimator.classes_, dtype=np.int64)
        # Of a single class, scikit-learn still gives two columns; the first is the class's.
        probabilities[:, classes] = self.estimator.predict_proba(values)[:, : len(classes)]
        return probabilities

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the predictions after each of ``stages``."""
        return [self.predict(values, stage) for stage in stages]

    def save(self, path: Path) -> None:
        """Write the estimator through skops."""
        import skops.io

        path.write_bytes(
            skops.io.dumps({"estimator": self.estimator, "settings": json.dumps({"n_classes": self.n_classes})})
        )


def fit(request: FitRequest) -> HistGradientBoostingModel:
    """Boost from stage to stage until several stages bring nothing on the validation rows, or the time is up."""
    import sklearn.ensemble

    start = time.monotonic()
    parameters = {name: value for name, value in request.hyperparameters.items() if name in FAMILY.space}
    kind = "Classifier" if request.n_classes else "Regressor"
    estimator = getattr(sklearn.ensemble, "HistGradientBoosting" + kind)(
        early_stopping=False, warm_start=True, random_state=request.seed, **parameters
    )
    best, without_gain = np.inf, 0
    for stage in (*(stage for stage in STAGES if 12 <= stage < _MAX_ITERATIONS), _MAX_ITERATIONS):
        estimator.set_params(max_iter=stage)
        estimator.fit(request.values, request.target, sample_weight=request.weight)
        loss = _loss(HistGradientBoostingModel(estimator, request.n_classes), request)
        best, without_gain = (loss, 0) if loss < best else (best, without_gain + 1)
        elapsed = time.monotonic() - start
        out_of_time = request.seconds is not None and elapsed * 1.25 > request.seconds
        if without_gain >= _STAGES_WITHOUT_GAIN or out_of_time:
            break
    return HistGradientBoostingModel(estimator, request.n_classes)


def _loss(model: HistGradientBoostingModel, request: FitRequest) -> float:
    prediction = model.predict(request.valid_values)
    if not request.n_classes:
        return float(np.average((prediction - request.valid_target) ** 2, weights=request.valid_weight))
    hit = prediction[np.arange(len(prediction)), request.valid_target]
    return float(np.average(-np.log(np.clip(hit, 1e-7, 1.0)), weights=request.valid_weight))


def load(content: bytes) -> HistGradientBoostingModel:
    """Read a saved model; types outside our list are refused before anything is constructed."""
    import skops.io

    stored = skops.io.loads(content, trusted=list(TRUSTED_TYPES))
    return HistGradientBoostingModel(stored["estimator"], json.loads(stored["settings"])["n_classes"])
