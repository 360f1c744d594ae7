"""Regularised linear models: multinomial logistic regression and ridge regression."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.arrays import TargetScale, product_of_rows, read_arrays, to_probabilities, write_arrays
from automl.models.family import Family, FitRequest, Real
from automl.models.mapped_rows import MappedBytes

__all__ = ["FAMILY", "LinearModel", "fit", "load"]

FAMILY = Family(
    name="linear",
    title="Regularised linear model",
    module=__name__,
    requires=("sklearn",),
    encodings=("onehot_scaled",),
    space={"penalty": Real(1e-5, 10.0, log=True, default=0.01)},
    quick=True,
    monotone=True,
    mapped=MappedBytes(row=32, cell=9, score=24),
)


class LinearModel:
    """Coefficients and intercepts; log-odds for classes, standardised target for regression."""

    iterations = 0

    def __init__(
        self, coefficients: NDArray[np.float64], intercept: NDArray[np.float64], scale: TargetScale | None
    ) -> None:
        self.coefficients = coefficients
        self.intercept = intercept
        self.scale = scale
        self.resolved: dict[str, Any] = {}

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:  # noqa: ARG002
        """Return predictions or probabilities."""
        raw = product_of_rows(values, self.coefficients.T.astype(np.float64)) + self.intercept
        return to_probabilities(raw) if self.scale is None else self.scale.invert(raw[:, 0])

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the prediction for each stage."""
        return [self.predict(values) for _ in stages]

    def contributions(self, values: NDArray[np.float32], iterations: int) -> NDArray[np.float64]:  # noqa: ARG002
        """Return what each feature adds to a number, or to the log-odds of the second of two classes.

        The last column is what all start from.
        """
        if self.scale is None:
            slopes, start = self.coefficients[1] - self.coefficients[0], self.intercept[1] - self.intercept[0]
        else:
            slopes, start = self.coefficients[0], self.intercept[0]
        added = np.hstack([values * slopes, np.full((len(values), 1), start)])
        return added if self.scale is None else self.scale.invert_contributions(added)

    def save(self, path: Path) -> None:
        """Write coefficients and intercepts."""
        scale = [] if self.scale is None else self.scale.numbers
        write_arrays(
            path, coefficients=self.coefficients, intercept=self.intercept, scale=np.array(scale, dtype=np.float64)
        )


def fit(request: FitRequest) -> LinearModel:
    """Fit by L-BFGS (classes) or a direct solver (regression); ``penalty`` is the L2 penalty per training row.

    Where predictions must be monotone in a feature, one whose coefficient has the wrong sign is left out.
    """
    model = _fit_freely(request)
    while request.monotone and (wrong := model.coefficients[-1] * np.array(request.monotone) < 0).any():
        # The penalty leaves the coefficient of a feature that is zero everywhere at zero.
        request = replace(request, values=np.where(wrong, np.float32(0), request.values))
        model = _fit_freely(request)
    return model


def _fit_freely(request: FitRequest) -> LinearModel:
    penalty = float(request.hyperparameters.get("penalty", 0.01))
    rows = len(request.target)
    if request.n_classes:
        return _fit_classes(request, penalty)
    scale = TargetScale.of(request.target, request.hyperparameters, request.objective)
    if request.objective.of_logarithm:
        return _fit_mean_logarithm(request, penalty, scale)
    from sklearn.linear_model import Ridge

    target = scale.apply(request.target)
    model = Ridge(alpha=max(penalty * rows, 1e-6))
    model.fit(request.values, target, sample_weight=request.weight)
    intercept = float(model.intercept_)
    if request.objective.level is not None:
        # Least squares find the slopes; a quantile of what they leave is where absolute errors are lowest.
        intercept += request.objective.best_constant(target - model.predict(request.values))
    return LinearModel(np.atleast_2d(model.coef_), np.array([intercept]), scale)


def _fit_mean_logarithm(request: FitRequest, penalty: float, scale: TargetScale) -> LinearModel:
    """Fit a generalised linear model with a logarithmic link (Nelder and Wedderburn 1972)."""
    from sklearn.linear_model import TweedieRegressor

    model = TweedieRegressor(power=request.objective.power, link="log", alpha=penalty, max_iter=200, tol=1e-3)
    model.fit(request.values, scale.apply(request.target), sample_weight=request.weight)
    return LinearModel(np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_), scale)


def _fit_classes(request: FitRequest, penalty: float) -> LinearModel:
    from sklearn.linear_model import LogisticRegression

    present = np.unique(request.target)
    features = request.values.shape[1]
    coefficients = np.zeros((request.n_classes, features))
    intercept = np.full(request.n_classes, -30.0)
    if len(present) == 1:
        intercept[present] = 0.0
        return LinearModel(coefficients, intercept, None)
    model = LogisticRegression(C=1.0 / max(penalty * len(request.target), 1e-9), max_iter=200, tol=1e-3)
    model.fit(request.values, request.target, sample_weight=request.weight)
    if len(present) == 2:
        coefficients[present[1]], intercept[present[1]] = model.coef_[0], model.intercept_[0]
        intercept[present[0]] = 0.0
    else:
        coefficients[present], intercept[present] = model.coef_, model.intercept_
    return LinearModel(coefficients, intercept, None)


def load(content: bytes) -> LinearModel:
    """Read a saved linear model."""
    arrays = read_arrays(content)
    scale = TargetScale(*arrays["scale"].tolist()) if len(arrays["scale"]) else None
    return LinearModel(arrays["coefficients"], arrays["intercept"], scale)
