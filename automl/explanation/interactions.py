"""Which two columns the model uses together, rather than one beside the other.

Source: Friedman and Popescu, "Predictive learning via rule ensembles", Annals of Applied Statistics 2, 2008 (the
H-statistic).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from automl.explanation.subject import FloatArray, Subject
from automl.report.behaviour_facts import Interaction

__all__ = ["interactions_between"]

# Below this share of the predictions' variance a joint effect is too small to tell its parts apart.
_LEAST_EFFECT = 0.005


def interactions_between(
    subject: Subject, rows: pd.DataFrame, names: tuple[str, ...], outcome: int
) -> tuple[Interaction, ...]:
    """Return the pairs of columns by the strength of their interaction, strongest first.

    Parameters
    ----------
    subject : Subject
    rows : DataFrame of shape (n_rows, n_columns)
        Typed rows; each pair takes the square of their number in predictions.
    names : tuple of str
    outcome : int
    """
    spread = float(subject.outcomes(rows)[:, outcome].var())
    alone = {name: _partial(subject, rows, (name,), outcome) for name in names}
    found = []
    for first, second in combinations(names, 2):
        joint = _partial(subject, rows, (first, second), outcome)
        effect = float((joint**2).mean())
        if effect > _LEAST_EFFECT * spread:
            rest = float(((joint - alone[first] - alone[second]) ** 2).mean())
            found.append(Interaction((first, second), min(1.0, rest / effect)))
    return tuple(sorted(found, key=lambda each: -each.share))


def _partial(subject: Subject, rows: pd.DataFrame, names: tuple[str, ...], outcome: int) -> FloatArray:
    """Return the partial dependence at each row's own values of some columns, centred."""
    count = len(rows)
    every = rows.take(np.tile(np.arange(count), count)).reset_index(drop=True)
    own = rows.take(np.repeat(np.arange(count), count)).reset_index(drop=True)
    predicted = subject.outcomes(every.assign(**{name: own[name] for name in names}))[:, outcome]
    means = predicted.reshape(count, count).mean(axis=1)
    return np.asarray(means - means.mean())
