"""The columns of a batch beside those of the training rows: every test that fits a column's kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl.bundle.reference import ColumnReference
from automl.operate.drift_tests import (
    DriftTest,
    level_test,
    new_level_test,
    number_test,
    outside_test,
    share_test,
)
from automl.preparation.checks.column_values import ColumnValues, values_of
from automl.remembering import column_numbers
from automl.report.monitoring_facts import ColumnDriftFact, DriftTestFact
from automl.tables import Column, ColumnKind

__all__ = ["ColumnTests", "column_fact", "column_tests", "deciding_test", "facts_of_tests"]

_MOST_NEW_LEVELS = 5
_DISTRIBUTION = ("wasserstein", "jensen_shannon")


@dataclass(frozen=True)
class ColumnTests:
    """What was seen in a column, and its tests before anything is decided about all columns together."""

    reference: ColumnReference
    tests: tuple[DriftTest, ...]
    missing: float
    mean: float | None = None
    new_levels: tuple[str, ...] = ()


def column_tests(
    reference: ColumnReference, column: Column, cells: pd.Series, unparsed: int, *, moves_on: bool = False
) -> ColumnTests:
    """Test one column of a batch.

    Parameters
    ----------
    reference : ColumnReference
    column : Column
        Of the model's schema.
    cells : Series
        Typed; at least one.
    unparsed : int
        How many cells could not be read.
    moves_on : bool
        Whether its values are new in every batch by their nature, as times are: only missing cells are tested.
    """
    values = values_of(cells)
    missing, rows = values.n_missing, len(values)
    tests = [
        share_test("missing", (reference.missing, reference.rows), (missing, rows), both_sides=True),
        share_test("unparsed", (reference.unparsed, max(reference.read, 1)), (unparsed, rows)),
    ]
    seen = ColumnTests(reference, tuple(tests), missing / rows)
    if moves_on or missing == rows:
        return seen
    if reference.personal:
        return _with_withheld_levels(seen, column, values)
    if reference.levels or reference.others:
        return _with_levels(seen, column, values)
    return seen if reference.grid is None else _with_numbers(seen, values)


def _with_numbers(seen: ColumnTests, values: ColumnValues) -> ColumnTests:
    grid = seen.reference.grid
    assert grid is not None
    numbers = column_numbers(values)
    outside = int(((numbers < grid.knots[0]) | (numbers > grid.knots[-1])).sum())
    tests = [number_test(grid, numbers)]
    if seen.reference.kind != ColumnKind.TEXT:
        tests.append(outside_test(grid.rows, outside, len(numbers)))
    return ColumnTests(seen.reference, (*tests, *seen.tests), seen.missing, float(numbers.mean()))


def _with_withheld_levels(seen: ColumnTests, column: Column, values: ColumnValues) -> ColumnTests:
    """Count the cells of levels that the model does not know, and name none; older files do not say what is usual."""
    reference = seen.reference
    if not reference.others:
        return seen
    counts, known = values.level_counts(), set(column.levels)
    new = sum(count for level, count in counts.items() if level not in known)
    test = new_level_test(reference.others, reference.once, new, sum(counts.values()))
    return ColumnTests(reference, (test, *seen.tests), seen.missing)


def _with_levels(seen: ColumnTests, column: Column, values: ColumnValues) -> ColumnTests:
    reference, counts = seen.reference, values.level_counts()
    kept = np.array([counts.get(level, 0) for level in reference.levels], dtype=np.int64)
    rows = sum(counts.values())
    before = np.array([*reference.levels.values(), reference.others], dtype=np.int64)
    known = {*column.levels, *reference.levels}
    new = {level: count for level, count in counts.items() if level not in known}
    training = int(before.sum())
    tests = (
        level_test(before, np.append(kept, rows - kept.sum())),
        new_level_test(training, reference.once, sum(new.values()), rows),
    )
    named = tuple(list(new)[:_MOST_NEW_LEVELS])
    return ColumnTests(reference, (*tests, *seen.tests), seen.missing, new_levels=named)


def deciding_test(tests: tuple[DriftTest, ...]) -> DriftTest:
    """Return the test that a column is judged by: the surest alarm, else that of the distribution."""
    alarms = [test for test in tests if test.alarm]
    if alarms:
        return min(alarms, key=lambda test: test.p_value)
    return next((test for test in tests if test.name in _DISTRIBUTION), tests[0])


def facts_of_tests(tests: tuple[DriftTest, ...]) -> tuple[DriftTestFact, ...]:
    """Return the tests as facts."""
    return tuple(DriftTestFact(test.name, test.effect, test.p_value, test.alarm) for test in tests)


def column_fact(seen: ColumnTests, decided: tuple[DriftTest, ...], importances: Mapping[str, float]) -> ColumnDriftFact:
    """Return what is told of a column once it is decided which of its tests are alarms."""
    reference, deciding = seen.reference, deciding_test(decided)
    return ColumnDriftFact(
        alarm=any(test.alarm for test in decided),
        effect=deciding.effect,
        test=deciding.name,
        p_value=deciding.p_value,
        psi=next((test.psi for test in decided if test.psi is not None), None),
        kind=reference.kind,
        importance=importances.get(reference.name, 0.0),
        missing=seen.missing,
        missing_before=reference.missing / reference.rows,
        mean=seen.mean,
        mean_before=None if reference.grid is None or seen.mean is None else reference.grid.mean,
        new_levels=seen.new_levels,
        tests=facts_of_tests(decided),
    )
