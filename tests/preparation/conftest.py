"""Small tables made in the test, typed as a file of theirs would be."""

import numpy as np
import pandas as pd
import pytest

from automl.preparation import PrepareRequest, prepare
from automl.tables import infer_schema, table_from_frame


@pytest.fixture
def columns_of_noise():
    """Make columns that know nothing of one another: two of numbers, one of levels."""

    def make(rows, seed=0):
        random = np.random.default_rng(seed)
        return {
            "height": random.normal(size=rows).round(4),
            "width": random.uniform(size=rows).round(4),
            "colour": random.choice(["red", "green", "blue"], rows),
        }

    return make


@pytest.fixture
def make_table():
    """Turn columns into a table of text cells with its schema."""

    def make(columns):
        table = table_from_frame(pd.DataFrame(columns))
        return table, infer_schema(table)

    return make


@pytest.fixture
def prepare_columns(make_table):
    """Prepare columns for a target, ``y`` unless told otherwise."""

    def run(columns, target="y", **request):
        return prepare(*make_table(columns), PrepareRequest(target, **request))

    return run


@pytest.fixture
def noisy_labels():
    """Make a yes/no target that depends on nothing."""

    def make(rows, seed=1, share=0.4):
        return np.where(np.random.default_rng(seed).random(rows) < share, "yes", "no")

    return make


@pytest.fixture
def codes_found(prepare_columns):
    """Prepare columns and return which columns each finding code names."""

    def run(columns, target="y", **request):
        found = {}
        for finding in prepare_columns(columns, target, **request).findings:
            found.setdefault(finding.code, []).extend(finding.columns)
        return found

    return run
