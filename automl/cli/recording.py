"""What a command leaves in the run log: begun by the command, written once its exit code is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from automl.cli.options import Common
    from automl.report.monitoring_facts import MonitoringFacts
    from automl.tables import Table

__all__ = [
    "Recording",
    "begin_recording",
    "failed",
    "fitted",
    "monitored",
    "record",
    "run_log_options",
    "target_of",
    "written",
]

_MOST_ALARMS = 20

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@dataclass
class Recording:
    """A run as far as it is known; ``known`` are fields of :class:`automl.operate.run_log.Run`."""

    kind: str
    runs: str | None
    begun: float
    settings: Mapping[str, Any]
    known: dict[str, Any] = field(default_factory=dict)


def run_log_options(function: Decorated) -> Decorated:
    """Add ``--runs`` and ``--no-log``."""
    function = click.option("--no-log", is_flag=True, help="Leave no line in the run log.")(function)
    return click.option(
        "--runs",
        metavar="FILE",
        envvar="AUTOML_RUNS",
        help="The run log [default: automl/runs.sqlite in the folder for state].",
    )(function)


def begin_recording(
    common: Common, kind: str, settings: Mapping[str, Any], runs: str | None, *, no_log: bool, **known: Any
) -> None:
    """Have the run of this command recorded when it ends, however that is.

    Parameters
    ----------
    common : Common
        Its ``recording`` is what the command may still add to.
    kind : {"fit", "retrain", "monitor"}
    settings : mapping
        JSON-ready, without what is secret.
    runs : str or None
        The file; None for the one in the user's folder for state.
    no_log : bool
        Whether nothing is to be recorded.
    **known
        Fields of the run that are known already.
    """
    from automl.cli.clock import process_started

    common.recording = None if no_log else Recording(kind, runs, process_started(), settings, known)


def fitted(common: Common, manifest: Mapping[str, Any], output: Path, **details: Any) -> None:
    """Add to the recording what became of a fit: its table, its score, and what it wrote."""
    if common.recording is None:
        return
    low, high = manifest["estimate"]["interval"]
    common.recording.known.update(
        target=manifest["target"],
        metric=manifest["metric"],
        score=manifest["estimate"]["value"],
        low=low,
        high=high,
        stopped_by=manifest["stopped_by"],
        data_sha256=manifest["data_sha256"],
        rows=manifest["rows"],
        columns=manifest.get("columns_count"),
        details=details,
    )
    written(common, output)


def written(common: Common, output: Path) -> None:
    """Add to the recording which file was written."""
    if common.recording is not None:
        common.recording.known.update(output=str(output), output_sha256=_digest(output))


def monitored(common: Common, facts: MonitoringFacts, model: Path, tables: Sequence[Table]) -> None:
    """Add to the recording what monitoring said of what: the score of the last batch, and which alarms there are."""
    if common.recording is None:
        return
    digests = [table.sha256 for table in tables]
    widths = {table.cells.shape[1] for table in tables}
    performance = facts.batches[-1].performance if facts.batches else None
    low, high = (None, None) if performance is None else performance.interval
    common.recording.known.update(
        target=facts.target,
        metric=facts.metric,
        score=None if performance is None else performance.value,
        low=low,
        high=high,
        data_sha256=digests[0] if len(digests) == 1 else None,
        rows=sum(batch.rows for batch in facts.batches),
        columns=widths.pop() if len(widths) == 1 else None,
        details={
            "model_sha256": _digest(model),
            **({"data_sha256": digests} if len(digests) > 1 else {}),
            "alarm": facts.alarm,
            "first_alarm": facts.first_alarm,
            "alarms": [f"{alarm.batch}: {alarm.message}" for alarm in facts.counting[:_MOST_ALARMS]],
        },
    )


def failed(common: Common, error: BaseException) -> None:
    """Add to the recording why the command failed, without what may be a cell of the table."""
    if common.recording is None:
        return
    from automl.errors import AutomlError

    recording = common.recording
    # What other exceptions say is made of whatever was at hand.
    why = type(error).__name__
    if isinstance(error, AutomlError):
        named = {str(word) for value in recording.settings.values() for word in _each(value)}
        why = _without_cells(error.message, named | {str(value) for value in recording.known.values()})
    recording.known["details"] = {**recording.known.get("details", {}), "error": why}


def _each(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _without_cells(message: str, named: Collection[str]) -> str:
    """Return a message up to its first quotation of what the user did not name."""
    parts = message.split("'")
    for place in range(1, len(parts), 2):
        if parts[place] not in named:
            return "'".join(parts[:place]) + "…"
    return message


def target_of(model: Path) -> str | None:
    """Return the target of a model file; None where the file is not sound, which the command itself will say."""
    from automl.bundle import read_manifest
    from automl.errors import ModelFileError

    try:
        return str(read_manifest(model)["target"])
    except (KeyError, ModelFileError):
        return None


def record(common: Common, exit_code: int) -> None:
    """Write the line of a command that ends; where that cannot be, a note says so and nothing else happens."""
    recording, common.recording = common.recording, None
    if recording is None:
        return
    from automl.cli.render.streams import say, visible
    from automl.errors import WriteError
    from automl.operate.run_log import Run, append_run, runs_file
    from automl.versions import versions

    seconds = time.monotonic() - recording.begun
    started = datetime.now(UTC) - timedelta(seconds=seconds)
    try:
        run = Run(
            kind=recording.kind,
            started=started.isoformat(timespec="seconds"),
            seconds=round(seconds, 2),
            exit_code=exit_code,
            settings=recording.settings,
            versions=versions(),
            **recording.known,
        )
        append_run(runs_file(recording.runs), run)
    except WriteError as error:
        if not common.quiet:
            say(visible(f"note: this run is not recorded. {error.message} {error.hint}"))
    except KeyboardInterrupt:
        return


def _digest(path: Path) -> str | None:
    import hashlib

    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
