"""No test writes into the home of whoever runs it: what a run records goes to a folder of the test run's own."""

import tempfile

import pytest


@pytest.fixture(scope="session", autouse=True)
def state_home():
    """Give every process that a test starts a folder for state that goes with the tests."""
    with tempfile.TemporaryDirectory(prefix="automl-tests-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", folder)
        patch.delenv("AUTOML_RUNS", raising=False)
        yield folder
