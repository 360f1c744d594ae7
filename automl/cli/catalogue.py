"""What ``automl list`` knows: one function a topic, each a list of JSON-ready entries with the same keys."""

from __future__ import annotations

from typing import Any

__all__ = ["families", "findings", "formats", "metrics"]


def metrics() -> list[dict[str, Any]]:
    """Return every metric with the tasks it fits."""
    from automl.evaluation.metrics import METRICS

    return [
        {
            "name": metric.name,
            "title": metric.title,
            "tasks": [str(task) for task in metric.tasks],
            "greater_is_better": metric.greater_is_better,
        }
        for metric in METRICS.values()
    ]


def families() -> list[dict[str, Any]]:
    """Return every model family with the libraries that it lacks."""
    from automl.models.registry import FAMILY_NAMES, family, missing_requirements

    return [
        {"name": name, "title": family(name).title, "missing": list(missing_requirements(name))}
        for name in FAMILY_NAMES
    ]


def findings() -> list[dict[str, Any]]:
    """Return every kind of finding with its severity and what fit does about it."""
    from automl.preparation.registry import FINDING_KINDS

    return [
        {"code": kind.code, "title": kind.title, "severity": str(kind.severity), "action": kind.action}
        for kind in FINDING_KINDS.values()
    ]


def formats() -> list[dict[str, Any]]:
    """Return every file format with what it is used for."""
    return [{"name": name, "endings": list(endings), "uses": list(uses)} for name, endings, uses in _FORMATS]


_FORMATS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("delimited text, gzip too", (".csv", ".tsv", ".txt", ".gz"), ("data",)),
    ("Parquet", (".parquet",), ("data", "predict", "clean")),
    ("CSV", (".csv",), ("predict", "clean")),
    ("TSV", (".tsv",), ("predict", "clean")),
    ("JSON lines", (".jsonl",), ("predict", "clean")),
    ("HTML page", (".html", ".htm"), ("report",)),
    ("Markdown", (".md",), ("report",)),
    ("JSON", (".json",), ("report",)),
)
