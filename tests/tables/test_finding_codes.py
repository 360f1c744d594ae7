"""Every finding of the reader is one that the registry knows."""

import ast
from pathlib import Path

from automl.preparation.registry import FINDING_KINDS

TABLES = Path(__file__).parents[2] / "automl" / "tables"


def codes_in(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
            values = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
            yield from (value.value for value in values if isinstance(value, ast.Constant))


def test_every_code_that_reading_reports_is_registered():
    used = {code for path in TABLES.rglob("*.py") for code in codes_in(path)}
    assert "repaired_rows" in used
    assert used <= set(FINDING_KINDS)
