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
    """Return every file format with what it is used for and the libraries that it lacks."""
    from automl.tables.formats.registry import FORMATS, missing_libraries

    read = [
        {"name": each.title, "endings": list(each.endings), "uses": ["data"], "missing": list(missing_libraries(each))}
        for each in FORMATS.values()
    ]
    others = [
        {"name": name, "endings": list(endings), "uses": list(uses), "missing": []} for name, endings, uses in _OTHERS
    ]
    return [*others[:_N_TEXT], *read, *others[_N_TEXT:]]


_N_TEXT = 2
_OTHERS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("delimited text", (".csv", ".tsv", ".txt"), ("data",)),
    ("packed, any of these", (".gz", ".bz2", ".xz", ".zst", ".zip"), ("data",)),
    ("CSV", (".csv",), ("predict", "clean")),
    ("TSV", (".tsv",), ("predict", "clean")),
    ("Parquet", (".parquet",), ("predict", "clean")),
    ("JSON lines", (".jsonl",), ("predict", "clean")),
    ("HTML page", (".html", ".htm"), ("report",)),
    ("Markdown", (".md",), ("report",)),
    ("JSON", (".json",), ("report",)),
)
