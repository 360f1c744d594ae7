"""The smaller form of a candidate whose process was killed: half of the rows, and smaller trees or networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.family import Integer, Parameter
from automl.models.portfolio import Candidate
from automl.models.registry import family

__all__ = ["KILLED", "OUT_OF_MEMORY", "OVER_THE_LIMIT", "ROW_SHARE", "drawn_rows", "smaller_candidate"]

OUT_OF_MEMORY = "out of memory"
OVER_THE_LIMIT = "ended for using too much memory"
KILLED = "its process died"

#: The hyperparameter that says on which share of a fold's training rows a candidate is fitted.
ROW_SHARE = "row_share"
_SHARE = 0.5
#: Hyperparameters of which less is smaller.
_SIZES = ("num_leaves", "max_leaf_nodes", "max_depth", "depth", "width", "members")


def smaller_candidate(candidate: Candidate, status: str) -> Candidate | None:
    """Return what to try instead of a candidate that was too large; None where nothing smaller is to be tried.

    Sizes go halfway to the lowest that the family's space allows. What was made smaller once is given up.
    """
    space = family(candidate.family).space
    if status not in (OUT_OF_MEMORY, OVER_THE_LIMIT, KILLED) or not space or ROW_SHARE in candidate.hyperparameters:
        return None
    sizes = {name: _halfway_down(space[name], candidate.hyperparameters.get(name)) for name in _SIZES if name in space}
    hyperparameters = {**candidate.hyperparameters, **sizes, ROW_SHARE: _SHARE}
    return Candidate(candidate.family, candidate.encoding, hyperparameters)


def _halfway_down(parameter: Parameter, value: Any) -> int:
    assert isinstance(parameter, Integer)
    chosen = parameter.default if value is None else value
    assert chosen is not None
    return parameter.low + max(int(chosen) - parameter.low, 0) // 2


def drawn_rows(count: int, hyperparameters: Mapping[str, Any], seed: int) -> NDArray[np.int64] | None:
    """Return the positions, in their order, of the rows that a candidate is fitted on; None where these are all."""
    share = float(hyperparameters.get(ROW_SHARE, 1.0))
    if share >= 1:
        return None
    generator = np.random.default_rng(seed)
    return np.sort(generator.choice(count, max(1, round(share * count)), replace=False))
