"""A small search in real worker processes, with families plugged in that misbehave."""

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl.models
from automl.evaluation.metrics import METRICS
from automl.models import registry
from automl.preparation.prepare import PrepareRequest, prepare
from automl.preparation.splits import plan_splits
from automl.search.board import Evidence
from automl.search.pool import Nursery
from automl.search.tasks import WorkFolder
from automl.search.training_data import write_training_data
from automl.tables import infer_schema, table_from_frame

HOSTILE = tuple(
    f"hostile_{what}"
    for what in (
        *("nan", "rows", "columns", "raises", "memory", "exit", "abort", "segfault", "save", "load", "loop", "c_loop"),
        *("hungry", "harmless", "processor"),
    )
)

_PLUG_IN = """
import automl.models
from automl.models import registry
automl.models.__path__.append({folder!r})
registry.FAMILY_NAMES = (*registry.FAMILY_NAMES, *{names!r})
"""


@pytest.fixture(scope="session")
def family_folder(tmp_path_factory):
    """Return a folder that holds the hostile families, and what plugs them into a new interpreter."""
    folder = tmp_path_factory.mktemp("families")
    for name in HOSTILE:
        shutil.copy(Path(__file__).with_name("hostile_family.py"), folder / f"{name}.py")
    plug_in = folder / "start"
    plug_in.mkdir()
    (plug_in / "sitecustomize.py").write_text(_PLUG_IN.format(folder=str(folder), names=HOSTILE))
    return folder


@pytest.fixture(scope="session")
def nursery(family_folder, tmp_path_factory):
    """Return a nursery whose workers know the hostile families."""
    root = Path(automl.models.__file__).parents[2]
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(family_folder / "start"), str(root)])
    nursery = Nursery()
    # Its environment is needed until its process has read it: a first worker shows that it has.
    _, pid = nursery.start_worker(tmp_path_factory.mktemp("first"))
    os.kill(pid, signal.SIGKILL)
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
    yield nursery
    nursery.close()


@pytest.fixture
def hostile_families(family_folder, monkeypatch):
    """Register the hostile families in this process, and return their names."""
    monkeypatch.setattr(automl.models, "__path__", [*automl.models.__path__, str(family_folder)])
    monkeypatch.setattr(registry, "FAMILY_NAMES", (*registry.FAMILY_NAMES, *HOSTILE))
    return HOSTILE


@pytest.fixture
def evidence(tmp_path):
    """Return 90 rows of a binary problem with two folds, written for workers."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=90), "noise": rng.normal(size=90)})
    frame["y"] = np.where(frame["x"] + 0.3 * rng.normal(size=90) > 0, "yes", "no")
    table = table_from_frame(frame)
    prepared = prepare(table, infer_schema(table, "y"), PrepareRequest("y"))
    splits = plan_splits(prepared.target, np.arange(90), 2, True, 2, None, 0)
    folder = WorkFolder(tmp_path)
    write_training_data(folder, prepared, splits, None, None, prepared.frame.head(5))
    return Evidence(folder, prepared.target, None, splits, METRICS["log_loss"], 2)
