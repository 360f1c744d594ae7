"""Each problem is found where it is planted, and no finding stands on a clean table."""

import numpy as np
import pandas as pd
import pytest
from planted import PLANTS, SHAPES, TRUE_OF, clean_columns

from automl.preparation import FINDING_KINDS, profile
from automl.tables import infer_schema, table_from_frame

OTHERWISE_TESTED = {"unusable_target", "drift_to_test_data"}


def codes_of(columns):
    table = table_from_frame(pd.DataFrame(columns))
    return {finding.code for finding in profile(table, infer_schema(table, "y"), "y").findings}


@pytest.mark.parametrize(("code", "plant", "shapes"), PLANTS, ids=lambda value: getattr(value, "__name__", None))
def test_a_planted_problem_is_found(code, plant, shapes):
    assert code in codes_of(plant(clean_columns(shapes[-1], 1), np.random.default_rng(1)))


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_found_in_a_clean_table(shape):
    assert codes_of(clean_columns(shape, 7)) == TRUE_OF.get(shape, set())


def test_every_finding_about_cells_rows_and_target_is_planted():
    from automl.preparation.reading_kinds import READING_KINDS

    of_reading = {kind.code for kind in READING_KINDS}
    assert set(FINDING_KINDS) - of_reading - OTHERWISE_TESTED <= {code for code, *_ in PLANTS}
