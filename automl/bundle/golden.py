"""The golden rows: a few rows whose predictions must come back as they were where the model was fitted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.archive import Archive
from automl.errors import AutomlError, ModelFileError
from automl.models.arrays import agree
from automl.tables import Table

__all__ = ["check_golden"]


def check_golden(archive: Archive, predict: Callable[[Table], NDArray[np.float64]]) -> None:
    """Predict the golden rows of a model file again.

    Raises
    ------
    ModelFileError
        If that fails, or a prediction differs by more than rounding explains.
    """
    golden = archive.json("golden.json")
    try:
        expected = np.asarray(golden["expected"], dtype=np.float64)
        predicted = predict(Table(pd.DataFrame(golden["cells"], dtype="str"), "golden rows", ""))
    except AutomlError:
        raise
    except Exception as error:
        # What was read passed every check of its form, and still does not work: forged, or of another library version.
        raise ModelFileError(
            f"'{archive.path}' is damaged: it does not predict its own golden rows.", "Fit the model again."
        ) from error
    if predicted.shape != expected.shape or not agree(predicted, expected):
        raise ModelFileError(
            f"'{archive.path}' predicts other values here than where it was fitted.",
            "Install the library versions that 'automl inspect' lists, or fit it again.",
        )
