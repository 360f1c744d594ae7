"""Rows that every fold scores and none learns from."""

import numpy as np
import pytest

from automl.preparation import plan_splits
from automl.preparation.witnesses import with_witnesses


def planned(rows, blocks=None, holdout=None, seed=0):
    target = np.arange(rows) % 10 // 9
    blocks = np.arange(rows) if blocks is None else blocks
    plan = plan_splits(target, blocks, 5, True, None, holdout, seed)
    return target, with_witnesses(plan, target, blocks, classification=True)


@pytest.mark.parametrize(("rows", "wanted"), [(2_500, 50), (5_000, 100), (40_000, 300)])
def test_no_fold_learns_from_them_and_every_fold_scores_them(rows, wanted):
    target, plan = planned(rows)
    assert len(plan.witnesses) == pytest.approx(wanted, rel=0.1)
    assert target[plan.witnesses].mean() == pytest.approx(0.1, abs=0.03)
    for train, valid in plan.folds:
        assert not np.isin(train, plan.witnesses).any()
        assert np.isin(plan.witnesses, valid).all()
        assert not np.isin(train, valid).any()
    assert f"{len(plan.witnesses):,} rows are left out of all folds" in plan.description


def test_every_other_row_is_scored_once_and_learned_from_by_all_other_folds():
    _, plan = planned(4_000)
    times = np.bincount(np.concatenate([valid for _, valid in plan.folds]), minlength=4_000)
    learned = np.bincount(np.concatenate([train for train, _ in plan.folds]), minlength=4_000)
    others = np.setdiff1d(np.arange(4_000), plan.witnesses)
    assert set(times[others]) == {1}
    assert set(learned[others]) == {4}


def test_a_group_is_never_parted():
    blocks = np.arange(3_000) // 5
    _, plan = planned(3_000, blocks)
    assert len(plan.witnesses)
    for train, valid in plan.folds:
        assert not set(blocks[train]) & set(blocks[valid])


@pytest.mark.parametrize(
    ("rows", "blocks", "holdout"), [(2_499, None, None), (5_000, None, 0.2), (5_000, np.arange(5_000) // 250, None)]
)
def test_few_rows_holdouts_and_few_groups_have_none(rows, blocks, holdout):
    _, plan = planned(rows, blocks, holdout)
    assert len(plan.witnesses) == 0
    assert "left out of all" not in plan.description
