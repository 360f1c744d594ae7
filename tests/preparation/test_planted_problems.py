"""Each problem is found where it is planted, and no finding stands on a clean table."""

import numpy as np
import pandas as pd
import pytest
from planted import LATER_PLANTS, PLANTS, SHAPES, TRUE_OF, clean_columns

from automl.preparation import FINDING_KINDS, profile
from automl.tables import infer_schema, table_from_frame


def codes_of(columns, later=None):
    table = table_from_frame(pd.DataFrame(columns))
    test_data = None if later is None else table_from_frame(pd.DataFrame(later))
    return {finding.code for finding in profile(table, infer_schema(table, "y"), "y", test_data).findings}


@pytest.mark.parametrize(("code", "plant", "shapes"), PLANTS, ids=lambda value: getattr(value, "__name__", None))
def test_a_planted_problem_is_found(code, plant, shapes):
    assert code in codes_of(plant(clean_columns(shapes[-1], 1), np.random.default_rng(1)))


LEAKS = [each for each in PLANTS if each[0].startswith("target_leak") or each[0] in ("repeating_groups", "time_order")]


@pytest.mark.parametrize(("code", "plant", "shapes"), LEAKS, ids=lambda value: getattr(value, "__name__", None))
def test_a_leak_is_told_by_the_name_of_its_column(code, plant, shapes):
    clean = clean_columns(shapes[0], 3)
    columns = plant(clean, np.random.default_rng(3))
    table = table_from_frame(pd.DataFrame(columns))
    found = [each for each in profile(table, infer_schema(table, "y"), "y").findings if each.code == code]
    assert found
    assert {name for each in found for name in each.columns} & (set(columns) - set(clean))
    assert any(name in each.message for each in found for name in set(columns) - set(clean))


@pytest.mark.parametrize(("code", "plant", "shapes"), LATER_PLANTS)
def test_a_problem_planted_into_later_rows_is_found(code, plant, shapes):
    later = plant(clean_columns(shapes[-1], 2), np.random.default_rng(1))
    assert code in codes_of(clean_columns(shapes[-1], 1), later)


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_found_in_later_rows_of_the_same_kind(shape):
    assert codes_of(clean_columns(shape, 7), clean_columns(shape, 8)) == TRUE_OF.get(shape, set())


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_found_in_a_clean_table(shape):
    assert codes_of(clean_columns(shape, 7)) == TRUE_OF.get(shape, set())


def test_periods_of_time_in_one_format_are_no_texts_cut_off():
    hours = [f"06.05.2024 {hour:02d}:{minute:02d}:00 - 07.05.2024" for hour in range(24) for minute in range(5)]
    columns = {**clean_columns("binary", 7)}
    count = len(columns["y"])
    columns["period"] = [hours[at % len(hours)] if at % 50 else "06.05.2024 - 07.05.2024" for at in range(count)]
    assert "truncated_text" not in codes_of(columns)


def test_every_finding_about_cells_rows_and_target_is_planted():
    from automl.preparation.reading_kinds import READING_KINDS

    of_reading = {kind.code for kind in READING_KINDS}
    assert set(FINDING_KINDS) - of_reading <= {code for code, *_ in (*PLANTS, *LATER_PLANTS)}
