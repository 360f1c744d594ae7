"""What a model file keeps beside its models: calibration, bounds for its predictions, the threshold that decides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.calibration import Calibration, learn_calibration
from automl.evaluation.conformal import GroupScores, LabelSets, NumberIntervals, learn_intervals, learn_sets
from automl.evaluation.coverage import Coverage, GroupCoverage, cross_validated_coverage
from automl.evaluation.metrics import METRICS
from automl.evaluation.thresholds import Costs, Threshold, Wanted, learn_threshold

__all__ = ["Postprocessing", "RowGroups", "learn_postprocessing"]

MOST_ROWS = 50_000
"""Of more rows so many are drawn: they tell bounds to a fraction of a percent, in a fraction of a second."""


@dataclass(frozen=True)
class RowGroups:
    """What rows are told apart by.

    Attributes
    ----------
    column : str
    of_rows : array of str, shape (n_rows,)
        Its value in each row; None where there is none.
    """

    column: str
    of_rows: NDArray[Any]

    def take(self, rows: NDArray[np.int64]) -> RowGroups:
        """Return the groups of some rows."""
        return RowGroups(self.column, self.of_rows[rows])


@dataclass(frozen=True)
class Postprocessing:
    """What is learned from out-of-fold predictions and applied to new ones.

    Attributes
    ----------
    intervals : NumberIntervals or None
        Of a regression; None where the rows were too few.
    sets : LabelSets or None
        Of a classification; None where the rows were too few.
    coverage : Coverage or None
        How often the bounds held on rows that they were not learned from.
    threshold : Threshold or None
        From which probability the positive class of two is predicted; None for one half.
    calibration : Calibration or None
        How class probabilities are changed first, so that all of the above is about changed ones; None for not at all.
    interval_by : str or None
        The column whose values have bounds of their own.
    """

    intervals: NumberIntervals | None = None
    sets: LabelSets | None = None
    coverage: Coverage | None = None
    threshold: Threshold | None = None
    calibration: Calibration | None = None
    interval_by: str | None = None

    def calibrated(self, prediction: FloatArray) -> FloatArray:
        """Return what the model answers to a raw prediction of its members."""
        return prediction if self.calibration is None else self.calibration.applied(prediction)

    @property
    def bounds(self) -> NumberIntervals | LabelSets | None:
        """Whichever of both there is."""
        return self.intervals or self.sets

    @property
    def threshold_value(self) -> float | None:
        """The threshold's value; None for one half."""
        return None if self.threshold is None else self.threshold.value

    def to_dict(self) -> dict[str, Any]:
        """Return what predicting needs as JSON-ready values."""
        calibration = None if self.calibration is None else self.calibration.to_dict()
        return {**asdict(self), "calibration": calibration}

    def summary(self) -> dict[str, Any]:
        """Return what a person wants to know of it as JSON-ready values."""
        return {
            "interval_by": self.interval_by,
            "coverage": None if self.coverage is None else asdict(self.coverage),
            "threshold": None if self.threshold is None else asdict(self.threshold),
            "calibration": None if self.calibration is None else self.calibration.summary(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Postprocessing:
        """Rebuild it from JSON values.

        Raises
        ------
        KeyError, TypeError, ValueError
            If something is missing, of another type or out of range.
        """
        intervals, sets, coverage = (values.get(name) for name in ("intervals", "sets", "coverage"))
        threshold, calibration = values.get("threshold"), values.get("calibration")
        return cls(
            intervals=None if intervals is None else _intervals(intervals),
            sets=None if sets is None else LabelSets(_rows(sets), _rising(sets["scores"]), _own(sets)),
            coverage=None if coverage is None else _coverage(coverage),
            threshold=None if threshold is None else _threshold(threshold),
            calibration=None if calibration is None else Calibration.from_dict(calibration),
            interval_by=_name(values.get("interval_by")),
        )


def learn_postprocessing(
    target: NDArray[Any],
    prediction: FloatArray,
    metric: str,
    weight: FloatArray | None = None,
    goal: Costs | Wanted | None = None,
    seed: int = 0,
    group: RowGroups | None = None,
    together: NDArray[Any] | None = None,
) -> Postprocessing:
    """Learn calibration, bounds, and for two classes a threshold, from out-of-fold predictions.

    Parameters
    ----------
    target : array of shape (n,)
        Class codes or numbers.
    prediction : array of shape (n, n_classes) or (n,)
        For rows that the models were not fitted to.
    metric : str
        What the model was made for; a threshold is chosen where it counts labels.
    weight : array of shape (n,), optional
        How much each row counts for the threshold; bounds hold for rows as they come.
    goal : Costs or Wanted, optional
        What the threshold is chosen by instead.
    seed : int
    group : RowGroups, optional
        Rows of each group get bounds of their own.
    together : array of shape (n,), optional
        Rows with equal values are not independent of each other: copies of one row, rows of one person.
    """
    made = Postprocessing()
    if prediction.ndim == 2:
        keep_labels = METRICS[metric].of_labels
        calibration = learn_calibration(target, prediction, weight, keep_labels=keep_labels, seed=seed, groups=together)
        made = Postprocessing(calibration=calibration)
        prediction = made.calibrated(prediction)
    threshold = None
    if prediction.ndim == 2 and prediction.shape[1] == 2:
        threshold = learn_threshold(target, prediction[:, 1], metric, weight, goal, seed, together)
    of_rows, by = (None, None) if group is None else (group.of_rows, group.column)
    if len(target) > MOST_ROWS:
        drawn = np.random.default_rng(seed).choice(len(target), MOST_ROWS, replace=False)
        target, prediction = target[drawn], prediction[drawn]
        of_rows, together = (None if each is None else each[drawn] for each in (of_rows, together))
    coverage = cross_validated_coverage(target, prediction, seed=seed, group=of_rows, together=together)
    if coverage is not None and by is not None:
        made = replace(made, interval_by=by)
        coverage = replace(coverage, by=by)
    made = replace(made, coverage=coverage, threshold=threshold)
    if prediction.ndim == 1:
        return replace(made, intervals=learn_intervals(target, prediction, seed, of_rows, together))
    return replace(made, sets=learn_sets(target, prediction, of_rows))


def _threshold(values: Mapping[str, Any]) -> Threshold:
    value = float(values["value"])
    if not 0 <= value <= 1:
        raise ValueError(f"a probability is expected, not {value!r}")
    curve = tuple((float(cut), float(score)) for cut, score in values.get("curve", ()))
    goals = {
        name: made(**values[name])
        for name, made in (("costs", Costs), ("wanted", Wanted))
        if values.get(name) is not None
    }
    return Threshold(**{**values, "value": value, "curve": curve, **goals})


def _intervals(values: Mapping[str, Any]) -> NumberIntervals:
    knots, sizes = _rising(values["knots"]), _numbers(values["sizes"])
    if len(knots) != len(sizes) or min(sizes) <= 0:
        raise ValueError("sizes that do not fit their knots")
    return NumberIntervals(knots, sizes, _rows(values), _rising(values["scores"]), _own(values))


def _own(values: Mapping[str, Any]) -> tuple[GroupScores, ...]:
    return tuple(
        GroupScores(str(each["group"]), _rows(each), _rising(each["scores"])) for each in values.get("own", ())
    )


def _coverage(values: Mapping[str, Any]) -> Coverage:
    groups = tuple(GroupCoverage(**each) for each in values.get("by_group", ()))
    tenths, classes = tuple(values.get("by_tenth", ())), tuple(values.get("by_class", ()))
    return Coverage(**{**values, "by_tenth": tenths, "by_group": groups, "by_class": classes})


def _name(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"a column's name is expected, not {value!r}")
    return value


def _rows(values: Mapping[str, Any]) -> int:
    rows = values["rows"]
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < len(values["scores"]):
        raise ValueError(f"a number of rows is expected, not {rows!r}")
    return rows


def _numbers(values: Any) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if not numbers or not all(map(math.isfinite, numbers)):
        raise ValueError("finite numbers are expected")
    return numbers


def _rising(values: Any) -> tuple[float, ...]:
    numbers = _numbers(values)
    if np.any(np.diff(numbers) < 0):
        raise ValueError("numbers in rising order are expected")
    return numbers
