"""The OpenAPI description of what is served, made from the models: every field with its type and an example.

Source: OpenAPI Specification 3.1, https://spec.openapis.org/oas/v3.1.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from automl import __version__
from automl.serving.fields import example_records, fields_of
from automl.serving.hosting import Host, Served
from automl.serving.media import ARROW_FILE, ARROW_STREAM, CSV, JSON

__all__ = ["describe_interface"]

_FAILURES = {
    "400": "The body cannot be read.",
    "401": "A token is needed.",
    "404": "There is no such model.",
    "408": "The request took too long to arrive.",
    "413": "Too many bytes or rows.",
    "415": "A body of this type is not read.",
    "422": "A field is missing or cannot be what it is; the answer names it.",
    "429": "Too many requests at once.",
    "503": "The answer took too long.",
}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"message": {"type": "string"}, "hint": {"type": "string"}, "field": {"type": "string"}},
            "required": ["message"],
        }
    },
    "required": ["error"],
}
_V2_ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
_OPTIONS: dict[str, dict[str, Any]] = {
    "interval": {
        "type": ["number", "null"],
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "description": "Adds bounds that hold the truth this often, such as 0.9.",
    },
    "contributions": {
        "type": ["boolean", "null"],
        "description": "Adds what each column contributed to each prediction (up to 100 rows).",
    },
}
_COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}
_NAMES = {"type": "array", "items": {"type": "string"}}


def describe_interface(host: Host, *, needs_token: bool) -> dict[str, Any]:
    """Return the description, JSON-ready."""
    served = [host.model(name) for name in host.names]
    schemas: dict[str, Any] = {"Error": _ERROR, "V2Error": _V2_ERROR}
    for each in served:
        schemas |= _schemas(each)
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": f"automl serve: {', '.join(host.names)}",
            "version": __version__,
            "description": "Predictions of fitted models. A cell that is not known is null.",
        },
        "paths": dict(_paths(served)),
        "components": {"schemas": schemas},
    }
    if needs_token:
        described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"token": []}]
    return described


def _paths(served: list[Served]) -> Iterator[tuple[str, Any]]:
    first = served[0]
    yield "/predict", {"post": _predict(first, f"Predict with '{first.name}'", "predict")}
    yield "/metadata", {"get": _get(f"What '{first.name}' predicts, from which columns, and how well", "metadata")}
    yield "/models", {"get": _get("All models", "models")}
    for place, each in enumerate(served):
        path = _in_path(each.name)
        yield f"/models/{path}/predict", {"post": _predict(each, f"Predict with '{each.name}'", f"predict_{place}")}
        yield (
            f"/models/{path}/metadata",
            {"get": _get(f"What '{each.name}' predicts, from which columns, and how well", f"metadata_{place}")},
        )
        yield f"/v2/models/{path}", {"get": _get(f"Tensors of '{each.name}'", f"v2_metadata_{place}")}
        yield f"/v2/models/{path}/ready", {"get": _get(f"Whether '{each.name}' is ready", f"v2_ready_{place}")}
        yield f"/v2/models/{path}/infer", {"post": _infer(each, f"v2_infer_{place}")}
    yield "/health/live", {"get": _get("Whether the server runs", "live")}
    yield "/health/ready", {"get": _get("Whether it answers, and with which models", "ready")}
    yield "/metrics", {"get": _get("Metrics in the text format of Prometheus", "metrics", "text/plain")}
    yield "/v2", {"get": _get("The server, as the V2 protocol tells it", "v2")}
    yield "/v2/health/live", {"get": _get("Whether the server runs", "v2_live")}
    yield "/v2/health/ready", {"get": _get("Whether it answers", "v2_ready")}


def _get(summary: str, identifier: str, media: str = JSON) -> dict[str, Any]:
    schema = {"type": "object"} if media == JSON else {"type": "string"}
    answers = {"200": {"description": "Done.", "content": {media: {"schema": schema}}}}
    return {"summary": summary, "operationId": identifier, "responses": answers | _failures(("401",), "Error")}


def _predict(served: Served, summary: str, identifier: str) -> dict[str, Any]:
    records = example_records(served)
    as_columns = {name: [record[name] for record in records] for name in records[0]}
    table = {"schema": {"type": "string", "format": "binary"}}
    return {
        "summary": summary,
        "operationId": identifier,
        "parameters": [
            {
                "name": name,
                "in": "query",
                "description": f"{schema['description']} A JSON body may have it as a field instead.",
                "schema": {**schema, "type": schema["type"][0]},
            }
            for name, schema in _OPTIONS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": _reference(served, "Request"),
                    "examples": {
                        "records": {"value": {"records": records}},
                        "columns": {"value": {"columns": as_columns}},
                    },
                },
                CSV: table,
                ARROW_STREAM: table,
                ARROW_FILE: table,
            },
        },
        "responses": {
            "200": {"description": "Done.", "content": {JSON: {"schema": _reference(served, "Answer")}}},
            **_failures(_FAILURES, "Error"),
        },
    }


def _infer(served: Served, identifier: str) -> dict[str, Any]:
    record = example_records(served)[0]
    inputs = [
        {"name": name, "shape": [1], "datatype": _datatype(value), "data": [value]} for name, value in record.items()
    ]
    tensor = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "shape": {"type": "array", "items": {"type": "integer"}},
            "datatype": {"type": "string"},
            "data": {"type": "array"},
        },
        "required": ["name", "shape", "datatype"],
    }
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "inputs": {"type": "array", "items": tensor}},
        "required": ["inputs"],
    }
    return {
        "summary": f"Predict with '{served.name}' by the V2 protocol",
        "operationId": identifier,
        "requestBody": {"required": True, "content": {JSON: {"schema": schema, "example": {"inputs": inputs}}}},
        "responses": {
            "200": {"description": "Done.", "content": {JSON: {"schema": {"type": "object"}}}},
            **_failures(_FAILURES, "V2Error"),
        },
    }


def _datatype(value: Any) -> str:
    if isinstance(value, bool):
        return "BOOL"
    return "FP64" if isinstance(value, int | float) else "BYTES"


def _failures(statuses: Mapping[str, str] | tuple[str, ...], schema: str) -> dict[str, Any]:
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {status: {"description": _FAILURES[status], "content": content} for status in statuses}


def _reference(served: Served, what: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{_identifier(served.name)}{what}"}


def _identifier(name: str) -> str:
    """Return a model's name in the letters that names of components may have."""
    return "".join(each if each.isascii() and each.isalnum() else f"_{ord(each):x}_" for each in name)


def _in_path(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _schemas(served: Served) -> dict[str, Any]:
    fields, name = fields_of(served), _identifier(served.name)
    record = {"type": "object", "properties": {field.name: field.to_schema() for field in fields}}
    columns = {
        "type": "object",
        "properties": {field.name: {"type": "array", "items": field.to_schema()} for field in fields},
        "required": [field.name for field in fields],
    }
    forms = [
        {"required": ["records"], "not": {"required": ["columns"]}},
        {"required": ["columns"], "not": {"required": ["records"]}},
    ]
    rows = {"records": {"type": "array", "items": record}, "columns": columns}
    return {
        f"{name}Request": {
            "type": "object",
            "properties": rows | _OPTIONS,
            "oneOf": forms,
            "additionalProperties": False,
        },
        f"{name}Answer": {
            "type": "object",
            "properties": {
                "model": {"type": "string"},
                "rows": {"type": "integer"},
                "predictions": {"type": "array", "items": _prediction(served)},
                "unparsed": _COUNTS | {"description": "Cells by column that could not be read and count as missing."},
                "unseen": _COUNTS | {"description": "Cells by column with a level that no training row had."},
                "extra_columns": _NAMES,
                "missing_columns": _NAMES,
            },
            "required": ["model", "rows", "predictions"],
        },
    }


def _prediction(served: Served) -> dict[str, Any]:
    labels = served.model.labels
    number = {"type": ["number", "null"]}
    told: dict[str, Any] = {"prediction": {"type": "string", "enum": list(labels)} if labels else number}
    told |= {f"proba_{label}": {"type": "number", "minimum": 0, "maximum": 1} for label in labels}
    bounds = {"prediction_set": _NAMES} if labels else {"lower": number, "upper": number}
    reasons = {
        "type": "object",
        "properties": {
            "space": {"type": "string", "enum": ["probability", "log_odds", "target"]},
            "label": {"type": ["string", "null"]},
            "base": {"type": "number"},
            "contributions": {"type": "object", "additionalProperties": {"type": "number"}},
        },
    }
    return {"type": "object", "properties": told | bounds | {"reasons": reasons}, "required": list(told)}
