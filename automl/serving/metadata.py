"""What is told of a served model: what it predicts, from which columns, and how well."""

from __future__ import annotations

from typing import Any

from automl import __version__
from automl.serving.hosting import Host, Served
from automl.tables import Column, ColumnKind

__all__ = ["describe"]

_OF_MANIFEST = ("metric", "estimate", "created", "data_sha256", "automl_version", "complete")


def describe(host: Host, served: Served) -> dict[str, Any]:
    """Return what is told of a model, JSON-ready."""
    schema, required = served.model.schema, set(served.model.required_columns)
    features = [column for column in served.model.feature_schema.columns if column.name in required]
    return {
        "model": served.name,
        "server": f"automl {__version__}",
        "target": schema.target,
        "task": None if schema.task is None else str(schema.task),
        "labels": list(schema.labels),
        "columns": [_column(column) for column in features],
        "families": list(served.model.families),
        "loaded_at": served.loaded_at,
        "refused": host.refused(served.name),
        **{name: served.manifest[name] for name in _OF_MANIFEST if name in served.manifest},
    }


def _column(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"name": column.name, "kind": str(column.kind)}
    if column.kind is ColumnKind.CATEGORY:
        told["levels"] = list(column.levels)
    if column.kind is ColumnKind.BOOLEAN:
        told |= {"true": list(column.true_values), "false": list(column.false_values)}
    if column.kind is ColumnKind.DATETIME:
        told["format"] = column.datetime_format
    return told
