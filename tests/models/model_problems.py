"""Small learnable problems as a fold hands them to a family, in the form of any of its encodings."""

from dataclasses import replace
from functools import cache

import numpy as np

from automl.models.family import FitRequest
from automl.models.registry import FAMILY_NAMES, family
from automl.tables.schema import Task

#: Keeps boosters, networks and forests short; a family takes what it knows and ignores the rest.
QUICK = {"iterations": 30, "trees": 40}

CASES = [(name, encoding) for name in FAMILY_NAMES for encoding in family(name).encodings]
TASKS = [Task.BINARY, Task.MULTICLASS, Task.REGRESSION]
CLASSES = {Task.BINARY: 2, Task.MULTICLASS: 3, Task.REGRESSION: 0}

#: Encodings that leave missing values in the matrix; the others fill them.
KEEPS_MISSING = ("native", "native_target")


def make_request(encoding, task, rows=240, seed=0, missing=False, weights=False, **changes):
    """Return a request whose target depends on the first two features and, with native encoding, on two categories.

    The second category has frequent levels and rare ones. Two thirds of the rows train. ``changes`` are fields of the
    request.
    """
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(rows, 4)).astype(np.float32)
    codes = np.column_stack([rng.integers(0, 5, rows), np.minimum(rng.geometric(0.3, rows) - 1, 7)])
    score = 2.0 * numbers[:, 0] - 1.5 * numbers[:, 1] + 1.5 * (codes[:, 0] == 2) * (codes[:, 1] < 4)
    score += 0.8 * (codes[:, 1] % 3 == 1) + 0.3 * rng.normal(size=rows)
    values, categorical = numbers, ()
    if encoding == "native":
        values, categorical = np.hstack([numbers, codes.astype(np.float32)]), (4, 5)
    elif encoding == "none":
        values = np.empty((rows, 0), dtype=np.float32)
    if missing:
        values = np.where(rng.random(values.shape) < 0.15, np.float32(np.nan), values)
    n_classes = CLASSES[task]
    target = 100.0 + 20.0 * score if not n_classes else np.argsort(np.argsort(score)) * n_classes // rows
    weight = rng.uniform(0.5, 2.0, rows) if weights else None
    cut = 2 * rows // 3
    request = FitRequest(
        values=np.ascontiguousarray(values[:cut]),
        categorical=categorical,
        target=target[:cut],
        weight=None if weight is None else weight[:cut],
        valid_values=np.ascontiguousarray(values[cut:]),
        valid_target=target[cut:],
        valid_weight=None if weight is None else weight[cut:],
        task=task,
        n_classes=n_classes,
        hyperparameters=QUICK,
        seed=seed,
    )
    return replace(request, **changes)


def without_class(request, code):
    """Return the request without the training rows of one class."""
    keep = request.target != code
    return replace(request, values=np.ascontiguousarray(request.values[keep]), target=request.target[keep])


def with_columns(request, change):
    """Return the request with both matrices changed alike."""
    return replace(request, values=change(request.values), valid_values=change(request.valid_values))


def fit(name, request):
    return family(name).implementation().fit(request)


@cache
def fitted(name, encoding, task):
    """Return a family's model of the plain problem, and the problem; fitted once, for tests that only look."""
    request = make_request(encoding, task)
    return fit(name, request), request


def assert_valid_prediction(prediction, request, rows=None):
    """Check shape, finiteness and, for classes, that a row's probabilities are probabilities."""
    rows = len(request.valid_values) if rows is None else rows
    assert prediction.shape == ((rows, request.n_classes) if request.n_classes else (rows,))
    assert np.isfinite(prediction).all()
    if request.n_classes:
        assert (prediction >= 0).all()
        np.testing.assert_allclose(prediction.sum(axis=1), 1.0, atol=1e-6)


def loss(prediction, request):
    """Return squared error or negative log likelihood on the validation rows."""
    if not request.n_classes:
        return float(np.mean((prediction - request.valid_target) ** 2))
    hit = prediction[np.arange(len(prediction)), request.valid_target]
    return float(-np.log(np.clip(hit, 1e-7, 1)).mean())
