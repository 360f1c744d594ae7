"""No test writes into the home of whoever runs it, and fits in the tests' own process share their workers' imports.

The tests' own process is set up as the command sets up its own, so that threads that wait for one another and looks
through objects that stay take no time from the tests either.
"""

import gc
import os
import signal
import tempfile

# NumPy's builds read these when they are loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import pytest
from warm_nursery import WarmNurseries

from automl.cli.run import _OBJECTS_BEFORE_COLLECTING
from automl.search import pool

gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
# A shell starts background jobs with Ctrl-C ignored, which the commands under test would inherit, and rightly keep to.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def state_home():
    """Give every process that a test starts a folder for state that goes with the tests."""
    with tempfile.TemporaryDirectory(prefix="automl-tests-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", folder)
        patch.delenv("AUTOML_RUNS", raising=False)
        yield folder


@pytest.fixture(scope="session", autouse=True)
def _warm_nurseries(state_home):
    """Fork the nursery of each fit from a process that holds its imports already; on Linux, where that can be ended."""
    warm = WarmNurseries()
    with pytest.MonkeyPatch.context() as patch:
        if hasattr(os, "pidfd_open"):
            patch.setattr(pool, "_launch", warm.launch)
        yield
    warm.close()
