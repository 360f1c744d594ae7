"""The run log in other forms: CSV, JSON, and the tracking store of MLflow."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.errors import DataError, WriteError
from automl.files import encodable
from automl.operate.run_differences import flattened
from automl.operate.run_log import Run
from automl.tables.libraries import install_command, not_installed

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["export_to_mlflow", "runs_as_csv", "runs_as_json"]

_EXPERIMENT = "automl"
#: A run's mark in the tracking store, so that a later export adds only what is new.
_MARK = "automl.run"
#: It is to tell nobody about its use, to take a folder too, and not to talk of what it does.
_MANNERS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ALLOW_FILE_STORE": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}
_LONGEST_VALUE = 5_000
_BATCH = 100


def runs_as_csv(runs: Sequence[Run]) -> str:
    """Return one line a run; settings, versions and details are JSON."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(Run("", "", 0.0, 0).to_dict())
    for run in runs:
        writer.writerow(
            json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
            for value in run.to_dict().values()
        )
    return stream.getvalue()


def runs_as_json(runs: Sequence[Run]) -> str:
    """Return one object with the runs."""
    return json.dumps({"schema_version": 1, "runs": [run.to_dict() for run in runs]}, ensure_ascii=False, indent=1)


def export_to_mlflow(runs: Sequence[Run], place: str) -> int:
    """Add the runs that are not there yet to a tracking store of MLflow, and return how many.

    They become runs of the experiment ``automl``: settings are parameters, scores and seconds metrics, the rest tags.

    Parameters
    ----------
    runs : sequence of Run
    place : str
        A folder, or ``sqlite:///FILE``.

    Raises
    ------
    DataError
        If MLflow is not installed.
    WriteError
        If the store cannot be written.
    """
    if missing := not_installed(("mlflow",)):
        raise DataError(f"This needs {missing[0]}, which is not installed.", f"Type: {install_command('mlflow')}")
    os.environ.update(_MANNERS)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    address = place if "://" in place else Path(place).absolute().as_uri()
    try:
        client = MlflowClient(tracking_uri=address)
        experiment = _experiment(client)
        known = _marks(client, experiment)
        new = [run for run in reversed(runs) if _mark(run) not in known]
        for run in new:
            _add(client, experiment, run)
    except (MlflowException, OSError, ImportError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise WriteError(f"Cannot write the tracking store '{place}': {reason}.", "Choose another --output.") from error
    return len(new)


def _experiment(client: MlflowClient) -> str:
    found = client.get_experiment_by_name(_EXPERIMENT)
    return str(client.create_experiment(_EXPERIMENT) if found is None else found.experiment_id)


def _marks(client: MlflowClient, experiment: str) -> set[str | None]:
    marks: set[str | None] = set()
    token: str | None = None
    while True:
        page = client.search_runs([experiment], page_token=token)
        marks.update(run.data.tags.get(_MARK) for run in page)
        token = page.token
        if not token:
            return marks


def _mark(run: Run) -> str:
    return f"{run.id} {run.started}"


def _add(client: MlflowClient, experiment: str, run: Run) -> None:
    from mlflow.entities import Metric, Param, RunTag

    started = datetime.fromisoformat(run.started)
    ended = _milliseconds(started + timedelta(seconds=run.seconds))
    name = f"{run.kind} {run.id}"
    made = client.create_run(experiment, start_time=_milliseconds(started), tags={_MARK: _mark(run)}, run_name=name)
    number = made.info.run_id
    metrics = [Metric(each, value, ended, 0) for each, value in _metrics(run)]
    facts = {name: _text(value) for name, value in flattened(run).items() if value is not None}
    prefix = "settings."
    params = (Param(each.removeprefix(prefix), value) for each, value in facts.items() if each.startswith(prefix))
    tags = (RunTag(f"automl.{each}", value) for each, value in facts.items() if not each.startswith(prefix))
    client.log_batch(number, metrics=metrics)
    while batch := list(islice(params, _BATCH)):
        client.log_batch(number, params=batch)
    while texts := list(islice(tags, _BATCH)):
        client.log_batch(number, tags=texts)
    client.set_terminated(number, "FINISHED" if run.exit_code in (0, 1) else "FAILED", ended)


def _metrics(run: Run) -> Iterator[tuple[str, float]]:
    yield "seconds", run.seconds
    for ending, value in (("", run.score), ("_low", run.low), ("_high", run.high)):
        if run.metric is not None and value is not None:
            yield f"{run.metric}{ending}", value


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000)


def _text(value: Any) -> str:
    return encodable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[:_LONGEST_VALUE]
