"""A retraining, told as a story: a challenger is fitted on new rows, and takes the champion's place where it may."""

from __future__ import annotations

import shlex
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from automl.arguments import option_name
from automl.errors import DataError, SchemaMismatchError, UsageError
from automl.events import Note, PhaseStarted, Sink
from automl.inputs import is_read_from, public_name, said_name
from automl.large_tables import read_in_room, rooms_for
from automl.locking import output_lock
from automl.models.booster_imports import import_boosters
from automl.operate.challenging import Challenge
from automl.operate.champion import Champion, open_champion
from automl.operate.earlier_rows import EarlierRows, check_earlier_rows, copies_note, data_of, joined, stand_among
from automl.operate.holding_back import HeldBack, hold_back
from automl.operate.promotion import BETTER
from automl.operate.settling import Match, settle
from automl.operate.sound_rows import faults_of
from automl.outputs import check_place, folder_error
from automl.resolving import resolve_fit_settings
from automl.search.deadline import Deadline
from automl.search.stop import StopToken
from automl.settings import FitSettings
from automl.tables import Table
from automl.workflow import FitResult, fit

__all__ = ["RetrainRequest", "check_request", "retrain"]

#: What settling takes beside scoring: reading the challenger, bootstrap samples, the second writing of the file.
_SETTLING_SECONDS = 2.0
_SCORINGS = 4
_NO_REFERENCE = (
    "The champion's file does not say what its training rows were like; the new ones are not held against it."
)
#: Options that stand in the command as the settings have them; where a private key lies is nobody's business.
_SAID_BY_SETTINGS = ("time_budget", "trials", "seed", "sign_key")
_UNSIGNED = "The champion is signed, and the challenger is not: give --sign-key to sign it."


@dataclass(frozen=True)
class RetrainRequest:
    """What a retraining was asked to do.

    Attributes
    ----------
    model : Path
        The champion.
    data : str
        The new rows.
    add : bool
        Whether to learn from the earlier rows, too.
    train_data : tuple of str
        Where the earlier rows are.
    promote_if : {"better", "not-worse"}
    trust_data : bool
        Whether the user vouches for the new rows.
    output : Path or None
        Where a promoted challenger goes; None for the champion's place.
    overwrite : bool
        Whether it may replace something else than the champion.
    options : mapping
        Raw options of a fit that overrule the stored settings; None stands for "not given".
    """

    model: Path
    data: str
    add: bool = False
    train_data: tuple[str, ...] = ()
    promote_if: str = BETTER
    trust_data: bool = False
    output: Path | None = None
    overwrite: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        """Where a promoted challenger goes."""
        return self.output or self.model

    @property
    def replaces_champion(self) -> bool:
        """Whether a promoted challenger takes the champion's place."""
        return self.place.resolve() == self.model.resolve()

    @property
    def replaced_report(self) -> Path | None:
        """The champion's report, or that of another model that may be replaced; None where nothing there is ours."""
        report = self.place.with_suffix(".html")
        is_ours = (self.replaces_champion or self.overwrite) and report != self.place
        is_read = any(is_read_from(report, name) for name in self.tables.values())
        return report if is_ours and not is_read and report.is_file() else None

    @property
    def tables(self) -> dict[str, str]:
        """What is learned from and compared on, by what it is called."""
        return {"data": self.data, **{f"earlier data ({name})": name for name in self.train_data}}

    @property
    def beside(self) -> Path:
        """Where a challenger goes that is not promoted."""
        return self.place.with_name(f"{self.place.stem}.challenger{self.place.suffix}")


@dataclass(frozen=True)
class _Rows:
    """The new rows, and the earlier ones where they were given."""

    new: Table
    earlier: EarlierRows | None

    @property
    def known(self) -> tuple[Table, ...]:
        return () if self.earlier is None else self.earlier.tables


def check_request(request: RetrainRequest) -> None:
    """Refuse what cannot come to anything, before any work.

    Raises
    ------
    UsageError
        If an option does not go with another, or an output must not be written.
    WriteError
        If the output's folder is missing or not writable.
    """
    if request.add and not request.train_data:
        raise UsageError(
            "--add learns from the earlier rows too, and the model file does not hold them.",
            "Say where they are: --add --train-data train.csv",
        )
    if not request.place.name:
        raise folder_error(request.place, "--output")
    if request.beside.resolve() == request.model.resolve():
        raise UsageError(f"'{request.model}' is where a rejected challenger would go.", "Choose another --output.")
    replaceable = request.overwrite or request.replaces_champion
    check_place(request.place, "--output", request.tables, overwrite=replaceable)
    check_place(request.beside, "--output", request.tables, overwrite=True)


def retrain(request: RetrainRequest, sink: Sink, stop: StopToken, started: float | None = None) -> FitResult:
    """Fit a challenger on new rows, and put it in the champion's place where it may stand there.

    Parameters
    ----------
    request : RetrainRequest
        As :func:`check_request` accepted it.
    sink : Sink
        Is told what happens.
    stop : StopToken
        Ends the search early when requested; what was found by then is written beside the champion, never promoted.
    started : float, optional
        ``time.monotonic()`` when the budget began to run; now by default.

    Returns
    -------
    FitResult
        With what became of the challenger as its ``retraining``.

    Raises
    ------
    SchemaMismatchError
        If a column that the champion uses is not among the new ones.
    DataError, UsageError, ModelFileError, WriteError, OutputLockedError, NothingTrainedError, StoppedEarlyError
        As for a fit, and where there are too few new rows to learn from and to compare on.
    """
    started = time.monotonic() if started is None else started
    with output_lock(request.place):
        with stop.at_once():
            champion = open_champion(request.model)
            _check_signature(request, champion)
            settings = _settings(request, champion)
            rows = _read(request, champion, settings, Deadline(started, settings.time_budget), sink)
            settings = _for_columns(settings, rows.new.cells.columns)
            held = hold_back(
                rows.new,
                champion,
                settings.seed,
                stand_among(rows.new, rows.known),
                beside_earlier_rows=request.add,
            )
            sink.emit(PhaseStarted("hold back", held.how))
            learned, notes = _to_learn_from(request, rows, held)
            match = _match(request, champion, settings, rows, held, notes, started)
            for note in match.notes:
                sink.emit(Note(note))
            for fault in match.faults or ():
                sink.emit(Note(fault, warning=True))
        challenge = Challenge(champion.candidates, _seconds_to_settle(match), partial(settle, match, sink, stop))
        return fit(settings, sink, stop, started, learned, challenge)


def _check_signature(request: RetrainRequest, champion: Champion) -> None:
    """Refuse to put an unsigned model in a signed one's place: whoever requires the signature would be left without."""
    if champion.signed and request.options.get("sign_key") is None and request.replaces_champion:
        raise UsageError(
            f"'{request.model}' is signed, and a signature cannot be carried over to another model.",
            "Sign the new one with --sign-key key.pem, or choose another --output.",
        )


def _settings(request: RetrainRequest, champion: Champion) -> FitSettings:
    """Return the champion's settings for a fit on new rows, with what the request says otherwise."""
    given = {name: value for name, value in request.options.items() if value is not None}
    stored = champion.settings_for(request.data)
    if {"time_budget", "trials"} & given.keys():
        stored = {name: value for name, value in stored.items() if name not in ("time_budget", "trials")}
    return resolve_fit_settings(
        **{**stored, **given},
        data=request.data,
        output=str(request.beside),
        no_report=True,
        overwrite=True,
    )


def _for_columns(settings: FitSettings, columns: Collection[str]) -> FitSettings:
    """Leave out what was said of columns that are not there."""
    return replace(
        settings,
        drop=tuple(each for each in settings.drop if each in columns),
        identifiers=tuple(each for each in settings.identifiers if each in columns),
        types=tuple(each for each in settings.types if each.rpartition("=")[0] in columns),
        monotone=tuple(each for each in settings.monotone if each.rpartition("=")[0] in columns),
    )


def _read(request: RetrainRequest, champion: Champion, settings: FitSettings, deadline: Deadline, sink: Sink) -> _Rows:
    sink.emit(PhaseStarted("read", said_name(settings.data)))
    room, *others = rooms_for((request.data, *request.train_data), settings.max_memory)
    new = read_in_room(request.data, settings.read_options(), settings, room, deadline)
    lacking = [name for name in champion.model.required_columns if name not in new.cells.columns]
    if lacking:
        shown = ", ".join(f"'{name}'" for name in lacking[:5]) + (" …" if len(lacking) > 5 else "")
        raise SchemaMismatchError(
            f"{said_name(settings.data)} lacks {shown}, which the champion uses.",
            "Give new rows with these columns, or fit a model that does without: automl fit … --drop.",
        )
    if new.sha256 in {each.sha256 for each in champion.data}:
        raise DataError(
            f"{said_name(settings.data)} is what the champion was fitted on: it holds no row to compare on.",
            "Give rows that came later.",
        )
    tables = []
    for name, room in zip(request.train_data, others, strict=True):
        sink.emit(PhaseStarted("read", said_name(name)))
        tables.append(read_in_room(name, settings.read_options().beside(name), settings, room, deadline))
    return _Rows(new, check_earlier_rows(tuple(tables), champion) if tables else None)


def _to_learn_from(request: RetrainRequest, rows: _Rows, held: HeldBack) -> tuple[Table, tuple[str, ...]]:
    """Return the rows that the challenger learns from, and the columns that are left out because not all have them."""
    cells = rows.new.cells.iloc[held.learned].reset_index(drop=True)
    learned = replace(rows.new, cells=cells)
    return joined(rows.known, learned) if request.add else (learned, ())


def _match(
    request: RetrainRequest,
    champion: Champion,
    settings: FitSettings,
    rows: _Rows,
    held: HeldBack,
    left_out: tuple[str, ...],
    started: float,
) -> Match:
    compared = replace(rows.new, cells=rows.new.cells.iloc[held.compared].reset_index(drop=True), sha256="")
    faults = faults_of(champion, rows.new, beside_earlier_rows=request.add)
    notes = list(rows.earlier.notes) if rows.earlier is not None else [copies_note(champion, rows.new)]
    notes += [_NO_REFERENCE] if faults is None else []
    notes += [_UNSIGNED] if champion.signed and settings.sign_key is None else []
    if left_out:
        notes.append(f"Not all rows have these columns, so they are left out: {', '.join(left_out)}.")
    known = rows.known if request.add else ()
    return Match(
        champion=champion,
        compared=compared,
        held_back=held.how,
        rule=request.promote_if,
        trusted=request.trust_data,
        faults=faults,
        data=data_of((*known, rows.new)),
        added=request.add,
        new_rows=len(rows.new.cells),
        earlier_rows=sum(len(table.cells) for table in known),
        notes=tuple(notes),
        place=request.place,
        beside=request.beside,
        report=request.replaced_report,
        command=_command_of(request, settings),
        seed=settings.seed,
        started=started,
    )


def _seconds_to_settle(match: Match) -> float:
    """Return how long settling takes, by how long the champion takes to say what it makes of the rows held back."""
    import_boosters(match.champion.model.families)
    begun = time.monotonic()
    match.champion.model.predict_table(match.compared)
    return _SETTLING_SECONDS + _SCORINGS * (time.monotonic() - begun)


def _command_of(request: RetrainRequest, settings: FitSettings) -> str:
    """Return a command line that repeats the retraining."""
    words = ["automl", "retrain", str(request.model), settings.data_name, "--promote-if", request.promote_if]
    words += ["--add"] if request.add else []
    for name in request.train_data:
        words += ["--train-data", public_name(name)]
    if request.output is not None:
        words += ["--output", str(request.output)]
    words += ["--trust-data"] if request.trust_data else []
    words += ["--overwrite"] if request.overwrite else []
    if settings.time_budget is not None:
        words += ["--time-budget", f"{settings.time_budget:g}s"]
    if settings.trials is not None:
        words += ["--trials", str(settings.trials)]
    return shlex.join([*words, "--seed", str(settings.seed), *_options(request.options)])


def _options(given: Mapping[str, Any]) -> list[str]:
    """Return what was asked for otherwise than stored as the words of a command line."""
    words = []
    for name, value in given.items():
        if name in _SAID_BY_SETTINGS or value is None:
            continue
        if isinstance(value, bool):
            words.append(option_name(name) if value else f"--no-{name}")
        else:
            words += [option_name(name), str(value)]
    return words
