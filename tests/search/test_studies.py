"""A study proposes inside the family's space, learns what it is told and ignores what does not belong."""

import numpy as np
import pytest

from automl.models.family import Choice
from automl.models.registry import FAMILY_NAMES, family
from automl.search.studies import FamilyStudy

TUNABLE = [name for name in FAMILY_NAMES if family(name).space]


def inside(parameter, value):
    if isinstance(parameter, Choice):
        return value in parameter.options
    return parameter.low <= value <= parameter.high


@pytest.mark.parametrize("name", TUNABLE)
def test_what_is_asked_lies_inside_the_space(name):
    described, study = family(name), FamilyStudy(family(name), 1)
    for _ in range(8):
        number, values = study.ask()
        encoding = values.pop("encoding", described.encodings[0])
        assert encoding in described.encodings
        assert set(values) == set(described.space)
        assert all(inside(described.space[key], value) for key, value in values.items())
        study.tell(number, 0.5)


def test_the_same_seed_asks_the_same():
    asked = []
    for _ in range(2):
        study = FamilyStudy(family("lightgbm"), 3)
        values = []
        for step in range(10):
            number, proposal = study.ask()
            values.append(proposal)
            study.tell(number, None if step == 4 else float(step))
        asked.append(values)
    assert asked[0] == asked[1]


def test_another_seed_asks_otherwise():
    assert FamilyStudy(family("lightgbm"), 3).ask()[1] != FamilyStudy(family("lightgbm"), 4).ask()[1]


def test_proposals_move_to_where_the_loss_was_low():
    study = FamilyStudy(family("linear"), 0)
    proposed = []
    for _ in range(40):
        number, values = study.ask()
        distance = abs(np.log10(values["penalty"]) + 2)
        proposed.append(distance)
        study.tell(number, distance)
    assert np.median(proposed[-15:]) < np.median(proposed[:10])


def test_what_was_not_asked_for_is_learned_from_as_well():
    study = FamilyStudy(family("linear"), 0)
    for penalty in np.geomspace(1e-5, 10, 30):
        study.add({"penalty": float(penalty)}, "onehot_scaled", abs(float(np.log10(penalty)) - 0.5))
    near = []
    for _ in range(10):
        number, values = study.ask()
        near.append(abs(np.log10(values["penalty"]) - 0.5))
        study.tell(number, near[-1])
    assert np.median(near) < 1.0


@pytest.mark.parametrize(
    ("hyperparameters", "encoding"),
    [
        ({"penalty": 50.0}, "onehot_scaled"),
        ({"penalty": -1.0}, "onehot_scaled"),
        ({}, "onehot_scaled"),
        ({"penalty": 0.1, "unknown": 3}, "onehot_scaled"),
    ],
)
def test_what_lies_outside_the_space_does_no_harm(hyperparameters, encoding):
    study = FamilyStudy(family("linear"), 0)
    study.add(hyperparameters, encoding, 0.1)
    assert inside(family("linear").space["penalty"], study.ask()[1]["penalty"])


def test_an_encoding_of_another_family_does_no_harm():
    described, study = family("xgboost"), FamilyStudy(family("xgboost"), 0)
    middle = {name: getattr(parameter, "low", None) for name, parameter in described.space.items()}
    study.add(middle, "onehot_scaled", 0.1)
    assert study.ask()[1]["encoding"] in described.encodings
