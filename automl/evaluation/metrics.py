"""The metrics: what each is called, which tasks it fits and which way is better."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.arguments import near_names
from automl.errors import UsageError
from automl.evaluation import classification, ranking, regression
from automl.evaluation.arrays import FloatArray, ScoreOfWeights, undefined
from automl.evaluation.mean_losses import MeanLoss
from automl.models.objectives import SQUARED_ERROR, Objective
from automl.tables.schema import Task

__all__ = ["METRICS", "Metric", "default_metric", "find_metric", "metrics_for", "nearest_metric"]

_BINARY = (Task.BINARY,)
_CLASSIFICATION = (Task.BINARY, Task.MULTICLASS)
_MULTICLASS = (Task.MULTICLASS,)
_REGRESSION = (Task.REGRESSION,)

_OF_LABELS = frozenset(
    (
        "accuracy",
        "balanced_accuracy",
        "f1",
        "f1_macro",
        "f1_weighted",
        "matthews_corrcoef",
        "precision",
        "precision_macro",
        "recall",
    )
)

#: Every class counts as much in them, however few its rows. So it does in what is for two classes alone.
_OF_EACH_CLASS = frozenset(
    (
        "average_precision_ovr",
        "balanced_accuracy",
        "f1_macro",
        "matthews_corrcoef",
        "precision_macro",
        "roc_auc_ovr",
    )
)


@dataclass(frozen=True)
class Metric:
    """A way to score predictions.

    Attributes
    ----------
    name : str
        scikit-learn's scorer name without ``neg_``; the usual short name where that is long (``rmse``, ``mae``).
    title : str
        What a report calls it.
    tasks : tuple of Task
        The tasks it fits.
    greater_is_better : bool
    optimum : float
        The value of a perfect prediction.
    prepare : callable
        Target and prediction in, a function of the row weights out.
    objective : Objective
        What models are trained by where this is to be best; of no meaning for classes, which learn by log loss.
    on_request : bool
        Whether it is told only where it was asked for: it answers one question, or needs a target of a certain kind.
    worst : float
        What no prediction is worse than; infinite where there is no such value.
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    greater_is_better: bool
    optimum: float
    prepare: Callable[[NDArray[Any], FloatArray], ScoreOfWeights]
    objective: Objective = SQUARED_ERROR
    on_request: bool = False
    worst: float = math.inf

    @property
    def of_labels(self) -> bool:
        """Whether only the predicted class counts, not its probability."""
        return self.name in _OF_LABELS

    @property
    def of_each_class(self) -> bool:
        """Whether a class of few rows decides the score as much as one of many, or more."""
        return self.tasks == _BINARY or self.name in _OF_EACH_CLASS

    def scorer(self, target: NDArray[Any], prediction: FloatArray) -> ScoreOfWeights:
        """Return the score as a function of the row weights, for when many weightings are scored.

        Parameters
        ----------
        target : array of shape (n,)
            Class codes, or numbers for regression.
        prediction : array of shape (n, n_classes) or (n,)
            Class probabilities, or numbers for regression. One that is not finite everywhere scores NaN.
        """
        if not len(target) or not np.isfinite(prediction).all():
            return undefined
        return self.prepare(target, prediction)

    def score(self, target: NDArray[Any], prediction: FloatArray, weight: FloatArray | None = None) -> float:
        """Return the score in the metric's own units; NaN where it is not defined, as an AUC with one class.

        Parameters
        ----------
        target, prediction : arrays
            As for :meth:`scorer`.
        weight : array of shape (n,), optional
            How much each row counts; without it, all rows the same.
        """
        weights = np.ones(len(target)) if weight is None else weight
        return self.scorer(target, prediction)(weights)

    def loss(self, target: NDArray[Any], prediction: FloatArray, weight: FloatArray | None = None) -> float:
        """Return how far the score is from its optimum; lower is better. Parameters as for :meth:`score`."""
        return self.to_loss(self.score(target, prediction, weight))

    def within_range(self, score: float) -> float:
        """Return the nearest value that the metric can have, for scores that were computed with; NaN stays NaN."""
        return float(np.clip(score, min(self.worst, self.optimum), max(self.worst, self.optimum)))

    def to_loss(self, score: float) -> float:
        """Turn a score into a loss: the distance from the optimum."""
        return self.optimum - score if self.greater_is_better else score - self.optimum

    def to_score(self, loss: float) -> float:
        """Turn a loss back into a score in the metric's own units."""
        return self.optimum - loss if self.greater_is_better else loss + self.optimum


_ABSOLUTE = Objective("absolute_error")
_RELATIVE = Objective("relative_error")
_LOGARITHMIC = Objective("squared_log_error")


def _gain(
    name: str,
    title: str,
    tasks: tuple[Task, ...],
    prepare: Callable[[NDArray[Any], FloatArray], ScoreOfWeights],
    worst: float = 0.0,
    *,
    on_request: bool = False,
) -> Metric:
    """Return a metric whose perfect value is 1; ``worst`` is 0 for shares, areas and what is made of them."""
    return Metric(name, title, tasks, True, 1.0, prepare, on_request=on_request, worst=worst)


def _deviance(name: str, title: str, objective: Objective) -> Metric:
    prepare = MeanLoss(regression.deviances_of(objective.power))
    return Metric(name, title, _REGRESSION, False, 0.0, prepare, objective, on_request=True)


def _pinball(level: float) -> Metric:
    title, prepare = f"Pinball loss of the {level} quantile", MeanLoss(regression.pinball_losses(level))
    return Metric(
        f"pinball_{level}", title, _REGRESSION, False, 0.0, prepare, Objective("quantile", level), on_request=True
    )


_ALL = (
    _gain("roc_auc", "ROC AUC", _BINARY, ranking.roc_auc),
    Metric("log_loss", "Log loss", _CLASSIFICATION, False, 0.0, MeanLoss(classification.log_losses)),
    _gain("average_precision", "Average precision", _BINARY, ranking.average_precision),
    _gain("accuracy", "Accuracy", _CLASSIFICATION, classification.accuracy),
    _gain("balanced_accuracy", "Balanced accuracy", _CLASSIFICATION, classification.balanced_accuracy),
    _gain("f1", "F1", _BINARY, classification.f1),
    _gain("f1_macro", "Macro F1", _MULTICLASS, classification.f1_macro),
    _gain("f1_weighted", "F1, weighted by class", _MULTICLASS, classification.f1_weighted),
    _gain("precision", "Precision", _BINARY, classification.precision),
    _gain("precision_macro", "Macro precision", _MULTICLASS, classification.precision_macro),
    _gain("recall", "Recall", _BINARY, classification.recall),
    _gain("matthews_corrcoef", "Matthews correlation", _CLASSIFICATION, classification.matthews_corrcoef, -1.0),
    Metric(
        "brier_score",
        "Brier score",
        _CLASSIFICATION,
        False,
        0.0,
        MeanLoss(classification.squared_errors),
        worst=2.0,  # Of several classes, all the probability on a wrong one; of two it is 1.
    ),
    _gain("roc_auc_ovr", "ROC AUC, one against the rest", _MULTICLASS, ranking.roc_auc_one_versus_rest),
    _gain(
        "average_precision_ovr",
        "Average precision, one against the rest",
        _MULTICLASS,
        ranking.average_precision_one_versus_rest,
        on_request=True,
    ),
    _gain("top_2_accuracy", "True class among the first 2", _MULTICLASS, classification.top_accuracy(2)),
    _gain("top_3_accuracy", "True class among the first 3", _MULTICLASS, classification.top_accuracy(3)),
    _gain("top_5_accuracy", "True class among the first 5", _MULTICLASS, classification.top_accuracy(5)),
    Metric(
        "rmse", "Root mean squared error", _REGRESSION, False, 0.0, MeanLoss(regression.squared_errors, rooted=True)
    ),
    Metric("mae", "Mean absolute error", _REGRESSION, False, 0.0, MeanLoss(regression.absolute_errors), _ABSOLUTE),
    Metric(
        "median_absolute_error",
        "Median absolute error",
        _REGRESSION,
        False,
        0.0,
        regression.median_absolute_error,
        _ABSOLUTE,
    ),
    _gain("r2", "R²", _REGRESSION, regression.r2, -math.inf),
    Metric(
        "mape",
        "Mean absolute percentage error",
        _REGRESSION,
        False,
        0.0,
        MeanLoss(regression.relative_errors),
        _RELATIVE,
    ),
    Metric(
        "rmsle",
        "Root mean squared log error",
        _REGRESSION,
        False,
        0.0,
        MeanLoss(regression.squared_log_errors, rooted=True),
        _LOGARITHMIC,
    ),
    _deviance("mean_poisson_deviance", "Mean Poisson deviance", Objective("poisson")),
    _deviance("mean_gamma_deviance", "Mean gamma deviance", Objective("gamma")),
    _deviance("mean_tweedie_deviance", "Mean Tweedie deviance of power 1.5", Objective("tweedie", 1.5)),
    *(_pinball(level) for level in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}

_OTHER_NAMES = {
    "auc": "roc_auc",
    "logloss": "log_loss",
    "mcc": "matthews_corrcoef",
    "brier": "brier_score",
    "recall_macro": "balanced_accuracy",
    "root_mean_squared_error": "rmse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "root_mean_squared_log_error": "rmsle",
    "poisson": "mean_poisson_deviance",
    "poisson_deviance": "mean_poisson_deviance",
    "gamma": "mean_gamma_deviance",
    "gamma_deviance": "mean_gamma_deviance",
    "tweedie": "mean_tweedie_deviance",
    "tweedie_deviance": "mean_tweedie_deviance",
    "pinball": "pinball_0.5",
    "mean_pinball_loss": "pinball_0.5",
}

#: What asks the same of several classes as a metric of two, and the other way round.
_OF_SEVERAL_CLASSES = {
    "roc_auc": "roc_auc_ovr",
    "average_precision": "average_precision_ovr",
    "f1": "f1_macro",
    "precision": "precision_macro",
    "recall": "balanced_accuracy",
}
_OF_TWO_CLASSES = {"f1_weighted": "f1", **{several: two for two, several in _OF_SEVERAL_CLASSES.items()}}


def find_metric(name: str) -> Metric:
    """Return the metric of a name; scikit-learn's scorer names and a few common short ones are understood too.

    Raises
    ------
    UsageError
        Where there is no such metric; the hint names the nearest.
    """
    plain = name.strip().lower().replace("-", "_").replace(" ", "_").removeprefix("neg_")
    plain = _OTHER_NAMES.get(plain, plain)
    if plain in METRICS:
        return METRICS[plain]
    near = near_names(plain, [*METRICS, *_OTHER_NAMES])
    suggestion = f"Did you mean '{_OTHER_NAMES.get(near[0], near[0])}'? " if near else ""
    raise UsageError(f"There is no metric '{name}'.", f"{suggestion}The metrics are: {', '.join(METRICS)}.")


def default_metric(task: Task) -> str:
    """Return the name of the metric that a task is optimised for unless the user says otherwise."""
    match task:
        case Task.BINARY:
            return "roc_auc"
        case Task.MULTICLASS:
            return "log_loss"
        case Task.REGRESSION:
            return "rmse"


def nearest_metric(name: str, task: Task) -> str:
    """Return the name of the metric of a task that asks most nearly for what another metric asks.

    Examples
    --------
    >>> nearest_metric("roc_auc", Task.MULTICLASS)
    'roc_auc_ovr'
    """
    for candidate in (name, _OF_SEVERAL_CLASSES.get(name), _OF_TWO_CLASSES.get(name)):
        if candidate is not None and task in METRICS[candidate].tasks:
            return candidate
    return default_metric(task)


def metrics_for(task: Task, *chosen: str | None) -> tuple[Metric, ...]:
    """Return every metric that fits a task, the usual ones first.

    Parameters
    ----------
    task : Task
    *chosen : str or None
        Names of metrics that were asked for; of those on request they alone are returned.
    """
    return tuple(metric for metric in _ALL if task in metric.tasks and (not metric.on_request or metric.name in chosen))
