"""What makes a formula large is counted: weights, trees, levels and the points of curves."""

from dataclasses import replace

import pytest

from automl.export.deriving import size_of
from automl.export.formula import Averaged, Boosted, Calibrated, Constant, Formula, Linear, Member, Scale, Tree
from automl.export.terms import Finish, Lookup, Measured, Number

STUMP = Tree((1, -1, -1), (0, 0, 0), (0.5, 0.0, 0.0), (0, 0, 0), ((), (1.0, 0.0), (0.0, 1.0)), {})
NOTHING = Constant((1.0,))


def size(*features, model=NOTHING, calibration=None):
    return size_of(Formula((), (), None, (features,), (Member(1.0, 0, model),), calibration))


def test_every_weight_of_a_linear_model_counts():
    assert size(model=Linear(((0.5,) * 1000,) * 200, (0.0,) * 200, None)) == 200 * 1001


@pytest.mark.parametrize("places", [2, 200])
def test_every_point_of_a_curve_counts(places):
    points = tuple(map(float, range(places)))
    curved = Measured(Number("x", 0.0), Finish(quantiles=points, scores=points, center=0.0))
    assert size(curved) - size(Measured(Number("x", 0.0), Finish())) == 2 * places
    assert size(calibration=Calibrated(1.0, 0.0, points, points)) - size() == 2 * places


def test_what_each_leaf_says_of_each_class_counts():
    both = Averaged((STUMP, STUMP), (0, 1), 2, Scale(0.0, 1.0, 0.0, 0.0))
    assert size(model=both) == 2 * size(model=Boosted((STUMP,), 2, None)) == 2 * (3 * 4 + 4)


def test_every_category_that_a_tree_asks_for_counts():
    asking = replace(STUMP, codes={"0": (1, 3, 4)})
    assert size(model=Boosted((asking,), 1, None)) - size(model=Boosted((STUMP,), 1, None)) == 3


def test_every_level_counts():
    assert size(Lookup("plan", ("a", "b", "c"), (0.0, 1.0, 2.0), None, None)) - size() == 3
