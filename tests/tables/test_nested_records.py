"""Nested records: each value gets the names that lead to it, as far as they are short enough to be repeated."""

import json

from automl.tables import read_table
from automl.tables.formats.records import flat_values


def test_nested_values_are_columns_named_by_their_path(tmp_path):
    path = tmp_path / "people.json"
    people = [{"id": number, "home": {"city": "Bern", "at": {"zip": f"30{number}"}}} for number in (10, 11)]
    path.write_text(json.dumps(people), encoding="utf-8")
    cells = read_table(path).cells
    assert cells.to_dict("list") == {"id": ["10", "11"], "home.city": ["Bern", "Bern"], "home.at.zip": ["3010", "3011"]}


def test_values_behind_a_name_that_is_too_long_stay_together():
    record = {"k" * 10_000: {str(number): number for number in range(1_000)}}
    assert list(flat_values(record)) == list(record.items())


def test_values_behind_many_names_that_are_too_long_together_stay_together():
    record = {"a" * 200: {"b" * 200: {"c": 1, "d": 2}, "e": 3}}
    assert dict(flat_values(record)) == {f"{'a' * 200}.{'b' * 200}": {"c": 1, "d": 2}, f"{'a' * 200}.e": 3}


def test_a_long_name_of_a_single_value_is_kept():
    record = {"survey": {"How often " * 100: 5}}
    assert dict(flat_values(record)) == {f"survey.{'How often ' * 100}": 5}
