import pytest
import sklearn.ensemble  # noqa: F401 - its OpenMP library has to be there before it is limited
from threadpoolctl import threadpool_limits


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Fit as the search's workers do; threads that wait for one another make small fits slow on a busy machine."""
    with threadpool_limits(limits=1):
        yield
