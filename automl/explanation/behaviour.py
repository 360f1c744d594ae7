"""How a model behaves over its columns: dependence, interactions and a small tree that stands for it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pandas as pd

from automl.bundle import load_model, read_manifest
from automl.explanation.cells import truth_words
from automl.explanation.dependence import dependence_curve
from automl.explanation.importance import FEWEST_ROWS
from automl.explanation.interactions import interactions_between
from automl.explanation.shapley import spread_background
from automl.explanation.subject import Subject
from automl.explanation.surrogate import surrogate_tree
from automl.findings import withheld_columns
from automl.report.behaviour_facts import Behaviour, DependenceCurve, Interaction, SurrogateTree
from automl.report.importance_facts import GlobalImportance
from automl.tables import ColumnKind, Table

__all__ = ["behaviour_within", "describe_behaviour"]

_CURVES = 6
_CURVE_ROWS = 100
_CROSSED = 4
_CROSSED_ROWS = 30
# What the other parts take, in times of the slowest curve: they predict seven times and twice as many rows.
_CURVES_OF_PAIRS = 8
_CURVES_OF_TREE = 4


def describe_behaviour(path: Path, table: Table, importance: GlobalImportance) -> Behaviour | None:
    """Describe the model over the rows of a table, or None where it has too few rows or the model uses no column.

    Columns in which the fit found personal data are left out: curves and rules would show their values.

    Parameters
    ----------
    path : Path
        The model file.
    table : Table
    importance : GlobalImportance
        Says which columns are worth describing.
    """
    subject = Subject(load_model(path))
    names = [each.columns[0] for each in importance.columns]
    return behaviour_within(subject, subject.read(table), names, withheld=withheld_columns(read_manifest(path)))


def behaviour_within(
    subject: Subject,
    frame: pd.DataFrame,
    names: Sequence[str],
    seconds_left: Callable[[], float] = lambda: math.inf,
    withheld: Collection[str] = (),
) -> Behaviour | None:
    """Describe as much of the behaviour as there is time for: curve by curve, then the small tree, then pairs.

    Parameters
    ----------
    subject : Subject
    frame : DataFrame
        Typed rows.
    names : sequence of str
        Columns of the model worth describing, most important first.
    seconds_left : callable
        No part is begun that would take longer, as far as the parts before it tell.
    withheld : collection of str
        Columns whose values are not to be shown; none of the parts is about them, nor about columns of texts.

    Returns
    -------
    Behaviour or None
        None where there are too few rows, no columns or not time for one curve.
    """
    if len(frame) < FEWEST_ROWS or not subject.columns:
        return None
    schema = subject.model.feature_schema
    texts = {column.name for column in schema.columns if column.kind is ColumnKind.TEXT}
    withheld = texts.union(withheld)
    words = {name: pair for name, pair in truth_words(schema).items() if name in subject.columns}
    names = [name for name in names if name not in withheld]
    usual = spread_background(subject, frame, _CURVE_ROWS)
    began = time.monotonic()
    outcome = int(subject.outcomes(usual).var(axis=0).argmax())
    slowest = 2 * (time.monotonic() - began)
    curves: list[DependenceCurve] = []
    for name in names[:_CURVES]:
        if seconds_left() < 2 * slowest:
            break
        began = time.monotonic()
        curves.append(dependence_curve(subject, usual, frame[name], outcome, words.get(name)))
        slowest = max(slowest, time.monotonic() - began)
    if names and not curves:
        return None
    tree: SurrogateTree | None = None
    pairs: tuple[Interaction, ...] | None = None
    if seconds_left() > _CURVES_OF_TREE * slowest:
        tree = surrogate_tree(subject, frame, outcome, withheld, words)
    if seconds_left() > _CURVES_OF_PAIRS * slowest:
        few = spread_background(subject, frame, _CROSSED_ROWS)
        pairs = interactions_between(subject, few, tuple(names[:_CROSSED]), outcome)
    labels = subject.model.labels
    label = (labels[1] if len(labels) == 2 else labels[outcome]) if labels else None
    return Behaviour(label, tuple(curves), pairs, tree)
