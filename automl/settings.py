"""The settings of a fit: every option resolved and validated once, then frozen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.arguments import (
    data_stem,
    did_you_mean,
    option_name,
    parse_duration,
    parse_patience,
    parse_size,
    split_names,
)
from automl.errors import UsageError
from automl.inputs import is_read_from, public_name
from automl.outputs import check_place

if TYPE_CHECKING:
    from automl.tables.options import ReadOptions

__all__ = ["DEFAULT_TIME_BUDGET", "FitSettings", "resolve_fit_settings"]

DEFAULT_TIME_BUDGET = 300.0
TASKS = ("binary", "multiclass", "regression")
OPTIMIZE = ("accuracy", "speed", "size")


@dataclass(frozen=True)
class FitSettings:
    """Everything a fit was asked to do.

    Attributes
    ----------
    data : str
        A path, an address, or ``"-"`` for standard input; an address may hold a password, so it is shown and stored as
        :attr:`data_name`.
    target : str
        The column to predict.
    output : Path
        Where the model file goes.
    report : Path or None
        Where the report goes; None for no report.
    time_budget : float or None
        Seconds for the whole command; None where only ``trials`` bounds the search.
    trials : int or None
        Number of candidates to try; None where only time bounds the search.
    patience : int or None
        Tuned candidates in a row without a gain after which the search ends; 0 for never, None where the rows decide.
    metric : str or None
        What the search optimises; None for the task's default.
    task : str or None
        ``"binary"``, ``"multiclass"`` or ``"regression"``; None where the target decides.
    families : tuple of str
        Model families to try.
    seed : int
        Of every random draw.
    folds : int or None
        Number of cross-validation folds; None where the size of the data decides.
    holdout : float or None
        Share of the rows that validates instead of folds.
    test_data : str or None
        A file of labelled rows that only the estimate sees.
    group, time, weight, fold_column : str or None
        Columns that steer the splits and the loss.
    drop, identifiers : tuple of str
        Columns that are not features.
    types : tuple of str
        Kinds of columns as the user states them, such as ``"zip=category"``.
    monotone : tuple of str
        Columns in which predictions may only rise or only fall, such as ``"income=+"``.
    class_weight : str or None
        ``"balanced"`` or None.
    optimize : str
        ``"accuracy"`` for the best blend; ``"speed"`` or ``"size"`` for one quick or small model.
    costs : str or None
        What a false alarm and a missed positive row cost, as ``"fp=1,fn=5"``.
    positive : str or None
        The positive label of a binary task.
    min_score : float or None
        The estimate that must be reached, in the metric's own units.
    jobs : int or None
        Worker processes; None for one per core.
    overwrite : bool
        Whether an existing output is replaced, and the state of an unfinished search with it.
    resume : bool
        Whether an unfinished search goes on.
    stated_bounds : bool
        Whether time or trials were stated, and are not the default.
    max_memory : int or None
        Bytes that the fit may use; None for what the machine or its control group allows.
    work_dir : Path or None
        Folder for state; None for one beside the output.
    drop_duplicates : bool
        Whether repeated rows are dropped instead of kept in one fold.
    delimiter, quote, encoding : str or None
        How the file is written; None where it is found.
    skip_rows : int or None
        Lines before the header; None where it is found.
    header : bool or None
        Whether the first row holds names; None where it is found.
    decimal, thousands : str or None
        The marks of the file's numbers; None where they are found.
    sheet : str or None
        The sheet of a workbook; None for the largest.
    query : str or None
        What is asked of a database.
    source_column : str or None
        A column to add that says which file each row is from.
    allow_private_addresses : bool
        Whether web addresses of this machine and of private networks may be read.
    """

    data: str
    target: str
    output: Path
    report: Path | None = None
    time_budget: float | None = DEFAULT_TIME_BUDGET
    trials: int | None = None
    patience: int | None = None
    metric: str | None = None
    task: str | None = None
    families: tuple[str, ...] = ()
    seed: int = 0
    folds: int | None = None
    holdout: float | None = None
    test_data: str | None = None
    group: str | None = None
    time: str | None = None
    weight: str | None = None
    fold_column: str | None = None
    drop: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    monotone: tuple[str, ...] = ()
    class_weight: str | None = None
    optimize: str = "accuracy"
    positive: str | None = None
    costs: str | None = None
    min_score: float | None = None
    jobs: int | None = None
    overwrite: bool = False
    resume: bool = False
    stated_bounds: bool = field(default=True, compare=False)
    max_memory: int | None = None
    work_dir: Path | None = None
    drop_duplicates: bool = False
    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    skip_rows: int | None = None
    header: bool | None = None
    decimal: str | None = None
    thousands: str | None = None
    sheet: str | None = None
    query: str | None = None
    source_column: str | None = None
    allow_private_addresses: bool = False

    @property
    def data_name(self) -> str:
        """What to call the data; of an address without what is secret in it."""
        return public_name(self.data)

    def read_options(self) -> ReadOptions:
        """Return how the data files are to be read."""
        from automl.tables.options import ReadOptions

        return ReadOptions(
            delimiter=self.delimiter,
            quote=self.quote,
            encoding=self.encoding,
            skip_rows=self.skip_rows,
            has_header=self.header,
            decimal=self.decimal,
            thousands=self.thousands,
            sheet=self.sheet,
            query=self.query,
            source_column=self.source_column,
            allow_private_addresses=self.allow_private_addresses,
            max_seconds=self.time_budget,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON-ready values, addresses without what is secret in them."""
        values = {name: _json_ready(value) for name, value in asdict(self).items()}
        test_data = None if self.test_data is None else public_name(self.test_data)
        return {**values, "data": self.data_name, "test_data": test_data}


def resolve_fit_settings(
    *,
    families: str | Iterable[str] | None = None,
    exclude: str | Iterable[str] | None = None,
    no_report: bool = False,
    **raw: Any,
) -> FitSettings:
    """Resolve raw options, as they come from the command line or from Python, into settings.

    Parameters
    ----------
    families, exclude : str or iterable of str, optional
        Names of model families; a text is split at commas.
    no_report : bool, optional
        Write no report.
    **raw
        Every other field of :class:`FitSettings`; ``data`` and ``target`` are needed. ``time_budget`` may be a text
        such as ``"10m"``. None stands for "not given".

    Returns
    -------
    FitSettings

    Raises
    ------
    UsageError
        If an option is unknown, not understood, or does not go with another.
    WriteError
        If the output's folder is missing or not writable. Nothing has been read at that point.
    """
    known = tuple(each.name for each in fields(FitSettings) if each.name != "stated_bounds")
    for name in raw:
        if name not in known:
            raise UsageError(
                f"'{name}' is not a setting of fit.",
                did_you_mean(name, (*known, "exclude", "no_report")) or f"Settings: {', '.join(known)}.",
            )
    values = {name: value for name, value in raw.items() if value is not None}
    for name in ("data", "target"):
        if not str(values.get(name, "")):
            raise UsageError(f"The {name} is not given.", "automl fit data.csv --target COLUMN")
    values.update(_resolve_bounds(values))
    values.update(_resolve_metric_and_task(values.get("metric"), values.get("task")))
    values.update(_resolve_columns(values))
    if "patience" in values:
        values["patience"] = parse_patience(values["patience"])
    if "max_memory" in values:
        values["max_memory"] = parse_size(values["max_memory"])
    values["families"] = _resolve_families(families, exclude)
    _check_ranges(values)
    _check_splits(values)
    values.update(_resolve_paths(values, no_report))
    return FitSettings(**values)


def _resolve_bounds(values: Mapping[str, Any]) -> dict[str, Any]:
    """Decide time and count: without either five minutes; a count alone sets no time limit."""
    stated = "time_budget" in values or "trials" in values
    if "time_budget" in values:
        return {"time_budget": parse_duration(values["time_budget"]), "stated_bounds": stated}
    return {"time_budget": None if "trials" in values else DEFAULT_TIME_BUDGET, "stated_bounds": stated}


def _resolve_metric_and_task(metric: str | None, task: str | None) -> dict[str, str | None]:
    """Check both names and that they go together; a metric that fits a single task decides the task."""
    from automl.evaluation.metrics import METRICS, find_metric

    if task is not None and task not in TASKS:
        raise UsageError(f"There is no task '{task}'.", did_you_mean(task, TASKS) or f"Tasks: {', '.join(TASKS)}.")
    if metric is None:
        return {"metric": None, "task": task}
    found = find_metric(metric)
    fitting = tuple(str(each) for each in found.tasks)
    if task is not None and task not in fitting:
        others = ", ".join(name for name, each in METRICS.items() if task in each.tasks)
        raise UsageError(f"The metric '{found.name}' does not fit the task '{task}'.", f"Metrics for it: {others}.")
    return {"metric": found.name, "task": fitting[0] if len(fitting) == 1 else task}


def _resolve_families(families: str | Iterable[str] | None, exclude: str | Iterable[str] | None) -> tuple[str, ...]:
    from automl.models.registry import FAMILY_NAMES

    wanted, unwanted = split_names(families), split_names(exclude)
    for name in (*wanted, *unwanted):
        if name not in FAMILY_NAMES:
            raise UsageError(
                f"There is no model family '{name}'.",
                did_you_mean(name, FAMILY_NAMES) or f"Families: {', '.join(FAMILY_NAMES)}.",
            )
    left = tuple(name for name in (wanted or FAMILY_NAMES) if name not in unwanted)
    if not left:
        raise UsageError("No model family is left.", f"Leave out fewer of: {', '.join(FAMILY_NAMES)}.")
    return left


def _resolve_columns(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Split the lists of columns and refuse the target in any role but its own."""
    from automl.preparation.monotone import parse_monotone

    target = values["target"]
    lists = {name: split_names(values.get(name)) for name in ("drop", "identifiers")}
    roles = {name: (values[name],) for name in ("group", "time", "weight", "fold_column") if name in values}
    for role, names in {**lists, **roles}.items():
        if target in names:
            raise UsageError(
                f"'{target}' is the target and cannot be a {option_name(role)} column too.",
                f"Take it out of {option_name(role)}.",
            )
    monotone = split_names(values.get("monotone"))
    parse_monotone(monotone)
    return {**lists, "types": split_names(values.get("types")), "monotone": monotone}


def _check_ranges(values: Mapping[str, Any]) -> None:
    _check_integer(values, "trials", 1)
    _check_integer(values, "folds", 2)
    _check_integer(values, "jobs", 1)
    _check_integer(values, "skip_rows", 0)
    _check_integer(values, "seed", 0, 2**32 - 1)
    if not 0 < values.get("holdout", 0.5) < 1:
        raise UsageError(
            f"--holdout must be a share between 0 and 1. Got {values['holdout']}.", "Try --holdout 0.2 for a fifth."
        )
    if not math.isfinite(values.get("min_score", 0.0)):
        raise UsageError(f"--min-score must be a number. Got {values['min_score']}.", "Try --min-score 0.8.")
    if values.get("optimize", "accuracy") not in OPTIMIZE:
        raise UsageError(
            f"--optimize must be {', '.join(OPTIMIZE[:-1])} or {OPTIMIZE[-1]}. Got '{values['optimize']}'.",
            did_you_mean(values["optimize"], OPTIMIZE) or "Leave it out for the most accurate model.",
        )
    if "costs" in values:
        from automl.evaluation.thresholds import Costs

        Costs.parse(values["costs"])
    if values.get("class_weight", "balanced") != "balanced":
        raise UsageError(
            f"--class-weight must be 'balanced'. Got '{values['class_weight']}'.", "Leave it out for equal weights."
        )


def _check_integer(values: Mapping[str, Any], name: str, low: int, high: int | None = None) -> None:
    value = values.get(name, low)
    if not isinstance(value, int) or value < low or (high is not None and value > high):
        wanted = f"a whole number of at least {low}" if high is None else f"a whole number from {low} to {high}"
        raise UsageError(
            f"{option_name(name)} must be {wanted}. Got {value}.", f"Try {option_name(name)} {max(low, 5)}."
        )


def _check_splits(values: Mapping[str, Any]) -> None:
    for exclusive in (("folds", "holdout", "fold_column"), ("time", "fold_column")):
        given = [option_name(name) for name in exclusive if name in values]
        if len(given) > 1:
            raise UsageError(f"{' and '.join(given)} exclude each other.", "Give one of them.")


def _resolve_paths(values: Mapping[str, Any], no_report: bool) -> dict[str, Path | None]:
    """Decide where model and report go, and find out now whether they can be written there."""
    from automl.report.rendering import report_format

    output = Path(values.get("output") or f"{data_stem(values['data'])}.automl")
    report = None if no_report else Path(values.get("report") or output.with_suffix(".html"))
    if report is not None:
        report_format(str(report))
    if report is not None and report.resolve() == output.resolve():
        raise UsageError(f"Model and report cannot both be '{output}'.", "Choose another --report, or --no-report.")
    for path, option in ((output, "--output"), (report, "--report")):
        if path is not None:
            replaceable = bool(values.get("overwrite") or values.get("resume"))
            check_place(path, option, str(values["data"]), overwrite=replaceable)
    _check_test_data(values, [path for path in (output, report) if path is not None])
    work_dir = values.get("work_dir")
    return {"output": output, "report": report, "work_dir": None if work_dir is None else Path(work_dir)}


def _check_test_data(values: Mapping[str, Any], outputs: Iterable[Path]) -> None:
    test_data = values.get("test_data")
    if test_data is None:
        return
    if test_data == values["data"]:
        raise UsageError(
            f"The test data is the training data itself: '{public_name(test_data)}'.",
            "Give --test-data rows that are not in it, or use --holdout 0.2.",
        )
    if any(is_read_from(path, test_data) for path in outputs):
        raise UsageError(f"'{test_data}' is the test data itself.", "Choose another --output or --report.")


def _json_ready(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value
