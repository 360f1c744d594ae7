import sys
from pathlib import Path

import pytest
import sklearn.ensemble  # noqa: F401 - its OpenMP library has to be there before it is limited
from small_models import curved_table, fitted, linear_table, mixed_table, three_class_table
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from browser import open_browser


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Threads that wait for one another make small fits and predictions slow on a busy machine."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="session")
def line(tmp_path_factory):
    return fitted(tmp_path_factory.mktemp("line"), linear_table, "y", ("linear",), "rmse")


@pytest.fixture(scope="session")
def mixed(tmp_path_factory):
    families = ("lightgbm", "random_forest", "linear")
    return fitted(tmp_path_factory.mktemp("mixed"), mixed_table, "bad", families, "roc_auc")


@pytest.fixture(scope="session")
def three(tmp_path_factory):
    return fitted(tmp_path_factory.mktemp("three"), three_class_table, "kind", ("random_forest",), "log_loss")


@pytest.fixture(scope="session")
def boosted(tmp_path_factory):
    families = ("lightgbm", "xgboost", "catboost", "linear", "constant")
    return fitted(tmp_path_factory.mktemp("boosted"), curved_table, "y", families, "rmse")


@pytest.fixture(scope="session")
def page():
    with open_browser() as opened:
        yield opened
