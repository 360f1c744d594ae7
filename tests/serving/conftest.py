"""Models of sample tables, fitted once (the others are served in tests/samples), and one server for all of them."""

import pytest
from served_rows import SAMPLES, TABLES
from serving_processes import running

from automl.cli.run import run


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Return a folder with a model of each table."""
    folder = tmp_path_factory.mktemp("served")
    for name, target in TABLES.items():
        words = ["--trials", "1", "--families", "lightgbm", "--optimize", "speed", "--folds", "2"]
        words += ["--no-report", "--quiet", "--no-log"]
        data, output = SAMPLES / f"{name}.csv", folder / f"{name}.automl"
        assert run(["fit", str(data), "--target", target, "--output", str(output), *words]) == 0
    return folder


@pytest.fixture(scope="session")
def server(models):
    with running(models, *(f"{name}.automl" for name in TABLES)) as started:
        yield started
