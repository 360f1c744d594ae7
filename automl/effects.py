"""How the fitted model's predictions follow its columns, as far as the budget leaves time to look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from automl.bundle import load_model
from automl.explanation.behaviour import behaviour_within
from automl.explanation.importance import importance_within, row_groups
from automl.explanation.subject import Subject
from automl.findings import Finding, personal_columns
from automl.preparation.prepare import PreparedData
from automl.report.facts import ReportFacts
from automl.tables import Table

__all__ = ["rows_to_show", "with_effects"]

_MOST_ROWS = 1_000
_FEWEST_ROWS = 100
_MOST_CELLS = 1_000_000
# What a model file takes to read and check: libraries to import, and then as its size is.
_SECONDS_TO_LOAD = 1.0
_BYTES_A_SECOND = 25_000_000


def rows_to_show(table: Table, prepared: PreparedData, seed: int) -> Table:
    """Draw rows with a target, a thousand at most, fewer of very wide tables."""
    most = min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_CELLS // max(table.cells.shape[1], 1)))
    rows = prepared.row_numbers
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    return Table(table.cells.iloc[rows].reset_index(drop=True), table.source, table.sha256)


def with_effects(path: Path, rows: Table, facts: ReportFacts, seconds_left: Callable[[], float]) -> ReportFacts | None:
    """Add how the model's predictions depend on its most important columns, and how much it relies on each.

    Curves, rules and pairs leave out columns of personal data and texts.

    Parameters
    ----------
    path : Path
        The model file.
    rows : Table
        As :func:`rows_to_show` draws them.
    facts : ReportFacts
        Say which columns matter.
    seconds_left : callable
        Seconds that may still be spent.

    Returns
    -------
    ReportFacts or None
        None where there was no time for one curve, or nothing to look at.
    """
    if seconds_left() < _SECONDS_TO_LOAD + path.stat().st_size / _BYTES_A_SECOND:
        return None
    subject = Subject(load_model(path))
    # A short search ends before it has measured what the columns matter.
    is_measured = any(feature.importance for feature in facts.features)
    names = [
        feature.name
        for feature in facts.features
        if (feature.importance > 0 or not is_measured) and feature.name in subject.columns
    ]
    personal = personal_columns(map(Finding.from_dict, facts.findings))
    frame = subject.read(rows)
    behaviour = behaviour_within(subject, frame, names, seconds_left, personal)
    if behaviour is None:
        return None
    reliance = importance_within(subject, frame, seconds_left, groups=row_groups(rows, facts.settings))
    return replace(facts, behaviour=behaviour, reliance=reliance)
