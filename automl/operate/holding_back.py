"""Which of the new rows champion and challenger are compared on: neither may have seen them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import DataError
from automl.operate.champion import Champion
from automl.preparation.columns import PrepareRequest, check_column
from automl.preparation.independence import copies
from automl.preparation.roles import read_roles
from automl.preparation.splits import plan_splits, splits_by_time
from automl.preparation.target import encode_target
from automl.preparation.time_gap import TimeGap
from automl.scored import task_of
from automl.tables import Table, infer_schema

__all__ = ["FEWEST_HELD_BACK", "HeldBack", "hold_back"]

FEWEST_HELD_BACK = 50
"""With fewer rows the interval of a difference holds zero whatever the models are like."""

#: Beyond this the interval hardly narrows by what the fit would lose.
_MOST = 10_000
_SHARE = 1 / 3
_SHARE_BESIDE_EARLIER_ROWS = 1 / 2
_FEWEST_OF_CLASS = 5


@dataclass(frozen=True)
class HeldBack:
    """The new rows, parted.

    Attributes
    ----------
    compared : integer array
        Positions of the rows to compare on.
    learned : integer array
        Positions of the rows that the challenger may learn from.
    how : str
        One sentence.
    """

    compared: NDArray[np.int64]
    learned: NDArray[np.int64]
    how: str


def hold_back(
    table: Table, champion: Champion, seed: int, known: NDArray[np.bool_], *, beside_earlier_rows: bool
) -> HeldBack:
    """Part the new rows before anything is learned from them.

    A third of the rows with a target is held back, of rows that are added to earlier ones a half, and 10,000 at most:
    the newest where the champion's settings name a column of times, whole groups where they name one of groups,
    otherwise drawn by the seed, with the shares of the classes kept. Equal rows stay on one side.

    Parameters
    ----------
    table : Table
        The new rows.
    champion : Champion
    seed : int
    known : bool array of shape (n_rows,)
        Rows that stand among the earlier ones, too: they are learned from, never compared on.
    beside_earlier_rows : bool
        Whether the challenger learns from the earlier rows, too.

    Raises
    ------
    DataError
        If the target, or a column that steers, is not there; or if too few rows are left to compare on.
    """
    task, name = task_of(champion.model), champion.facts.target
    check_column(table, name)
    target = encode_target(table.cells[name], champion.model.schema.column(name), task, champion.model.labels)
    labelled = np.flatnonzero(target >= 0 if task.is_classification else np.isfinite(target))
    share = _SHARE_BESIDE_EARLIER_ROWS if beside_earlier_rows else _SHARE
    share = min(share, _MOST / max(len(labelled), 1))
    _check_rows(len(labelled), share, table, name, beside_earlier_rows=beside_earlier_rows)
    compared, learned, how = _parted(table, champion, target[labelled], labelled, share, seed)
    fresh = compared[~known[compared]]
    learned = np.sort(np.concatenate([learned, compared[known[compared]], _without_target(len(target), labelled)]))
    _check_compared(target[fresh], table, classification=task.is_classification)
    return HeldBack(fresh, learned, f"{len(fresh):,} of the {len(target):,} new rows, {how}")


def _parted(
    table: Table, champion: Champion, target: NDArray[Any], labelled: NDArray[np.int64], share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], str]:
    settings, name = champion.facts.settings, champion.facts.target
    group, time = (settings.get(role) or None for role in ("group", "time"))
    steering = list(dict.fromkeys(each for each in (name, group, time) if each is not None))
    for each, option in ((group, "--group"), (time, "--time")):
        if each is not None:
            check_column(table, each, option)
    few = Table(table.cells[steering], table.source, "", table.dialect)
    roles = read_roles(few, infer_schema(few, name), PrepareRequest(name, group=group, time=time), labelled)
    cells = table.cells.iloc[labelled]
    blocks = roles.group
    if blocks is None:
        blocks = copies([cells[column] for column in cells.columns if column != name], cells[name])
    columns = table.cells.shape[1]
    if roles.time is not None:
        gap = TimeGap(settings["time_gap"]) if settings.get("time_gap") else None
        plan, how = splits_by_time(roles.time, blocks, columns, None, share, seed, gap), f"the newest by '{time}'"
    else:
        classes = task_of(champion.model).is_classification
        plan = plan_splits(target, blocks, columns, classes, None, share, seed)
        how = f"whole groups of '{group}' drawn by the seed" if group else "drawn by the seed"
    learned, compared = plan.folds[0]
    return labelled[compared], labelled[learned], how


def _without_target(rows: int, labelled: NDArray[np.int64]) -> NDArray[np.int64]:
    rest = np.ones(rows, dtype=bool)
    rest[labelled] = False
    return np.flatnonzero(rest)


def _check_rows(labelled: int, share: float, table: Table, target: str, *, beside_earlier_rows: bool) -> None:
    if labelled * share >= FEWEST_HELD_BACK:
        return
    needed = round(FEWEST_HELD_BACK / share)
    other = "" if beside_earlier_rows else f", or add {2 * FEWEST_HELD_BACK} to the earlier ones (--add --train-data)"
    raise DataError(
        f"Only {labelled:,} rows of {table.source} have a '{target}' that the champion knows: too few to learn from "
        "and to compare on.",
        f"Give at least {needed} rows with a known target{other}.",
    )


def _check_compared(target: NDArray[Any], table: Table, *, classification: bool) -> None:
    if len(target) < FEWEST_HELD_BACK:
        raise DataError(
            f"Only {len(target):,} of the rows of {table.source} that would be compared on are not among the earlier "
            "rows: too few.",
            f"Give at least {FEWEST_HELD_BACK * 3} rows that the champion was not fitted on.",
        )
    if classification and np.sort(np.bincount(target, minlength=2))[-2] < _FEWEST_OF_CLASS:
        raise DataError(
            f"The rows of {table.source} to compare on have fewer than {_FEWEST_OF_CLASS} of any second class.",
            "Give rows of at least two classes.",
        )
