"""Settings from raw options: each checked, alone and beside the others, before anything is read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from numbers import Real
from pathlib import Path
from typing import Any

from automl.arguments import (
    data_stem,
    did_you_mean,
    option_name,
    parse_duration,
    parse_patience,
    parse_size,
    parse_time_gap,
    split_names,
)
from automl.errors import UsageError
from automl.inputs import is_read_from, public_name, split_part
from automl.outputs import check_apart, check_place, folder_error, state_folder
from automl.settings import DEFAULT_TIME_BUDGET, DEVICES, EXECUTORS, FitSettings

__all__ = ["resolve_fit_settings"]

_TASKS = ("binary", "multiclass", "regression")
# The program with its libraries, and one worker that holds a small table.
_LEAST_MEMORY = 256 * 1024**2
_OPTIMIZE = ("accuracy", "speed", "size")


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
    if "time_gap" in values:
        values["time_gap"] = str(values["time_gap"])
        parse_time_gap(values["time_gap"])
    if "max_memory" in values:
        values["max_memory"] = _enough_memory(values["max_memory"])
    if "sign_key" in values:
        values["sign_key"] = Path(values["sign_key"])
    values["families"] = _resolve_families(families, exclude)
    _check_ranges(values)
    _check_splits(values)
    _check_test_data(str(values["data"]), values.get("test_data"))
    _check_executor(values)
    _check_device(values)
    values.update(_resolve_paths(values, no_report))
    return FitSettings(**values)


def _enough_memory(given: str | float) -> int:
    """Return the memory that a fit may take, in bytes; the program with its libraries alone takes a good part of it."""
    size = parse_size(given)
    if size < _LEAST_MEMORY:
        least = f"{_LEAST_MEMORY // 1024**2} MB"
        raise UsageError(
            f"--max-memory must be at least {least}, which the program itself needs. Got '{given}'.",
            f"Give {least} or more, or leave it out for what there is.",
        )
    return size


def _check_executor(values: Mapping[str, Any]) -> None:
    """Check that a cluster is named where one is wanted, and wanted where it is named."""
    executor, scheduler = values.get("executor", EXECUTORS[0]), values.get("scheduler")
    if executor not in EXECUTORS:
        raise UsageError(
            f"There is no executor '{executor}'.",
            did_you_mean(executor, EXECUTORS) or f"Executors: {', '.join(EXECUTORS)}.",
        )
    if (executor == "dask") != (scheduler is not None):
        raise UsageError(
            "A cluster needs both its kind and its address.",
            "Say --executor dask --scheduler ADDRESS, with the address that 'dask scheduler' prints.",
        )


def _check_device(values: Mapping[str, Any]) -> None:
    """Check that the device is one, and that nobody asks a cluster for its GPUs."""
    device = values.get("device", DEVICES[0])
    if device not in DEVICES:
        raise UsageError(
            f"There is no device '{device}'.", did_you_mean(device, DEVICES) or f"Devices: {', '.join(DEVICES)}."
        )
    if device != DEVICES[0] and values.get("executor", EXECUTORS[0]) != EXECUTORS[0]:
        raise UsageError(
            f"--device {device} is for this machine's own GPU, not for those of a cluster.",
            "Leave out --device, or --executor and --scheduler.",
        )


def _resolve_bounds(values: Mapping[str, Any]) -> dict[str, Any]:
    """Decide time and count: without either five minutes; a count alone sets no time limit."""
    stated = "time_budget" in values or "trials" in values
    if "time_budget" in values:
        return {"time_budget": parse_duration(values["time_budget"]), "stated_bounds": stated}
    return {"time_budget": None if "trials" in values else DEFAULT_TIME_BUDGET, "stated_bounds": stated}


def _resolve_metric_and_task(metric: str | None, task: str | None) -> dict[str, str | None]:
    """Check both names and that they go together; a metric that fits a single task decides the task."""
    from automl.evaluation.metrics import METRICS, find_metric

    if task is not None and task not in _TASKS:
        raise UsageError(f"There is no task '{task}'.", did_you_mean(task, _TASKS) or f"Tasks: {', '.join(_TASKS)}.")
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
    roles = {
        name: (values[name],) for name in ("group", "time", "weight", "fold_column", "interval_by") if name in values
    }
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
    if not 0 < _number(values.get("holdout", 0.5)) < 1:
        raise UsageError(
            f"--holdout must be a share between 0 and 1. Got {values['holdout']}.", "Try --holdout 0.2 for a fifth."
        )
    if not math.isfinite(_number(values.get("min_score", 0.0))):
        raise UsageError(f"--min-score must be a number. Got {values['min_score']}.", "Try --min-score 0.8.")
    if values.get("optimize", "accuracy") not in _OPTIMIZE:
        raise UsageError(
            f"--optimize must be {', '.join(_OPTIMIZE[:-1])} or {_OPTIMIZE[-1]}. Got '{values['optimize']}'.",
            did_you_mean(values["optimize"], _OPTIMIZE) or "Leave it out for the most accurate model.",
        )
    _check_threshold(values)
    if values.get("class_weight", "balanced") != "balanced":
        raise UsageError(
            f"--class-weight must be 'balanced'. Got '{values['class_weight']}'.", "Leave it out for equal weights."
        )


def _number(value: Any) -> float:
    """Return a number as it is, and NaN for what is none."""
    return float(value) if isinstance(value, Real) else math.nan


def _check_threshold(values: Mapping[str, Any]) -> None:
    from automl.evaluation.thresholds import Costs, Wanted

    if "costs" in values and "threshold_for" in values:
        raise UsageError("--costs and --threshold-for exclude each other.", "Give one of them.")
    if "costs" in values:
        Costs.parse(values["costs"])
    if "threshold_for" in values:
        Wanted.parse(values["threshold_for"])


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
    if "time_gap" in values and "time" not in values:
        raise UsageError("--time-gap needs --time.", "Name the column that tells when: --time COLUMN.")


def _resolve_paths(values: Mapping[str, Any], no_report: bool) -> dict[str, Path | None]:
    """Decide where model and report go, and find out now whether they can be written there."""
    from automl.report.rendering import report_format

    output = Path(values.get("output") or f"{data_stem(values['data'])}.automl")
    if not output.name:
        raise folder_error(output, "--output")
    report = None if no_report else Path(values.get("report") or output.with_suffix(".html"))
    if report is not None:
        report_format(str(report))
    check_apart({"--output": output, "--report": report})
    work_dir = None if values.get("work_dir") is None else Path(values["work_dir"])
    read = {"data": "data", "test data": "test_data", "key": "sign_key"}
    inputs = {role: str(values[name]) for role, name in read.items() if name in values}
    for path, option in ((output, "--output"), (report, "--report")):
        if path is not None:
            replaceable = bool(values.get("overwrite") or values.get("resume"))
            state = state_folder(output, work_dir)
            check_place(path, option, inputs, overwrite=replaceable, state=state)
    return {"output": output, "report": report, "work_dir": work_dir}


def _check_test_data(data: str, test_data: str | None) -> None:
    """Refuse test data that the model would learn from, however it is spelled."""
    if test_data is None:
        return
    (trained_on, part), (tested_on, its_part) = split_part(data), split_part(test_data)
    if test_data == data or (part == its_part and is_read_from(Path(tested_on), trained_on)):
        raise UsageError(
            f"The test data is the training data itself: '{public_name(test_data)}'.",
            "Give --test-data rows that are not in it, or use --holdout 0.2.",
        )
