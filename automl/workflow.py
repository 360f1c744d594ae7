"""A fit, told as a story."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from automl import outcome as made
from automl.all_rows.learning import AllRows, learn_from_all_rows
from automl.all_rows.planning import plan_all_rows
from automl.bundle import read_manifest
from automl.bundle.signatures import signer_with
from automl.bundle.writing import write_model
from automl.comparing import check_same_table
from automl.conclusions import estimate_blend, finish_blend, gather_facts, gather_reference, reaches_min_score
from automl.decisions import Decisions, decide, dry_run, plan_search, prepare_request, processes
from automl.effects import rows_to_show, with_effects
from automl.errors import AutomlError, DataError
from automl.evaluation.estimate import Estimate
from automl.events import Note, PhaseStarted, Sink
from automl.executors.choosing import Workers, open_workers
from automl.files import explained_writing, write_text
from automl.inputs import said_name
from automl.labelled import LabelledRows, read_test_data, score_labelled_rows
from automl.large_tables import read_within_memory
from automl.locking import output_lock
from automl.memory import give_back_memory, without_rows
from automl.operate.challenging import Challenge
from automl.preparation import require_column
from automl.preparation.prepare import PreparedData, prepare
from automl.preparation.wording import counted
from automl.publishing import check_output, destination, remove_partial
from automl.remembering import Remembered, golden_rows, needed_schema, remember
from automl.report import render, report_format
from automl.report.facts import ReportFacts
from automl.report.gathering import kept_facts
from automl.report.retraining_facts import RetrainingFacts
from automl.search.board import Evidence
from automl.search.deadline import Deadline
from automl.search.devices import with_gpu
from automl.search.failures import nothing_trained
from automl.search.loop import SearchOutcome, search
from automl.search.plan import SearchPlan
from automl.search.pool import Nursery
from automl.search.split_effect import SplitMeter
from automl.search.stop import StopToken
from automl.search.tasks import WorkFolder
from automl.search.training_data import rows_learned_before, write_training_data
from automl.settings import FitSettings
from automl.split_findings import tell_split_effects
from automl.state import opened_state
from automl.tables import Schema, Table, apply_schema, infer_schema, parse_kinds

__all__ = ["FitResult", "fit", "plan"]

_SECONDS_AFTER_STOP = 5.0
# The report is whole by then: what it could still gain is left.
_SECONDS_TO_LEAVE = 1.3


@dataclass(frozen=True)
class FitResult:
    """What a fit leaves.

    Attributes
    ----------
    model_path : Path
    report_path : Path or None
    manifest : dict
        As ``automl inspect --json`` shows it; its findings may also cite cells that few rows have, and no file keeps.
    min_score_met : bool
        Whether the estimate reaches the settings' ``min_score``; True where none was asked for.
    retraining : RetrainingFacts or None
        What became of a challenger; None for a fit that was none.
    """

    model_path: Path
    report_path: Path | None
    manifest: dict[str, Any]
    min_score_met: bool
    retraining: RetrainingFacts | None = None


def fit(
    settings: FitSettings,
    sink: Sink,
    stop: StopToken,
    started: float | None = None,
    table: Table | None = None,
    challenge: Challenge | None = None,
) -> FitResult:
    """Read, prepare, search, estimate, write.

    Parameters
    ----------
    settings : FitSettings
    sink : Sink
        Is told what happens.
    stop : StopToken
        Ends the search early when requested; the best model so far is still written.
    started : float, optional
        ``time.monotonic()`` when the budget began to run; now by default.
    table : Table, optional
        A table that was read already, instead of ``settings.data``.
    challenge : Challenge, optional
        Of a fit that is to replace a model: where the search begins, and who decides where the model goes. Nothing is
        kept to go on from, since the next challenger learns from other rows.

    Raises
    ------
    DataError, UsageError
        If the data or the settings cannot be used.
    NothingTrainedError
        If not even a baseline could be trained in time.
    OutputLockedError
        If another process is fitting the same output.
    WriteError
        If the output cannot be written.
    StoppedEarlyError
        If a stop was asked for before there was anything to finish with.
    """
    started = time.monotonic() if started is None else started
    sign = None if settings.sign_key is None else signer_with(settings.sign_key)
    with (
        output_lock(settings.output),
        opened_state(settings, sink, started) as state,
        _nursery() as nursery,
        open_workers(settings, nursery) as workers,
    ):
        settings, deadline = state.settings, state.deadline
        if challenge is not None:
            deadline = deadline.earlier_by(challenge.reserve)
        with stop.at_once():
            check_output(settings)
            table = _read(settings, sink, table, deadline if state.table is None else None)
            if state.over:
                return _finished_before(settings, table, sink)
            state.bind(table)
            state.over = challenge is not None
            problem = _understand(settings, sink, table, rows_learned_before(state.folder))
            meter = SplitMeter(nursery, state.folder, processes(settings), settings.seed)
            told = tell_split_effects(problem.prepared, problem.decisions, meter, deadline)
            problem = replace(problem, prepared=told)
            evidence = _lay_out(problem, state.folder)
            further = None if challenge is not None else plan_all_rows(table, problem.prepared, deadline)
            search_deadline = deadline if further is None else deadline.earlier_by(further.seconds)
            search_plan = _search_plan(settings, problem, search_deadline, challenge, workers, sink)
            search_plan = with_gpu(search_plan, settings.device, nursery, state.folder, sink)
            problem, table = _without_rows(problem), None
            give_back_memory()
        decisions = problem.decisions
        sink.emit(PhaseStarted("search", f"{decisions.task}, {decisions.metric.name}; {decisions.splits.description}"))
        found = search(
            search_plan, evidence, state.log, workers.start, sink, stop, len(problem.prepared.feature_columns)
        )
        if not found.members or (made.is_constant(found) and math.isinf(found.blend.loss)):
            raise nothing_trained(found.trials)
        estimate = None
        if further is not None and found.complete:
            passing = further.passing
            found, problem, estimate = _learn_further(
                settings, problem, search_plan, deadline, passing, nursery, evidence, found, sink, stop
            )
        if not found.complete:
            deadline = deadline.within(_SECONDS_AFTER_STOP)
        result = _publish(settings, problem, evidence, found, estimate, deadline, sink, sign, challenge)
        state.over = state.over or found.complete
        if found.complete and state.table is not None:
            remove_partial(settings, problem.table.sha256)
        return result


def _search_plan(
    settings: FitSettings,
    problem: _Problem,
    deadline: Deadline,
    challenge: Challenge | None,
    workers: Workers,
    sink: Sink,
) -> SearchPlan:
    """Return the bounds of the search, and where it begins."""
    planned = plan_search(settings, problem.prepared, problem.decisions, deadline, problem.tested_rows, sink)
    first = planned.first if challenge is None else challenge.first
    return replace(planned, first=first, workers=planned.workers if workers.count is None else workers.count)


def plan(settings: FitSettings, sink: Sink) -> dict[str, Any]:
    """Read and profile, and say what :func:`fit` would do; train nothing."""
    return dry_run(
        settings,
        _prepare(settings, sink, _read(settings, sink, None, Deadline(time.monotonic(), settings.time_budget))),
    )


@dataclass(frozen=True)
class _Problem:
    """What is known before the search: the table, how candidates are judged, and the rows to test on."""

    table: Table
    prepared: PreparedData
    decisions: Decisions
    labelled: LabelledRows | None
    golden: Table
    shown: Table
    remembered: Remembered
    learned_rows: int | None = None

    @property
    def tested_rows(self) -> int:
        return 0 if self.labelled is None else len(self.labelled.target)


@contextmanager
def _nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    try:
        yield nursery
    finally:
        nursery.close()


def _read(settings: FitSettings, sink: Sink, table: Table | None, deadline: Deadline | None) -> Table:
    """Read the table; a search that goes on needs the rows it began with, however long reading them takes."""
    if table is not None:
        return table
    sink.emit(PhaseStarted("read", said_name(settings.data)))
    return read_within_memory(settings, deadline)


def _prepare(settings: FitSettings, sink: Sink, table: Table) -> PreparedData:
    sink.emit(PhaseStarted("profile", f"{len(table.cells):,} rows, {table.cells.shape[1]:,} columns"))
    require_column(table, settings.target)
    schema = infer_schema(table, settings.target, parse_kinds(settings.types))
    return prepare(table, schema, prepare_request(settings))


def _finished_before(settings: FitSettings, table: Table, sink: Sink) -> FitResult:
    """Return what a former run finished, where it was made from the same table and for the same target."""
    manifest = read_manifest(settings.output)
    if manifest["target"] != settings.target:
        raise DataError(
            f"'{settings.output}' was made for the target '{manifest['target']}', not '{settings.target}'.",
            "Add --overwrite to replace it, or choose another --output.",
        )
    check_same_table(table, {"sha256": manifest["data_sha256"]}, str(settings.output))
    sink.emit(Note(f"'{settings.output}' is complete already: there is nothing to go on with."))
    report = settings.report if settings.report is not None and settings.report.exists() else None
    met = reaches_min_score(settings, manifest["estimate"]["value"], manifest["greater_is_better"])
    return FitResult(settings.output, report, manifest, met)


def _understand(settings: FitSettings, sink: Sink, table: Table, learned_before: int | None) -> _Problem:
    prepared = _prepare(settings, sink, table)
    decisions = decide(settings, prepared, learned_before)
    labelled = read_test_data(settings, prepared, table.sha256, sink)
    if labelled is not None:
        prepared = replace(prepared, findings=(*prepared.findings, *labelled.findings))
    remembered = remember(table, prepared, decisions.splits.validation_rows, settings.seed)
    shown = rows_to_show(table, prepared, settings.seed)
    golden = golden_rows(table, prepared, settings.seed)
    return _Problem(table, prepared, decisions, labelled, golden, shown, remembered)


def _lay_out(problem: _Problem, folder: WorkFolder) -> Evidence:
    """Write what the workers need, and return what the coordinator judges by."""
    prepared, decisions = problem.prepared, problem.decisions
    typed_golden = apply_schema(problem.golden, Schema(prepared.feature_columns)).frame
    objective, monotone = decisions.metric.objective, decisions.monotone
    with explained_writing(folder.data):
        write_training_data(
            folder,
            prepared,
            decisions.splits,
            decisions.training_weight,
            decisions.groups,
            typed_golden,
            objective,
            monotone,
        )
    return Evidence(
        folder,
        prepared.target,
        decisions.weight,
        decisions.splits,
        decisions.metric,
        len(prepared.schema.labels),
        decisions.training_weight,
    )


def _without_rows(problem: _Problem) -> _Problem:
    """Return the problem without the cells and features that from here on lie on the disk: workers need the room."""
    table = replace(problem.table, cells=without_rows(problem.table.cells))
    return replace(problem, table=table, prepared=replace(problem.prepared, frame=without_rows(problem.prepared.frame)))


def _learn_further(
    settings: FitSettings,
    problem: _Problem,
    search_plan: SearchPlan,
    deadline: Deadline,
    passing: float,
    nursery: Nursery,
    evidence: Evidence,
    found: SearchOutcome,
    sink: Sink,
    stop: StopToken,
) -> tuple[SearchOutcome, _Problem, Estimate | None]:
    """Let the winners learn from the rows that the search did not see; return what predicts then, and how well."""
    assert problem.table.draw is not None
    give_back_memory()
    known = AllRows(
        settings, problem.prepared, problem.decisions, problem.table.draw, search_plan, deadline, passing, nursery
    )
    learned = learn_from_all_rows(known, found, evidence, sink, stop)
    if stop.requested is not None:
        return replace(found, stopped_by=stop.requested), problem, None
    if learned is None:
        return found, problem, None
    prepared = replace(problem.prepared, findings=(*problem.prepared.findings, learned.finding))
    return learned.found, replace(problem, prepared=prepared, learned_rows=learned.rows), learned.estimate


def _publish(
    settings: FitSettings,
    problem: _Problem,
    evidence: Evidence,
    found: SearchOutcome,
    estimate: Estimate | None,
    deadline: Deadline,
    sink: Sink,
    sign: Callable[[bytes], dict[str, str]] | None,
    challenge: Challenge | None,
) -> FitResult:
    """Estimate, where that is not done already, and write model and report."""
    prepared, decisions, folder = problem.prepared, problem.decisions, evidence.folder
    tried = counted(len(found.members), "candidate")
    sink.emit(PhaseStarted("estimate", f"{tried}, {len(found.blend.members)} in the blend"))
    finish = finish_blend(settings, found, evidence, decisions)
    estimate = estimate or estimate_blend(settings, found, evidence, decisions, finish, deadline)
    met = reaches_min_score(settings, estimate.value, decisions.metric.greater_is_better)
    command = made.command_of(settings)
    if challenge is None:
        settings = destination(settings, complete=found.complete, good_enough=met)
    about = (settings, command, problem.table, prepared, decisions, evidence)
    facts = replace(gather_facts(*about, found, estimate, finish, deadline), learned_rows=problem.learned_rows)
    used = made.used_columns(found, prepared, folder)
    reference = gather_reference(settings, problem.remembered, used, evidence, found, finish)

    def write(path: Path, facts: ReportFacts) -> dict[str, Any]:
        kept, members = kept_facts(facts, prepared), made.blend_members(found, folder)
        golden = (problem.golden, made.golden_predictions(found, folder))
        schema, manifest = needed_schema(prepared.schema, used), made.manifest_of(kept)
        write_model(path, manifest, kept, schema, members, used, *golden, finish, sign, reference)
        return made.manifest_of(facts)

    if problem.labelled is not None:
        write(folder.path / "tested.automl", facts)
        test = score_labelled_rows(folder.path / "tested.automl", problem.labelled, decisions.metric, settings.seed)
        facts = replace(facts, test=test)
    told = None
    if challenge is not None:
        write(folder.path / "challenger.automl", facts)
        settled = challenge.settle(folder.path / "challenger.automl", facts, _not_to_compare(settings, found, met))
        settings, facts = replace(settings, output=settled.output, report=settled.report), settled.facts
        told = settled.told
    sink.emit(PhaseStarted("write", str(settings.output)))
    manifest = write(settings.output, facts)
    if settings.report is not None:
        _report(settings.report, settings.output, facts, problem.shown, deadline if found.complete else None, sink)
    return FitResult(settings.output, settings.report, manifest, met, told)


def _report(report: Path, model: Path, facts: ReportFacts, rows: Table, deadline: Deadline | None, sink: Sink) -> None:
    """Write the report; and again with how predictions follow the columns, where there is time to look."""
    wanted = report_format(str(report))
    began = time.monotonic()
    write_text(report, render(facts, wanted))
    seconds = time.monotonic() - began + _SECONDS_TO_LEAVE
    if deadline is None:
        return
    try:
        shown = with_effects(model, rows, facts, lambda: deadline.remaining - seconds)
        if shown is not None:
            write_text(report, render(shown, wanted))
    except Exception as error:  # noqa: BLE001 - model and report stand by now, and whatever this stumbles over must not undo them
        reason = error.message if isinstance(error, AutomlError) else f"{type(error).__name__}: {error}"
        sink.emit(Note(f"The report does not say how predictions follow the columns: {reason}", warning=True))


def _not_to_compare(settings: FitSettings, found: SearchOutcome, met: bool) -> str:
    """Say why a challenger is not to be compared at all; nothing where it is."""
    if not found.complete:
        return f"The search was ended by {found.stopped_by} before it was over."
    return "" if met else f"The challenger's estimate misses --min-score {settings.min_score:g}."
