"""From a model file and a table to an explanation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.arguments import did_you_mean
from automl.bundle import load_model, read_golden, read_manifest
from automl.errors import UsageError
from automl.evaluation.metrics import METRICS
from automl.explanation.additive import exact_contributions
from automl.explanation.cells import Spelling, cells_of, unread_columns
from automl.explanation.counterfactuals import CounterfactualSearch
from automl.explanation.facts import Explanation, RowExplanation, Space
from automl.explanation.importance import (
    FEWEST_ROWS,
    prediction_importance,
    row_groups,
    score_importance,
    stored_importance,
)
from automl.explanation.shapley import sampled_contributions
from automl.explanation.subject import Contributions, Subject
from automl.findings import WITHHELD_CELL, withheld_columns
from automl.labelled import read_weights
from automl.models.arrays import sigmoid_pair
from automl.preparation.target import encode_target
from automl.report.importance_facts import NOT_MEASURED, GlobalImportance
from automl.tables import ColumnKind, Table, TypedTable
from automl.tables.personal_cells import identifies_someone

__all__ = ["contributions_of", "explain_rows", "explain_without_data", "explained_label"]

_FEWEST_BACKGROUND_ROWS = 20


def explain_without_data(path: Path) -> Explanation:
    """Say what the model file itself knows: the importance of each column in the folds of the fit.

    Raises
    ------
    ModelFileError
        If the file is not a sound model file.
    """
    manifest = read_manifest(path)
    subject = Subject(load_model(path))
    importance = stored_importance(manifest.get("features", ()), subject.columns)
    is_measured = any(each.value is not None for each in importance.columns)
    return Explanation(
        model=path.name,
        source="",
        target=manifest["target"],
        task=manifest["task"],
        labels=subject.model.labels,
        space=subject.space,
        importance=importance,
        notes=() if is_measured or not importance.columns else (NOT_MEASURED,),
    )


def explain_rows(
    path: Path, table: Table, rows: Sequence[int], fixed: Sequence[str] = (), seed: int = 0
) -> Explanation:
    """Measure which columns matter on the rows of a table, and what each contributed to some rows' predictions.

    Parameters
    ----------
    path : Path
        The model file.
    table : Table
        With its target, importance is a loss of score; without, how much predictions move.
    rows : sequence of int
        Positions of the rows to explain.
    fixed : sequence of str
        Columns that what would flip a decision leaves as they are.
    seed : int

    Raises
    ------
    ModelFileError
        If the file is not a sound model file.
    SchemaMismatchError
        If a column that the model uses is missing.
    UsageError
        If a fixed column is not one that the model uses.
    """
    manifest = read_manifest(path)
    subject = Subject(load_model(path))
    _check_fixed(subject, fixed)
    typed = subject.model.read(table)
    frame = typed.frame[list(subject.columns)]
    withheld = withheld_columns(manifest)
    importance, measured = _importance(subject, table, frame, manifest, seed)
    explained = _explained(path, subject, table, typed, rows, fixed, withheld, seed) if rows else _NO_ROWS
    return Explanation(
        model=path.name,
        source=Path(table.source).name,
        target=manifest["target"],
        task=manifest["task"],
        labels=subject.model.labels,
        space=explained.space or subject.space,
        importance=importance,
        method=explained.method,
        background=explained.background,
        rows=explained.rows,
        notes=(*_notes(table, manifest), *measured),
        unparsed=typed.unparsed,
        unseen=typed.unseen,
    )


@dataclass(frozen=True)
class _Rows:
    """Explained rows, how they were explained, and against what."""

    method: str
    space: Space | None
    background: str
    rows: tuple[RowExplanation, ...]


_NO_ROWS = _Rows("", None, "", ())


def _explained(
    path: Path,
    subject: Subject,
    table: Table,
    typed: TypedTable,
    rows: Sequence[int],
    fixed: Sequence[str],
    withheld: Collection[str],
    seed: int,
) -> _Rows:
    frame = typed.frame[list(subject.columns)]
    background, source, described = _background(path, subject, table, frame)
    chosen = frame.iloc[list(rows)]
    method, found = contributions_of(subject, chosen, background, seed)
    made = _row_explanations(subject, table, typed, rows, found, withheld)
    if subject.model.labels:
        spelling = Spelling(subject.model.schema, ((frame, table), (background, source)))
        left_alone = (*fixed, *withheld, *_past_change(subject))
        search = CounterfactualSearch(subject, background, left_alone, spelling.text)
        made = tuple(replace(row, counterfactuals=search.find(chosen.iloc[[place]])) for place, row in enumerate(made))
    return _Rows(method, found.space, described, made)


def _past_change(subject: Subject) -> tuple[str, ...]:
    """Return the columns of running text and of dates: nobody could change to another row's words, or its day."""
    kinds = {column.name: column.kind for column in subject.model.schema.columns}
    return tuple(name for name in subject.columns if kinds[name] in (ColumnKind.TEXT, ColumnKind.DATETIME))


def _check_fixed(subject: Subject, fixed: Sequence[str]) -> None:
    for name in fixed:
        if name not in subject.columns:
            near = did_you_mean(name, subject.columns)
            raise UsageError(
                f"The fixed column '{name}' is not one that the model uses.",
                near or f"It uses: {', '.join(subject.columns[:20])}.",
            )


def contributions_of(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, seed: int = 0
) -> tuple[str, Contributions]:
    """Return contributions without error where the blend allows it, else sampled ones; and the name of the method.

    Parameters
    ----------
    subject : Subject
    rows, background : DataFrame
        Typed rows to explain, and typed rows that stand for what is usual.
    seed : int
    """
    exact = exact_contributions(subject, rows, background)
    if exact is not None:
        return "exact", exact
    return "sampled_shapley", sampled_contributions(subject, rows, background, seed)


def _background(path: Path, subject: Subject, table: Table, frame: pd.DataFrame) -> tuple[pd.DataFrame, Table, str]:
    """Return typed rows that stand for what is usual, the table that they were read from, and what they are."""
    if len(frame) >= _FEWEST_BACKGROUND_ROWS:
        return frame, table, f"the {len(frame):,} rows of the data"
    golden = read_golden(path)
    described = f"{len(golden.cells)} rows drawn column by column from the training data"
    return subject.read(golden), golden, described


def _importance(
    subject: Subject, table: Table, frame: pd.DataFrame, manifest: dict[str, Any], seed: int
) -> tuple[GlobalImportance, tuple[str, ...]]:
    """Return how much the columns matter, and notes on what that could not be measured by."""
    if len(frame) < FEWEST_ROWS:
        note = f"Importance is that of the fit: measuring it takes at least {FEWEST_ROWS} rows of data."
        return stored_importance(manifest.get("features", ()), subject.columns), (note,)
    groups = row_groups(table, manifest.get("settings", {}))
    target = _target(subject, table)
    if target is None:
        return prediction_importance(subject, frame, seed, groups), ()
    usable = np.flatnonzero(target >= 0 if target.dtype.kind == "i" else np.isfinite(target))
    if len(usable) < FEWEST_ROWS:
        reason = f"fewer than {FEWEST_ROWS} rows have a target that the model knows"
    else:
        weight, metric = _weight(subject, table, usable, manifest), METRICS[manifest["metric"]]
        of_rows = None if groups is None else groups[usable]
        found = score_importance(subject, frame.iloc[usable], target[usable], metric, seed, weight, of_rows)
        if found is not None:
            return found, ()
        reason = f"{metric.name} has no value on these rows"
    return prediction_importance(subject, frame, seed, groups), (f"Importance is how far predictions move: {reason}.",)


def _weight(
    subject: Subject, table: Table, rows: NDArray[np.intp], manifest: dict[str, Any]
) -> NDArray[np.float64] | None:
    """Return how much the rows count; None where the fit had no weights, or the table has none."""
    name = manifest.get("settings", {}).get("weight") or ""
    if name not in table.cells.columns:
        return None
    return read_weights(table, subject.model.schema, name, rows)


def _target(subject: Subject, table: Table) -> NDArray[Any] | None:
    schema = subject.model.schema
    assert schema.target is not None
    assert schema.task is not None
    if schema.target not in table.cells.columns:
        return None
    return encode_target(table.cells[schema.target], schema.column(schema.target), schema.task, schema.labels)


def _row_explanations(
    subject: Subject,
    table: Table,
    typed: TypedTable,
    rows: Sequence[int],
    found: Contributions,
    withheld: Collection[str],
) -> tuple[RowExplanation, ...]:
    labels = subject.model.labels
    # Of the rows as the whole table was read: some of its cells alone may be read in another notation.
    decided = subject.decisions(subject.predict(typed.frame.iloc[list(rows)])) if labels else []
    cells = {name: cells_of(table, name) for name in subject.columns}
    made = []
    for position, row in enumerate(rows):
        outcome = int(found.prediction[position].argmax())
        values, errors = found.values[position, :, outcome], found.errors[position, :, outcome]
        order = np.argsort(-np.abs(values), kind="stable")
        names = [subject.columns[number] for number in order]
        made.append(
            RowExplanation(
                row=int(row),
                label=explained_label(labels, outcome),
                predicted=decided[position] if decided else None,
                space=found.space,
                prediction=float(found.prediction[position, outcome]),
                probability=_probability(found, position, outcome),
                base=float(found.base[outcome]),
                contributions=dict(zip(names, values[order].tolist(), strict=True)),
                errors=dict(zip(names, errors[order].tolist(), strict=True)),
                cells={name: _shown(cells[name].iloc[row], is_withheld=name in withheld) for name in names},
                unread=unread_columns(table, typed, subject.model.feature_schema, row),
            )
        )
    return tuple(made)


def _probability(found: Contributions, row: int, outcome: int) -> float | None:
    """Return the probability of the class that is explained; None for a regression."""
    match found.space:
        case "target":
            return None
        case "probability":
            return float(found.prediction[row, outcome])
        case "log_odds":
            return float(sigmoid_pair(found.prediction[row])[outcome, 1])


def explained_label(labels: tuple[str, ...], outcome: int) -> str | None:
    """Return the class whose probability an outcome is: the positive one of two; None for a regression."""
    if not labels:
        return None
    return labels[1] if len(labels) == 2 else labels[outcome]


def _notes(table: Table, manifest: dict[str, Any]) -> tuple[str, ...]:
    if table.sha256 and table.sha256 == manifest.get("data_sha256"):
        return ("These are the rows the model learned from: it may rely on them more than on new rows.",)
    return ()


def _shown(cell: str, *, is_withheld: bool) -> str:
    """Return what is shown of a cell: nothing of one that is personal, or stands in a column of such."""
    return WITHHELD_CELL if is_withheld or identifies_someone(cell) else cell
