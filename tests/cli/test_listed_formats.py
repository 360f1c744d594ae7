"""``automl list formats``: every input there is, and what to type for one whose library is missing."""

import importlib.util
import json

import pytest


def listed(automl):
    return {entry["name"]: entry for entry in json.loads(automl("list", "formats", "--json").out)["formats"]}


def test_files_folders_and_addresses_are_listed_as_data(automl):
    names = {name for name, entry in listed(automl).items() if "data" in entry["uses"]}
    assert {"delimited text", "Excel, OpenDocument", "SQLite"} <= names
    assert {"folder, or pattern in quotes", "http and https address", "database address, with --query"} <= names


@pytest.mark.parametrize(
    ("name", "library", "extra"),
    [("Excel, OpenDocument", "python_calamine", "excel"), ("database address, with --query", "sqlalchemy", "sql")],
)
def test_a_missing_library_is_named_with_what_to_type(automl, monkeypatch, name, library, extra):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda module: None if module == library else found(module))
    entry = listed(automl)[name]
    assert entry["missing"] == [library]
    assert entry["install"] == f"pip install 'automl-cli[{extra}]'"
    assert not listed(automl)["delimited text"]["install"]


@pytest.mark.parametrize(
    ("topic", "hint"),
    [("nope", "Topics: metrics, families, formats, findings."), ("metric", "Did you mean 'metrics'?")],
)
def test_a_topic_that_there_is_not_is_answered_with_those_that_there_are(automl, topic, hint):
    refused = automl("list", topic)
    assert (refused.code, refused.hint) == (2, hint)
    assert refused.error == f"There is no topic '{topic}'."
