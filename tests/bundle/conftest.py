import pytest
import sklearn.ensemble  # noqa: F401 - its OpenMP library has to be there before it is limited
from model_files import write_example
from threadpoolctl import threadpool_limits

from automl.tables import Task


class Example:
    """A model file's bytes, the table it was fitted on, and what it predicts for that table."""

    def __init__(self, folder, task):
        from automl.bundle import load_model

        self.path = folder / "example.automl"
        self.table = write_example(self.path, task)
        self.content = self.path.read_bytes()
        self.model = load_model(self.path)
        self.expected = self.model.predict_table(self.table)


@pytest.fixture(scope="session")
def binary(tmp_path_factory):
    return Example(tmp_path_factory.mktemp("binary"), Task.BINARY)


@pytest.fixture(scope="session")
def regression(tmp_path_factory):
    return Example(tmp_path_factory.mktemp("regression"), Task.REGRESSION)


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Threads that wait for one another make small fits and predictions slow on a busy machine."""
    with threadpool_limits(limits=1):
        yield
