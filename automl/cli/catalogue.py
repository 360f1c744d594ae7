"""What ``automl list`` knows: one function a topic, each a list of JSON-ready entries with the same keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automl.inputs import PACKED_ENDINGS

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
    """Return every input and output with what it is used for, the libraries that it lacks and how to install them."""
    from automl.tables.databases import DATABASE_EXTRA, DATABASE_LIBRARIES
    from automl.tables.formats.registry import FORMATS
    from automl.tables.libraries import not_installed

    files = [
        _format(each.title, each.endings, ("data",), not_installed(each.libraries), each.extra)
        for each in FORMATS.values()
    ]
    database = _format(
        "database address, with --query", (), ("data",), not_installed(DATABASE_LIBRARIES), DATABASE_EXTRA
    )
    return [
        *(_format(name, endings, ("data",)) for name, endings in _TEXTS),
        *files,
        *(_format(name, (), ("data",)) for name in ("folder, or pattern in quotes", "http and https address")),
        database,
        *(_format(name, endings, uses) for name, endings, uses in _OUTPUTS),
    ]


def _format(
    name: str, endings: Sequence[str], uses: Sequence[str], missing: Sequence[str] = (), extra: str = ""
) -> dict[str, Any]:
    from automl.tables.libraries import install_command

    install = install_command(extra) if missing else ""
    return {"name": name, "endings": list(endings), "uses": list(uses), "missing": list(missing), "install": install}


_TEXTS = (
    ("delimited text", (".csv", ".tsv", ".txt")),
    ("packed, any of these", PACKED_ENDINGS),
)
_OUTPUTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("CSV", (".csv",), ("predict", "clean")),
    ("TSV", (".tsv",), ("predict", "clean")),
    ("Parquet", (".parquet",), ("predict", "clean")),
    ("JSON lines", (".jsonl",), ("predict", "clean")),
    ("HTML page", (".html", ".htm"), ("report",)),
    ("Markdown", (".md",), ("report",)),
    ("JSON", (".json",), ("report",)),
)
