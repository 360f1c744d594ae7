"""What each metric means in plain words. A metric without a note is shown by its name alone."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MetricNote", "metric_note"]


@dataclass(frozen=True)
class MetricNote:
    """How to read a metric.

    Attributes
    ----------
    meaning : str
        One clause; empty for a metric that has no note.
    greater_is_better : bool or None
        None where it is not known.
    best : float or None
        The value of a perfect model; None where there is none or it is not known.
    """

    meaning: str = ""
    greater_is_better: bool | None = None
    best: float | None = None


def _gain(meaning: str) -> MetricNote:
    return MetricNote(meaning, greater_is_better=True, best=1.0)


def _loss(meaning: str) -> MetricNote:
    return MetricNote(meaning, greater_is_better=False, best=0.0)


def _pinball(level: float) -> str:
    return f"distance from the value below which {level:.0%} of the rows lie, in the target's units"


_NOTES = {
    "accuracy": _gain("share of rows whose class is predicted right"),
    "balanced_accuracy": _gain("mean over the classes of the share predicted right; every class counts the same"),
    "roc_auc": _gain("chance that a random positive row is ranked above a random negative one; 0.5 is guessing"),
    "roc_auc_ovr": _gain("mean over the classes of the ROC area of one class against the rest; 0.5 is guessing"),
    "roc_auc_ovo": _gain("mean over pairs of classes of the ROC area; 0.5 is guessing"),
    "average_precision": _gain("area under the precision-recall curve; guessing gives the positive share"),
    "average_precision_ovr": _gain("mean over the classes of the average precision of one class against the rest"),
    "top_2_accuracy": _gain("share of rows whose true class is among the two most probable"),
    "f1": _gain("harmonic mean of precision and recall of the positive class"),
    "f1_macro": _gain("mean over the classes of F1; every class counts the same"),
    "f1_micro": _gain("F1 over all rows; for one label a row the same as accuracy"),
    "f1_weighted": _gain("mean over the classes of F1, weighted by their rows"),
    "precision": _gain("share of the rows predicted positive that are positive"),
    "precision_macro": _gain("mean over the classes of the share of right ones among the rows predicted as such"),
    "top_3_accuracy": _gain("share of rows whose true class is among the three most probable"),
    "top_5_accuracy": _gain("share of rows whose true class is among the five most probable"),
    "recall": _gain("share of the positive rows that are predicted positive"),
    "matthews_corrcoef": _gain("correlation of predicted and true classes; 0 is guessing"),
    "mcc": _gain("correlation of predicted and true classes; 0 is guessing"),
    "cohen_kappa": _gain("agreement of predicted and true classes beyond chance"),
    "quadratic_kappa": _gain("agreement on ordered classes; a near miss costs less than a far one"),
    "log_loss": _loss("mean surprise at the true class, in nats; punishes confident mistakes"),
    "brier_score": _loss("mean squared error of the predicted probabilities"),
    "brier": _loss("mean squared error of the predicted probabilities"),
    "calibration_error": _loss("mean distance of predicted probabilities from observed shares"),
    "expected_calibration_error": _loss("mean distance of predicted probabilities from observed shares"),
    "rmse": _loss("square root of the mean squared error, in the target's units; large misses weigh most"),
    "mse": _loss("mean squared error, in squared units of the target"),
    "mae": _loss("mean distance of prediction and truth, in the target's units"),
    "median_absolute_error": _loss("half of the predictions miss by less than this, in the target's units"),
    "mape": _loss("mean distance of prediction and truth as a share of the truth"),
    "rmsle": _loss("root mean squared error of the logarithms; misses count as ratios"),
    "mean_poisson_deviance": _loss("distance from counts whose variance is their mean; misses count more where few"),
    "mean_gamma_deviance": _loss("distance from amounts whose spread is proportional to their mean; misses are ratios"),
    "mean_tweedie_deviance": _loss("distance from amounts that may be zero, between Poisson and gamma (power 1.5)"),
    **{f"pinball_{level}": _loss(_pinball(level)) for level in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)},
    "max_error": _loss("the largest single miss, in the target's units"),
    "r2": _gain("share of the target's variance that is explained; 0 is no better than the mean"),
    "explained_variance": _gain("share of the target's variance that is explained, apart from a constant offset"),
    "spearman": _gain("correlation of the ranks of predictions and truths"),
    "pearson": _gain("linear correlation of predictions and truths"),
}


def metric_note(name: str) -> MetricNote:
    """Return the note on the metric called ``name``; an empty one where there is none."""
    return _NOTES.get(name, MetricNote())
