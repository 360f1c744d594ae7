"""From a question to the answer that is sent."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.bundle.model import Prediction
from automl.errors import SchemaMismatchError, UsageError
from automl.evaluation.conformal import NumberIntervals
from automl.serving.hosting import Served
from automl.serving.questions import Question
from automl.serving.reasons import reasons
from automl.serving.refusals import UNPROCESSABLE, RefusedError

__all__ = ["answer", "answered_columns", "to_json"]


def answer(served: Served, question: Question) -> dict[str, Any]:
    """Return what is answered to a question, JSON-ready but for numbers that are not finite.

    Raises
    ------
    RefusedError
        If bounds are asked of a model that bears none at that level.
    """
    prediction = _predicted(served, question)
    columns = _columns(prediction)
    if question.level is not None:
        columns |= _bounds(served, prediction, question.level)
    if question.contributions:
        columns["reasons"] = reasons(served, question)
    return {
        "model": served.name,
        "rows": len(question.typed.frame),
        "predictions": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)],
        "unparsed": prediction.unparsed,
        "unseen": prediction.unseen,
        "extra_columns": list(question.extra_columns),
        "missing_columns": list(question.missing_columns),
    }


def answered_columns(served: Served, question: Question) -> dict[str, list[Any]]:
    """Return the predictions, and the probability of each class, by column."""
    return _columns(_predicted(served, question))


def _predicted(served: Served, question: Question) -> Prediction:
    """Return the prediction for the rows of a question, which are watched from then on."""
    prediction = served.model.predict_typed(question.typed, question.group)
    if len(question.typed.frame):
        raw = prediction.values if prediction.probabilities is None else prediction.probabilities
        served.watch.add(question.typed, raw)
    return prediction


def to_json(values: Any) -> bytes:
    """Return JSON in ASCII; what is not finite is null."""
    try:
        return json.dumps(values, allow_nan=False, separators=(",", ":")).encode()
    except ValueError:
        return json.dumps(_finite(values), allow_nan=False, separators=(",", ":")).encode()


def _finite(values: Any) -> Any:
    if isinstance(values, dict):
        return {name: _finite(value) for name, value in values.items()}
    if isinstance(values, list):
        return [_finite(value) for value in values]
    return None if isinstance(values, float) and not math.isfinite(values) else values


def _columns(prediction: Prediction) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"prediction": prediction.values.tolist()}
    if prediction.probabilities is not None:
        for place, label in enumerate(prediction.labels):
            columns[f"proba_{label}"] = prediction.probabilities[:, place].tolist()
    return columns


def _bounds(served: Served, prediction: Prediction, level: float) -> dict[str, list[Any]]:
    model = served.model
    if model.postprocessing.bounds is None:
        raise RefusedError(UNPROCESSABLE, f"The model '{served.name}' bears no intervals.", "Ask without.", "interval")
    try:
        model.bounds.check(level)
        found = model.bounded(prediction, level)
    except (SchemaMismatchError, UsageError) as error:
        raise RefusedError(UNPROCESSABLE, error.message, error.hint, "interval") from error
    if isinstance(model.bounds, NumberIntervals):
        return {"lower": found[:, 0].tolist(), "upper": found[:, 1].tolist()}
    labels: NDArray[Any] = np.array(model.labels, dtype=object)
    return {"prediction_set": [labels[row].tolist() for row in found]}
