"""Fits on rows that are mapped from the disk, for more of them than memory holds."""

from dataclasses import replace

import numpy as np
import pytest
from model_problems import CASES, TASKS, fit, make_request

from automl.models.mapped_rows import MappedBytes, let_go
from automl.models.registry import family

MAPPED = [(name, encoding) for name, encoding in CASES if family(name).mapped is not None]


def mapped_values(folder, values):
    np.save(folder / "values.npy", values)
    return np.asarray(np.load(folder / "values.npy", mmap_mode="r"))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("name", "encoding"), MAPPED)
def test_a_fit_on_mapped_rows_predicts_as_the_one_in_memory_about(name, encoding, task, tmp_path, monkeypatch):
    request = make_request(encoding, task, rows=3_000, weights=True, missing=name != "linear")
    module = family(name).implementation()
    if hasattr(module, "_BLOCK_CELLS"):
        monkeypatch.setattr(module, "_BLOCK_CELLS", 3_000)
    expected = fit(name, request).predict(request.valid_values)

    mapped = replace(request, values=mapped_values(tmp_path, request.values), scratch=tmp_path)
    got = fit(name, mapped).predict(request.valid_values)

    assert np.corrcoef(got.ravel(), expected.ravel())[0, 1] > 0.98


def test_values_that_were_let_go_are_read_again(tmp_path):
    values = np.arange(100_000, dtype=np.float32).reshape(-1, 4)
    mapped = mapped_values(tmp_path, values)

    let_go(mapped)
    let_go(mapped[10:20])

    assert np.array_equal(mapped, values)


def test_values_that_lie_in_memory_are_left_alone():
    values = np.arange(8.0).reshape(2, 4)

    let_go(values[1:])

    assert values.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_two_classes_are_one_score_a_row():
    mapped = MappedBytes(row=10, cell=2, score=100)

    assert mapped.of_row(3, 1, 0) == mapped.of_row(3, 1, 2) == 118
    assert mapped.of_row(3, 1, 4) == 418


def test_a_category_takes_what_it_says_it_takes():
    assert MappedBytes(row=0, cell=2, score=0, category=60).of_row(3, 2, 2) == 126
