"""Which columns matter: permutation importance on validation rows, beside random probe columns.

Breiman's permutation importance (2001), measured on rows the model has not seen; a column counts as useful where its
importance exceeds that of columns made of noise (after Stoppiglia et al. 2003).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from automl.models.family import FitRequest, FittedModel, Implementation

__all__ = ["ColumnRank", "rank_columns", "summarise_ranks"]

PROBES = 3
_PROBE = "\0probe"
_REPEATS = 3
_ROWS = 4_000


@dataclass(frozen=True)
class ColumnRank:
    """A column's mean importance over folds, its spread (None of one fold), and whether it beats the probes."""

    name: str
    importance: float
    spread: float | None
    useful: bool


def rank_columns(request: FitRequest, sources: tuple[str, ...], implementation: Implementation) -> dict[str, float]:
    """Fit with probe columns added, then measure how much the loss grows when a column's values are shuffled.

    Parameters
    ----------
    sources : tuple of str
        The original column of each feature; features of one column are shuffled together.

    Returns
    -------
    dict
        Loss increase per column (relative to the loss), and the probes' under names that no column can have.
    """
    generator = np.random.default_rng(request.seed)
    probes = generator.standard_normal((len(request.values) + len(request.valid_values), PROBES)).astype(np.float32)
    fitted = replace(
        request,
        values=np.hstack([request.values, probes[: len(request.values)]]),
        valid_values=np.hstack([request.valid_values, probes[len(request.values) :]]),
        monotone=(),
    )
    model = implementation.fit(fitted)
    rows = generator.permutation(len(fitted.valid_values))[:_ROWS]
    watched = replace(
        fitted,
        valid_values=fitted.valid_values[rows],
        valid_target=fitted.valid_target[rows],
        valid_weight=None if fitted.valid_weight is None else fitted.valid_weight[rows],
    )
    groups: dict[str, list[int]] = {}
    for feature, source in enumerate((*sources, *(f"{_PROBE}{number}" for number in range(PROBES)))):
        groups.setdefault(source, []).append(feature)
    base = watched.validation_loss(model.predict(watched.valid_values))
    scale = max(abs(base), 1e-12)
    return {
        source: float(
            np.mean([_shuffled_loss(model, watched, features, generator) - base for _ in range(_REPEATS)]) / scale
        )
        for source, features in groups.items()
    }


def summarise_ranks(folds: list[Mapping[str, float]]) -> tuple[ColumnRank, ...]:
    """Combine the importances of several folds, most important first.

    A column is useful where its mean importance is positive and above the probes' largest mean.
    """
    names = list(dict.fromkeys(name for fold in folds for name in fold))
    table = {name: np.array([fold.get(name, 0.0) for fold in folds]) for name in names}
    threshold = max([0.0, *(float(values.mean()) for name, values in table.items() if name.startswith(_PROBE))])
    ranks = [
        ColumnRank(name, float(values.mean()), _spread(values), bool(values.mean() > threshold))
        for name, values in table.items()
        if not name.startswith(_PROBE)
    ]
    return tuple(sorted(ranks, key=lambda rank: (-rank.importance, rank.name)))


def _spread(values: NDArray[np.float64]) -> float | None:
    return float(values.std()) if len(values) > 1 else None


def _shuffled_loss(
    model: FittedModel, watched: FitRequest, features: list[int], generator: np.random.Generator
) -> float:
    values = watched.valid_values
    changed = values.copy()
    order = generator.permutation(len(values))
    changed[:, features] = values[order][:, features]
    return watched.validation_loss(model.predict(changed))
