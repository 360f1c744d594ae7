"""Each problem of reading is found in the file it is planted into, and no finding stands on a clean file."""

import numpy as np
import pytest
from planted_files import EVERY, FILE_PLANTS, clean_lines, content_of

from automl.tables import read_table


def codes_of(path, content):
    path.write_bytes(content)
    return {finding.code for finding in read_table(path).findings}


@pytest.mark.parametrize(("code", "plant", "shapes"), FILE_PLANTS, ids=lambda value: getattr(value, "__name__", None))
def test_a_problem_planted_into_a_file_is_found(tmp_path, code, plant, shapes):
    content = plant(clean_lines(shapes[-1], 1), np.random.default_rng(1))
    assert code in codes_of(tmp_path / "planted.csv", content)


@pytest.mark.parametrize("shape", EVERY)
def test_nothing_is_found_in_reading_a_clean_file(tmp_path, shape):
    assert codes_of(tmp_path / "clean.csv", content_of(clean_lines(shape, 7))) == set()
