"""Importing XGBoost without scikit-learn, for a process that only predicts.

XGBoost imports scikit-learn for wrappers that we never use, and that takes longer than all else in a prediction. It
does without where it cannot be imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module

__all__ = ["import_boosters", "share_cores"]

#: Whose trees XGBoost walks.
_FAMILIES = {"lightgbm", "xgboost", "hist_gradient_boosting", "random_forest", "extra_trees"}


def share_cores(n_models: int, most_threads: int) -> None:
    """Tell compiled code, before it is imported, how many threads are left to each of several models at a time.

    For a command's own process alone. What the user set in ``OMP_NUM_THREADS`` stays.

    Parameters
    ----------
    n_models : int
        Fitted models of the blend.
    most_threads : int
        That are applied at the same time at most.
    """
    at_a_time = max(min(n_models, most_threads), 1)
    os.environ.setdefault("OMP_NUM_THREADS", str(max((os.cpu_count() or 1) // at_a_time, 1)))


def import_boosters(families: Iterable[str]) -> None:
    """Import XGBoost where one of those families predicts with it, leaving its scikit-learn wrappers out.

    For a command's own process alone: in a program of others, those wrappers may be wanted later. Where scikit-learn is
    loaded already there is nothing to save, and nothing is done. A library that is missing is left to be reported by
    whoever needs it.

    Parameters
    ----------
    families : iterable of str
        Names of model families.
    """
    if "sklearn" in sys.modules:
        return
    sys.modules["sklearn"] = None  # type: ignore[assignment]
    try:
        with suppress(ImportError, OSError):
            if not _FAMILIES.isdisjoint(families):
                import_module("xgboost")
    finally:
        del sys.modules["sklearn"]
