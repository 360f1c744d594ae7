"""Can a classifier tell a batch from training rows: drift that no single column shows.

Source: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", ICLR 2017. Its out-of-fold AUC is tested by the
normal approximation of the Mann-Whitney statistic, made wider: rows that train for each other are not independent
(Noirhomme et al., "Biased binomial assessment of cross-validated estimation of classification accuracies", NeuroImage:
Clinical 4, 2014).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.reference import ColumnReference
from automl.evaluation.intervals import bootstrap_interval
from automl.evaluation.metrics import METRICS
from automl.preparation.checks.column_values import values_of
from automl.report.monitoring_facts import DomainFact

__all__ = ["FEWEST_ROWS", "tell_apart"]

FEWEST_ROWS = 50
_LEVEL = 0.01
_MATTERS = 0.55
#: Among 60 pairs of equal samples of 100 and 300 rows with 3 and 15 columns the AUC had 1.3 to 1.5 times the spread
#: that independent rows give it, among 30 of 1,000 rows 1.1 to 1.2 times.
_WIDER = 1.5
_FOLDS = 5
_ROUNDS = 40
_REPLICATES = 200
_MOST_TOLD = 3


def tell_apart(
    reference: pd.DataFrame, batch: pd.DataFrame, columns: Sequence[ColumnReference], seed: int = 0
) -> DomainFact | None:
    """Learn to tell a batch from reference rows; None where either has too few rows, or there is nothing to see.

    Parameters
    ----------
    reference, batch : DataFrame
        Typed.
    columns : sequence of ColumnReference
        Those to learn from, which both have.
    seed : int
    """
    rows = min(len(reference), len(batch))
    if rows < FEWEST_ROWS or not columns:
        return None
    generator = np.random.default_rng(seed)
    parts = [each.iloc[generator.choice(len(each), rows, replace=False)] for each in (reference, batch)]
    values = np.column_stack([np.concatenate([_coded(part[each.name], each) for part in parts]) for each in columns])
    is_batch = np.repeat([0, 1], rows)
    folds = np.concatenate([generator.permutation(rows) % _FOLDS for _ in parts])
    answers, gains = _out_of_fold(values, is_batch, folds, seed)
    metric, prediction = METRICS["roc_auc"], np.column_stack([1 - answers, answers])
    auc = metric.score(is_batch, prediction)
    low, high = bootstrap_interval(is_batch, prediction, metric, replicates=_REPLICATES, seed=seed)
    spread = _WIDER * math.sqrt((2 * rows + 1) / (12 * rows * rows))
    p_value = 1 - NormalDist().cdf((auc - 0.5) / spread)
    order = np.argsort(-gains, kind="stable")[:_MOST_TOLD]
    telling = tuple(columns[place].name for place in order.tolist() if gains[place] > 0)
    return DomainFact(bool(p_value < _LEVEL and auc >= _MATTERS), auc, (low, high), p_value, rows, telling)


def _coded(cells: pd.Series, column: ColumnReference) -> NDArray[np.float64]:
    """Return cells as numbers; levels by their place among the stored ones, all others and missing ones as -1."""
    if column.levels or column.others:
        places = {level: place for place, level in enumerate(column.levels)}
        return np.asarray(cells.map(places).fillna(-1), dtype=np.float64)
    return np.asarray(values_of(cells).array, dtype=np.float64)


def _out_of_fold(
    values: NDArray[np.float64], is_batch: NDArray[np.int64], folds: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each row's probability of being of the batch, and how much each column told."""
    import lightgbm

    parameters = {
        "objective": "binary",
        "learning_rate": 0.1,
        "num_leaves": 8,
        "min_data_in_leaf": 20,
        "lambda_l2": 1.0,
        "num_threads": 1,
        "seed": seed,
        "deterministic": True,
        "verbose": -1,
    }
    answers, gains = np.zeros(len(values)), np.zeros(values.shape[1])
    for fold in range(_FOLDS):
        inside = folds == fold
        data = lightgbm.Dataset(values[~inside], is_batch[~inside], params={"verbose": -1})
        booster = lightgbm.train(parameters, data, _ROUNDS)
        answers[inside] = booster.predict(values[inside])
        gains += booster.feature_importance("gain")
    return answers, gains
