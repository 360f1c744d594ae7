"""Arrays that grow on the disk and are mapped afterwards."""

import numpy as np
import pytest

from automl.all_rows.growing import GrowingArray


def test_what_was_appended_is_mapped_from_the_file(tmp_path):
    array = GrowingArray(tmp_path / "a.npy", np.float32, 3)
    blocks = [np.arange(3 * rows, dtype=np.float64).reshape(rows, 3) for rows in (2, 0, 1_000, 5)]
    for block in blocks:
        array.append(block)
    array.finish()

    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")

    assert array.rows == 1_007
    assert mapped.dtype == np.float32
    assert np.array_equal(mapped, np.concatenate(blocks))


def test_a_single_column_grows_too(tmp_path):
    array = GrowingArray(tmp_path / "a.npy", np.int64)
    array.append(np.array([1, 2]))
    array.append(np.array([3]))
    array.finish()

    assert np.load(tmp_path / "a.npy").tolist() == [1, 2, 3]


def test_rows_of_another_width_are_refused(tmp_path):
    array = GrowingArray(tmp_path / "a.npy", np.float32, 3)
    with pytest.raises(ValueError, match="shape"):
        array.append(np.zeros((2, 4)))
    array.close()


def test_a_file_that_was_not_finished_holds_no_rows(tmp_path):
    array = GrowingArray(tmp_path / "a.npy", np.float32, 3)
    array.append(np.ones((4, 3)))
    array.close()

    assert len(np.load(tmp_path / "a.npy")) == 0
