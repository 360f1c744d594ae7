"""How a model behaves over its columns: dependence, interactions and a small tree that stands for it."""

from __future__ import annotations

from pathlib import Path

from automl.bundle import load_model
from automl.explanation.behaviour_facts import Behaviour
from automl.explanation.dependence import dependence_curve
from automl.explanation.facts import GlobalImportance
from automl.explanation.importance import FEWEST_ROWS
from automl.explanation.interactions import interactions_between
from automl.explanation.shapley import spread_background
from automl.explanation.subject import Subject
from automl.explanation.surrogate import surrogate_tree
from automl.tables import Table

__all__ = ["describe_behaviour"]

_CURVES = 6
_CURVE_ROWS = 100
_CROSSED = 4
_CROSSED_ROWS = 30


def describe_behaviour(path: Path, table: Table, importance: GlobalImportance) -> Behaviour | None:
    """Describe the model over the rows of a table, or None where it has too few rows or the model uses no column.

    Parameters
    ----------
    path : Path
        The model file.
    table : Table
    importance : GlobalImportance
        Says which columns are worth describing.
    """
    subject = Subject(load_model(path))
    frame = subject.read(table)
    if len(frame) < FEWEST_ROWS or not subject.columns:
        return None
    names = [each.columns[0] for each in importance.columns]
    usual = spread_background(subject, frame, _CURVE_ROWS)
    outcome = int(subject.outcomes(usual).var(axis=0).argmax())
    labels = subject.model.labels
    few = spread_background(subject, frame, _CROSSED_ROWS)
    return Behaviour(
        label=(labels[1] if len(labels) == 2 else labels[outcome]) if labels else None,
        curves=tuple(dependence_curve(subject, usual, frame[name], outcome) for name in names[:_CURVES]),
        interactions=interactions_between(subject, few, tuple(names[:_CROSSED]), outcome),
        surrogate=surrogate_tree(subject, frame, outcome),
    )
