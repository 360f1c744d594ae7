"""Which columns moved the predictions: Shapley values of the columns exchanged between reference rows and a batch."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl.bundle.model import Model
from automl.explanation.shapley import sampled_contributions, spread_background
from automl.explanation.subject import Subject
from automl.report.monitoring_facts import MovedFact

__all__ = ["columns_that_moved"]

_MOST_ROWS = 100


def columns_that_moved(
    model: Model, reference: pd.DataFrame, batch: pd.DataFrame, seed: int = 0
) -> tuple[tuple[MovedFact, ...], str]:
    """Share the change of the mean prediction among the columns.

    Parameters
    ----------
    model : Model
    reference, batch : DataFrame
        Typed, with every column that the model uses; those that the reference lacks are missing in both.
    seed : int

    Returns
    -------
    tuple of MovedFact, str
        The largest first, and the label whose probability moved; of several that which moved most.
    """
    subject = Subject(model)
    # Chosen evenly along their predictions, fewer rows do.
    rows = spread_background(subject, batch, _MOST_ROWS).reset_index(drop=True)
    found = sampled_contributions(subject, rows, reference, seed)
    place = int(np.abs(found.prediction.mean(axis=0) - found.base).argmax())
    values = found.values[:, :, place]
    errors = values.std(axis=0, ddof=1) / np.sqrt(len(rows)) if len(rows) > 1 else np.zeros(values.shape[1])
    facts = [
        MovedFact(str(name), float(value), float(error))
        for name, value, error in zip(rows.columns, values.mean(axis=0), errors, strict=True)
    ]
    labels = model.labels[1:] if len(model.labels) == 2 else model.labels
    return tuple(sorted(facts, key=lambda fact: -abs(fact.value))), labels[place] if labels else ""
