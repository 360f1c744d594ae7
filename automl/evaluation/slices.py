"""Parts of the rows where a model does worse than elsewhere.

A shallow regression tree over the rows' losses proposes parts on one half of the rows; each is tested on the other
half, which it has not seen (Welch 1947), and the p-values are corrected for how many were proposed (Holm 1979).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray

__all__ = ["FEWEST_ROWS", "Slice", "find_slices"]

FEWEST_ROWS = 200
"""With fewer rows, halves are too small to propose and to test."""

DEPTH = 3
SIGNIFICANCE = 0.05
MOST_NAMED_LEVELS = 4
MOST_LEVELS = 50

_MISSING = -float(np.finfo(np.float32).max) / 2
"""What stands for a missing value: less than every value."""

_LARGEST = -_MISSING / 2
"""Numbers beyond this are clipped: the tree compares in single precision."""


@dataclass(frozen=True)
class Slice:
    """A part of the rows, and how much worse the model is there.

    Attributes
    ----------
    conditions : tuple of str
        What its rows have in common.
    rows : integer array
        Positions of its rows among those that it was tested on.
    loss, loss_elsewhere : float
        Mean loss inside and outside, on the rows it was tested on.
    p_value : float
        Corrected for the number of parts proposed.
    """

    conditions: tuple[str, ...]
    rows: NDArray[np.intp]
    loss: float
    loss_elsewhere: float
    p_value: float


@dataclass(frozen=True)
class _Column:
    """A column as the tree sees it: codes in an order, and how a range of them is said."""

    name: str
    codes: NDArray[np.float64]
    levels: tuple[str, ...] = ()
    times: bool = False

    def say(self, low: float, high: float) -> str:
        """Write ``low < column <= high`` in words."""
        if self.levels:
            return self._say_levels(low, high)
        missing = bool(np.isneginf(low) and (self.codes == _MISSING).any())
        if missing and high < self._smallest():
            return f"{self.name} is missing"
        parts = [] if np.isneginf(low) else [f"{self._text(low)} <"]
        parts.append(self.name)
        parts += [] if np.isposinf(high) else [f"<= {self._text(high)}"]
        return " ".join(parts) + (" or missing" if missing else "")

    def _smallest(self) -> float:
        known = self.codes[self.codes != _MISSING]
        return float(known.min()) if known.size else np.inf

    def _text(self, value: float) -> str:
        return str(pd.Timestamp(int(value), unit="s").date()) if self.times else f"{value:.4g}"

    def _say_levels(self, low: float, high: float) -> str:
        chosen = [level for code, level in enumerate(self.levels) if low < code <= high]
        shown = [f"“{level}”" for level in chosen[:MOST_NAMED_LEVELS]]
        more = len(chosen) - len(shown)
        last = [f"{more} more"] if more else []
        return f"{self.name} is {' or '.join([*shown, *last])}"


def find_slices(frame: pd.DataFrame, losses: FloatArray, most: int = 5, seed: int = 0) -> tuple[Slice, ...]:
    """Return the parts of the rows where the loss is larger than elsewhere by more than chance, the worst first.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        Typed columns: numbers, times or texts.
    losses : array of shape (n_rows,)
    most : int
        At most so many.
    seed : int
        Of the halves.
    """
    if len(frame) < FEWEST_ROWS or not frame.shape[1] or np.ptp(losses) == 0:
        return ()
    shuffled = np.random.default_rng(seed).permutation(len(frame))
    proposing, testing = shuffled[::2], shuffled[1::2]
    columns = [column for name in frame if (column := _column(str(name), frame[name], losses, proposing)) is not None]
    if not columns:
        return ()
    values = np.column_stack([column.codes for column in columns])
    proposed = _propose(values, losses, proposing, seed)
    tested = [_test(bounds, columns, values, losses, testing) for bounds in proposed]
    corrected = _holm([each.p_value for each in tested])
    found = [
        Slice(each.conditions, each.rows, each.loss, each.loss_elsewhere, p_value)
        for each, p_value in zip(tested, corrected, strict=True)
        if p_value < SIGNIFICANCE
    ]
    return tuple(sorted(found, key=lambda each: -each.loss)[:most])


_Bounds = dict[int, tuple[float, float]]


def _column(name: str, values: pd.Series, losses: FloatArray, proposing: NDArray[np.intp]) -> _Column | None:
    """Return the column as codes; None where it has too many levels to say anything by."""
    if pd.api.types.is_datetime64_any_dtype(values):
        seconds = values.astype("datetime64[s]").astype("int64").to_numpy(dtype=np.float64)
        return _numeric(name, np.where(values.isna(), np.nan, seconds), times=True)
    if pd.api.types.is_numeric_dtype(values):
        return _numeric(name, values.to_numpy(dtype=np.float64), times=False)
    texts = values.fillna("(missing)").astype(str)
    if texts.nunique() > MOST_LEVELS:
        return None
    means = pd.Series(losses[proposing]).groupby(texts.to_numpy()[proposing]).mean().sort_values(kind="stable")
    levels = [str(level) for level in means.index]
    levels += sorted(set(texts) - set(levels))
    places = {level: place for place, level in enumerate(levels)}
    return _Column(name, np.array([places[text] for text in texts], dtype=np.float64), tuple(levels))


def _numeric(name: str, values: NDArray[np.float64], *, times: bool) -> _Column:
    return _Column(name, np.where(np.isfinite(values), np.clip(values, -_LARGEST, _LARGEST), _MISSING), times=times)


def _propose(values: FloatArray, losses: FloatArray, rows: NDArray[np.intp], seed: int) -> list[_Bounds]:
    """Return the leaves whose mean loss is above that of all rows, each as bounds on some columns."""
    from sklearn.tree import DecisionTreeRegressor

    fewest = max(25, len(rows) // 25)
    tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=fewest, random_state=seed)
    fitted = tree.fit(values[rows], losses[rows]).tree_
    overall = float(losses[rows].mean())
    return [bounds for bounds, mean in _leaves(fitted, 0, {}) if bounds and mean > overall]


def _leaves(tree: Any, node: int, bounds: _Bounds) -> Iterator[tuple[_Bounds, float]]:
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left == right:
        yield bounds, float(tree.value[node].ravel()[0])
        return
    column, cut = int(tree.feature[node]), float(tree.threshold[node])
    low, high = bounds.get(column, (-np.inf, np.inf))
    yield from _leaves(tree, left, {**bounds, column: (low, min(high, cut))})
    yield from _leaves(tree, right, {**bounds, column: (max(low, cut), high)})


def _test(
    bounds: _Bounds,
    columns: Sequence[_Column],
    values: FloatArray,
    losses: FloatArray,
    rows: NDArray[np.intp],
) -> Slice:
    """Compare the losses inside and outside of a part."""
    from scipy.stats import ttest_ind

    inside = np.ones(len(rows), dtype=bool)
    for column, (low, high) in bounds.items():
        # The tree compares in float32, so the same is done here.
        shown = values[rows, column].astype(np.float32)
        inside &= (shown > low) & (shown <= high)
    conditions = tuple(columns[column].say(*limits) for column, limits in bounds.items())
    within, elsewhere = losses[rows[inside]], losses[rows[~inside]]
    if min(len(within), len(elsewhere)) < 2:
        return Slice(conditions, rows[inside], float("nan"), float("nan"), 1.0)
    p_value = float(ttest_ind(within, elsewhere, equal_var=False, alternative="greater").pvalue)
    return Slice(
        conditions, rows[inside], float(within.mean()), float(elsewhere.mean()), p_value if p_value == p_value else 1.0
    )


def _holm(p_values: Sequence[float]) -> list[float]:
    corrected = [1.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(np.argsort(p_values)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected
