import numpy as np
import pandas as pd
import pytest

from automl.tables.schema import Column, ColumnKind


class TypedExample:
    """A typed frame, its columns, and targets for it."""

    def __init__(self, frame: pd.DataFrame, columns: tuple[Column, ...], labels: np.ndarray, amounts: np.ndarray):
        self.frame = frame
        self.columns = columns
        self.labels = labels
        self.amounts = amounts


@pytest.fixture(scope="session")
def mixed() -> TypedExample:
    """120 rows with two columns of each kind, missing cells in most."""
    rng = np.random.default_rng(7)
    n_rows = 120
    words = np.array(["red", "green", "blue", "cold", "warm", "fast", "slow", "late", "early", "new", "old", "free"])
    start = np.datetime64("2024-01-31T08:15:00", "us") + rng.integers(0, 10**7, n_rows).astype("timedelta64[s]")
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(3, 2, n_rows),
            "height": rng.normal(170, 10, n_rows),
            "member": rng.integers(0, 2, n_rows).astype(np.float64),
            "city": pd.Series(rng.choice(list("abcdefgh"), n_rows), dtype="str"),
            "colour": pd.Series(rng.choice(["red", "blue"], n_rows), dtype="str"),
            "street": pd.Series(rng.integers(0, 45, n_rows).astype(str), dtype="str"),
            "start": start,
            "end": start + rng.integers(0, 10**6, n_rows).astype("timedelta64[s]"),
            "note": pd.Series([" ".join(rng.choice(words, 6)) for _ in range(n_rows)], dtype="str"),
        }
    )
    for column in ("amount", "member", "city", "street", "end", "note"):
        frame.loc[rng.random(n_rows) < 0.1, column] = None
    kinds = [ColumnKind.NUMERIC, ColumnKind.NUMERIC, ColumnKind.BOOLEAN, *[ColumnKind.CATEGORY] * 3]
    kinds += [ColumnKind.DATETIME, ColumnKind.DATETIME, ColumnKind.TEXT]
    columns = tuple(Column(name, kind) for name, kind in zip(frame.columns, kinds, strict=True))
    return TypedExample(frame, columns, rng.integers(0, 2, n_rows), rng.normal(size=n_rows))
