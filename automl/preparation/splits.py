"""Which rows train and which rows score: folds that keep classes balanced and never part what belongs together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import DataError
from automl.preparation.time_gap import TimeGap

__all__ = ["SplitPlan", "deal", "plan_splits", "splits_by_time", "splits_from_column"]

_HOLDOUT_CELLS = 8_000_000
_HOLDOUT_ROWS = 60_000
_TIME_FOLDS = 4


@dataclass(frozen=True)
class SplitPlan:
    """The validation strategy.

    Attributes
    ----------
    strategy : str
        ``"cross_validation"``, ``"repeated_cross_validation"``, ``"holdout"``, ``"fold_column"`` or
        ``"forward_chaining"``, in which each fold trains on what came before the rows that it scores.
    folds : tuple of (train, valid)
        Row positions, int64 ndarrays.
    repeats : int
        How often each row is scored.
    seed : int
    description : str
        One sentence for people.
    most_rows : int or None
        Of how many rows, drawn from all, models learn; None for all.
    witnesses : ndarray of int64
        Positions of rows that every fold scores and none learns from; mostly there are none.
    """

    strategy: str
    folds: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]
    repeats: int
    seed: int
    description: str
    most_rows: int | None = None
    witnesses: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def validation_rows(self) -> NDArray[np.int64]:
        """Positions of the rows that are scored at least once, ascending."""
        return np.unique(np.concatenate([valid for _, valid in self.folds]))


def plan_splits(
    target: NDArray[Any],
    blocks: NDArray[np.int64],
    columns: int,
    classification: bool,
    folds: int | None,
    holdout: float | None,
    seed: int,
) -> SplitPlan:
    """Choose the strategy by the size of the table and draw the folds.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
    blocks : ndarray of shape (n_rows,)
        Rows with the same number stay on one side: duplicates, or the user's groups.
    columns : int
        Number of feature columns.
    folds, holdout
        What the user asked for; None leaves the choice to us.

    Raises
    ------
    DataError
        If there are fewer separable rows than folds.
    """
    rows = len(target)
    strata = target if classification else _quantile_bins(target)
    if folds is None and (holdout is not None or _is_large(rows, columns)):
        return _holdout_plan(strata, blocks, holdout, seed)
    count = folds or 5
    repeats = 1 if folds is not None or rows >= 1_000 else 2
    distinct = len(np.unique(blocks))
    if distinct < count:
        raise DataError(
            f"{distinct} distinct rows or groups are fewer than {count} folds.",
            f"Use --folds {max(2, distinct)} or bring more rows.",
        )
    drawn = []
    for repeat in range(repeats):
        number = _deal(strata, blocks, count, seed + repeat)
        drawn += [(np.flatnonzero(number != fold), np.flatnonzero(number == fold)) for fold in range(count)]
    kind = "stratified " if classification else ""
    times = f", repeated {repeats} times" if repeats > 1 else ""
    return SplitPlan(
        "repeated_cross_validation" if repeats > 1 else "cross_validation",
        tuple(drawn),
        repeats,
        seed,
        f"{count}-fold {kind}cross-validation{times}{'; equal rows stay in one fold' if distinct < rows else ''}.",
    )


def splits_by_time(
    time: NDArray[Any],
    blocks: NDArray[np.int64],
    columns: int,
    folds: int | None,
    holdout: float | None,
    seed: int,
    gap: TimeGap | None = None,
) -> SplitPlan:
    """Train on the past and score what follows, fold after fold, over the latest half of the rows.

    Rows of the same time are never parted. A block that reaches into the rows that a fold scores is left out of that
    fold's past, so that no group stands on both sides; so are rows less than the gap before the first of them:
    their outcome is not known yet when a prediction is made.

    Parameters
    ----------
    time : ndarray of shape (n_rows,)
        Dates or numbers, none missing.
    blocks : ndarray of shape (n_rows,)
        As for :func:`plan_splits`.
    columns : int
        Number of feature columns.
    folds, holdout
        What the user asked for; None leaves the choice to us.
    gap : TimeGap, optional
        How much time lies at least between the rows that a fold learns from and those that it scores.

    Raises
    ------
    DataError
        If there are too few different times, or no past is left beside the rows that are scored.
    UsageError
        If the gap is a number and the times are dates, or the other way round.
    """
    rows = len(time)
    alone = folds is None and (holdout is not None or _is_large(rows, columns))
    count = 1 if alone else folds or _TIME_FOLDS
    share = (holdout or _holdout_share(rows)) if alone else 0.5
    bounds = _time_bounds(time, count, share)
    part = np.searchsorted(bounds, time, side="right")
    latest = bounds if gap is None else gap.before(bounds)
    if gap is not None and not all((time <= each).any() for each in latest):
        raise DataError(
            f"No row comes {gap} or more before the ones to validate on.",
            "Give a shorter --time-gap, or fewer --folds.",
        )
    chain = tuple(
        (
            np.flatnonzero((part < number) & (time <= latest[number - 1]) & ~np.isin(blocks, blocks[part == number])),
            np.flatnonzero(part == number),
        )
        for number in range(1, count + 1)
    )
    if not all(len(past) for past, _ in chain):
        raise DataError(
            "Every row before the ones to validate on belongs to a group that goes on in them.",
            "Leave out --group or --time, or use fewer --folds.",
        )
    parts = "the latest rows" if count == 1 else f"{count} consecutive parts of the latest half"
    apart = "" if gap is None else f", with a gap of {gap} between both"
    return SplitPlan(
        "forward_chaining",
        chain,
        1,
        seed,
        f"Trained on the past, validated on {parts}{apart}; rows of one time stay together.",
    )


def splits_from_column(values: NDArray[Any], seed: int) -> SplitPlan:
    """Take the folds from a column of the table: each distinct value is one fold's validation rows.

    Raises
    ------
    DataError
        If the column has fewer than two or more than 50 distinct values.
    """
    levels, number = np.unique(values.astype(str), return_inverse=True)
    if not 2 <= len(levels) <= 50:
        raise DataError(
            f"The fold column has {len(levels)} distinct values; 2 to 50 are needed.",
            "Number the folds 0, 1, 2, … in that column.",
        )
    folds = tuple((np.flatnonzero(number != fold), np.flatnonzero(number == fold)) for fold in range(len(levels)))
    return SplitPlan("fold_column", folds, 1, seed, f"The {len(levels)} folds of the fold column.")


def _holdout_plan(strata: NDArray[Any], blocks: NDArray[np.int64], holdout: float | None, seed: int) -> SplitPlan:
    share = holdout if holdout is not None else _holdout_share(len(strata))
    parts = max(2, round(1 / share))
    if holdout is not None and holdout > 0.5:
        number = 1 - _deal(strata, blocks, max(2, round(1 / (1 - holdout))), seed).clip(max=1)
    else:
        number = _deal(strata, blocks, parts, seed)
    fold = (np.flatnonzero(number != 0), np.flatnonzero(number == 0))
    apart = "; equal rows stay on one side" if len(np.unique(blocks)) < len(blocks) else ""
    return SplitPlan("holdout", (fold,), 1, seed, f"One holdout of {len(fold[1]):,} rows{apart}.")


def _is_large(rows: int, columns: int) -> bool:
    return rows >= _HOLDOUT_ROWS or rows * columns >= _HOLDOUT_CELLS


def _holdout_share(rows: int) -> float:
    return min(0.2, max(0.1, 10_000 / rows))


def _time_bounds(time: NDArray[Any], count: int, share: float) -> NDArray[Any]:
    """Return where each of ``count`` consecutive parts of the latest ``share`` of the rows begins."""
    ordered = np.sort(time)
    first = [round(len(time) * (1 - share + share * part / count)) for part in range(count)]
    bounds = np.unique(ordered[np.clip(first, 0, len(time) - 1)])
    bounds = bounds[bounds > ordered[0]]
    if len(bounds) < count:
        raise DataError(
            f"The time column has too few different times for {count} parts that follow one another.",
            "Use fewer --folds, or a column with finer times.",
        )
    return np.asarray(bounds)


def deal(
    target: NDArray[Any], blocks: NDArray[np.int64], count: int, seed: int, *, classification: bool
) -> NDArray[np.int64]:
    """Return for each row one of ``count`` parts of about one size and of like targets, blocks whole.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
    blocks : ndarray of shape (n_rows,)
        Rows with the same number come into one part.
    count, seed : int
    classification : bool
    """
    return _deal(target if classification else _quantile_bins(target), blocks, count, seed)


def _quantile_bins(target: NDArray[Any]) -> NDArray[np.int64]:
    order = np.argsort(np.argsort(target, kind="stable"), kind="stable")
    return np.asarray(order * min(20, max(1, len(target) // 10)) // len(target), dtype=np.int64)


def _deal(strata: NDArray[Any], blocks: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Deal blocks of rows to folds like cards, stratum by stratum, so that every fold gets its share of each."""
    generator = np.random.default_rng(seed)
    _, first, membership, sizes = np.unique(blocks, return_index=True, return_inverse=True, return_counts=True)
    shuffled = generator.permutation(len(first))
    if (sizes > 1).mean() > 0.2:
        return _deal_large_blocks(strata, membership, shuffled, count)
    order = shuffled[np.argsort(strata[first[shuffled]], kind="stable")]
    fold_of_block = np.empty(len(first), dtype=np.int64)
    fold_of_block[order] = np.arange(len(order)) % count
    return np.asarray(fold_of_block[membership])


def _deal_large_blocks(
    strata: NDArray[Any], membership: NDArray[np.int64], shuffled: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    levels, codes = np.unique(strata, return_inverse=True)
    content = np.zeros((len(shuffled), len(levels)))
    np.add.at(content, (membership, codes), 1.0)
    wanted = content.sum(axis=0) / count
    filled = np.zeros((count, len(levels)))
    fold_of_block = np.empty(len(shuffled), dtype=np.int64)
    for block in sorted(shuffled.tolist(), key=lambda block: -content[block].sum()):
        overflow = (np.maximum(filled + content[block] - wanted, 0) / wanted).sum(axis=1) + filled.sum(axis=1) / len(
            strata
        )
        fold = int(overflow.argmin())
        fold_of_block[block] = fold
        filled[fold] += content[block]
    return np.asarray(fold_of_block[membership])
