"""Parts of the rows where a model does worse, found by a tree over their losses."""

import numpy as np
import pandas as pd

from automl.evaluation.slices import find_slices


def test_numbers_beyond_single_precision_are_parted_like_others():
    rng = np.random.default_rng(0)
    losses = np.abs(rng.normal(size=400))
    values = rng.normal(size=400)
    losses[values > 0.5] += 3
    values[values > 2] = 1e39
    values[:3] = -1e300
    worst = find_slices(pd.DataFrame({"size": values}), losses)[0]
    assert worst.loss > worst.loss_elsewhere + 2
    assert "size" in worst.conditions[0]
