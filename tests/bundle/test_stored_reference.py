"""What a model file remembers of its training rows is read as it was written, or refused."""

import json
from functools import partial

import numpy as np
import pytest
from model_files import forge, with_value

from automl.bundle import read_reference
from automl.bundle.reference import ColumnReference, Grid, Reference, significant

GRID = {"knots": [1.0, 2.0, 4.0], "below": [2, 2, 5], "mean": 2.5, "spread": 1.25}
STORED = {
    "rows": 6,
    "duplicates": 1,
    "columns": [
        {"name": "age", "kind": "number", "rows": 6, "missing": 0, "read": 6, "unparsed": 1, "grid": GRID},
        {"name": "city", "kind": "category", "rows": 6, "missing": 6, "levels": {"Bern": 5}, "others": 6, "once": 6},
        {"name": "mail", "kind": "text", "rows": 6, "missing": 2, "personal": True},
    ],
    "prediction": {
        "grids": [GRID, {"knots": [0.5], "below": [1], "mean": 0.5, "spread": 0.0}],
        "decided": [4, 2],
        "metric": "roc_auc",
        "score": 0.75,
        "estimated": 0.5,
    },
    "sample": {"cells": {"age": ["3", "4"], "city": ["", "Bern"]}, "predictions": [[0.25, 0.75], [0.5, 0.5]]},
}


changed = partial(with_value, STORED)


def written(reference):
    """Return what is stored of a reference, with tuples as the lists that JSON knows."""

    def plain(value):
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, list | tuple) else value

    return plain(reference.to_dict())


def test_it_is_written_as_it_was_read_without_what_is_empty():
    assert written(Reference.from_dict(STORED)) == STORED


def test_it_is_read_from_the_file(binary, tmp_path):
    path = tmp_path / "remembering.automl"
    path.write_bytes(forge(binary.content, {"reference.json": json.dumps(STORED).encode()}))
    assert written(read_reference(path)) == STORED


def test_what_a_column_is_made_without_is_none():
    made = ColumnReference("mail", "text", 6, 2, personal=True)
    assert made == Reference.from_dict(STORED).columns[2]
    assert (made.read, made.unparsed, made.grid, made.levels, made.others, made.once) == (0, 0, None, {}, 0, 0)


def test_a_grid_knows_of_how_many_values_it_is():
    assert Grid.from_dict(GRID).rows == 5


@pytest.mark.parametrize("path", [("sample",), ("prediction", "score"), ("prediction", "estimated")])
def test_what_is_not_known_stays_unknown(path):
    values = changed(*path, to=None)
    assert written(Reference.from_dict(values)) == values


@pytest.mark.parametrize(
    "path",
    [
        ("rows",),
        ("duplicates",),
        *((("columns", 1, name)) for name in ("rows", "missing", "read", "unparsed", "others", "once")),
        ("columns", 1, "levels", "Bern"),
        ("prediction", "decided", 0),
        ("prediction", "grids", 0, "below", 0),
    ],
)
@pytest.mark.parametrize("count", [-1, True, 1.0, "1"])
def test_a_count_that_is_none_is_refused(path, count):
    with pytest.raises(ValueError, match="a count is expected"):
        Reference.from_dict(changed(*path, to=count))


@pytest.mark.parametrize("name", ["missing", "others", "once"])
def test_more_cells_than_rows_are_refused(name):
    with pytest.raises(ValueError, match="more cells than rows"):
        Reference.from_dict(changed("columns", 1, name, to=7))


def test_a_column_without_rows_is_refused():
    with pytest.raises(ValueError, match="more cells than rows"):
        Reference.from_dict(changed("columns", 0, to={"name": "age", "kind": "number", "rows": 0, "missing": 0}))


@pytest.mark.parametrize(
    "changes",
    [
        {"knots": [1.0, 1.0, 4.0]},
        {"knots": [2.0, 1.0, 4.0]},
        {"knots": [1.0, float("nan"), 4.0]},
        {"knots": [1.0, 2.0]},
        {"below": [3, 2, 5]},
        {"below": [2, 5]},
        {"knots": [], "below": []},
        {"knots": [1.0], "below": [0]},
    ],
)
def test_a_grid_that_does_not_rise_is_refused(changes):
    with pytest.raises(ValueError, match="a grid of rising values is expected"):
        Reference.from_dict(changed("columns", 0, "grid", to={**GRID, **changes}))


@pytest.mark.parametrize("predictions", [[0.5], [0.5, 0.5, 0.5], [0.5, float("nan")], [float("inf"), 0.5]])
def test_a_sample_with_another_number_of_predictions_or_none_is_refused(predictions):
    with pytest.raises(ValueError, match="as many cells as predictions"):
        Reference.from_dict(changed("sample", "predictions", to=predictions))


def test_values_that_have_no_digits_to_round_stay_as_they_are():
    values = np.array([0.0, np.inf, -np.inf, np.nan, 5e-324])
    np.testing.assert_array_equal(significant(values), values)
