"""A model's manifest as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.cli.options import Common
from automl.cli.render.findings import print_findings
from automl.cli.render.numbers import duration, interval, score
from automl.cli.render.streams import say
from automl.cli.render.summary import candidates, estimate_line, stop_reason
from automl.cli.render.tables import print_pairs, print_table
from automl.report.importance_facts import NOT_MEASURED

__all__ = ["print_manifest"]

FEATURES_SHOWN = 20


def print_manifest(manifest: Mapping[str, Any], model: str, common: Common) -> None:
    """Print what the model is, how good it is, and what it rests on."""
    labels = manifest["labels"]
    print_pairs(
        model,
        [
            ("target", manifest["target"]),
            ("task", manifest["task"]),
            ("rows", _rows(manifest)),
            ("labels", ", ".join(map(str, labels)) if labels else None),
            ("estimate", estimate_line(manifest["estimate"])),
            ("test", None if manifest.get("test") is None else estimate_line(manifest["test"])),
            ("selected", score(manifest["selection_score"]) if "selection_score" in manifest else None),
            ("baseline", score(manifest["baseline_score"]) if "baseline_score" in manifest else None),
            ("calibration", _calibration(manifest)),
            ("threshold", _threshold(manifest)),
            ("intervals", _coverage(manifest)),
            ("by group", _coverage_by_group(manifest)),
            ("complete", "yes" if manifest["complete"] else "no"),
            ("ended by", stop_reason(manifest)),
            ("search", f"{candidates(manifest)} in {duration(manifest['seconds'])}"),
            ("lineage", _lineage(manifest)),
            ("versions", _versions(manifest)),
        ],
    )
    print_table("Metrics", ("metric", "value", "interval"), _metrics(manifest), common, numeric=("value",))
    ranked = sorted(manifest["features"], key=lambda feature: feature["importance"] or 0.0, reverse=True)
    rows = [(each["name"], score(each["importance"]), "" if each["selected"] else "not used") for each in ranked]
    more = f" (the first {FEATURES_SHOWN} of {len(rows)})" if len(rows) > FEATURES_SHOWN else ""
    headings = ("column", "importance", "")
    print_table(f"Features{more}", headings, rows[:FEATURES_SHOWN], common, numeric=("importance",))
    if rows and not common.quiet and all(each["importance"] is None for each in ranked):
        say(NOT_MEASURED)
    print_findings(manifest["findings"], common)


def _rows(manifest: Mapping[str, Any]) -> str | None:
    """Say from how many rows those that were learned from were drawn, where there were more."""
    total, learned = manifest.get("drawn_from"), manifest.get("learned_rows")
    if total is None:
        return None
    drawn = f"{manifest['rows']:,}, drawn at random from {total:,}"
    return drawn if learned is None else f"{drawn}; the winners learned from {learned:,}"


def _metrics(manifest: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the metrics as rows; a value may stand alone or with its interval."""
    rows = []
    for name, value in manifest["metrics"].items():
        if isinstance(value, Mapping):
            bounds = value.get("interval")
            rows.append((name, score(value["value"]), interval(bounds) if bounds else ""))
        elif isinstance(value, list | tuple):
            rows.append((name, score(value[0]), interval(value[1:])))
        else:
            rows.append((name, score(value), ""))
    return rows


def _threshold(manifest: Mapping[str, Any]) -> str | None:
    threshold = manifest.get("postprocessing", {}).get("threshold")
    return threshold and f"{manifest['labels'][1]} from {score(threshold['value'])} on, by {threshold['by']}"


def _calibration(manifest: Mapping[str, Any]) -> str | None:
    found = manifest.get("postprocessing", {}).get("calibration")
    if not found:
        return None
    return f"{found['method']}: log loss {score(found['log_loss_before'])} before, {score(found['log_loss'])} after"


def _coverage(manifest: Mapping[str, Any]) -> str | None:
    coverage = manifest.get("postprocessing", {}).get("coverage")
    return coverage and f"at {coverage['level']:g} they hold {score(coverage['value'])} of {coverage['rows']:,} rows"


def _coverage_by_group(manifest: Mapping[str, Any]) -> str | None:
    coverage = manifest.get("postprocessing", {}).get("coverage") or {}
    groups = [f"{each['group'] or '(missing)'} {score(each['value'])}" for each in coverage.get("by_group", ())]
    return f"{coverage['by']}: {', '.join(groups)}" if groups else None


def _lineage(manifest: Mapping[str, Any]) -> str | None:
    """Say how a retrained model fared against the one before it, and how many there were before that one."""
    from automl.report.lineage_facts import lineage_from
    from automl.report.lineage_views import verdict_text

    lineage = lineage_from(manifest.get("lineage", ()))
    if len(lineage) < 2 or lineage[0].verdict is None:
        return None
    before = len(lineage) - 1
    models = "1 model" if before == 1 else f"{before} models"
    return f"{verdict_text(lineage[0].verdict)}; {models} before it, the last {lineage[1].sha256[:12]}"


def _versions(manifest: Mapping[str, Any]) -> str | None:
    versions = manifest.get("versions")
    return ", ".join(f"{name} {version}" for name, version in versions.items()) if versions else None
