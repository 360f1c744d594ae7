"""Every finding has its place in the registry."""

import ast
from pathlib import Path

import pytest

import automl
from automl.findings import Severity
from automl.preparation import FINDING_KINDS
from automl.preparation.registry import make_finding

ROOT = Path(automl.__file__).parent
MAKERS = ("Finding", "make_finding")


def codes_made_in(path):
    """Return the codes that a module's calls of ``Finding`` and ``make_finding`` name."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MAKERS]
    named = [*(call.args[0] for call in made if call.args)]
    named += [word.value for call in made for word in call.keywords if word.arg == "code"]
    return {node.value for node in named if isinstance(node, ast.Constant)}


def all_codes_made():
    return set().union(
        *(codes_made_in(path) for room in ("tables", "preparation", "all_rows") for path in (ROOT / room).rglob("*.py"))
    )


def test_every_code_that_is_made_is_registered():
    assert all_codes_made() <= set(FINDING_KINDS)


def test_every_registered_code_is_made_somewhere():
    assert set(FINDING_KINDS) <= all_codes_made()


@pytest.mark.parametrize("kind", FINDING_KINDS.values(), ids=FINDING_KINDS)
def test_a_kind_says_what_it_is_and_what_is_done(kind):
    assert kind.title
    assert kind.action.endswith(".")
    assert not kind.overrule or kind.overrule.endswith(".")


def test_target_leaks_are_errors_and_only_they_bear_the_name():
    leaks = [kind for kind in FINDING_KINDS.values() if kind.code.startswith("target_leak")]
    assert len(leaks) == 5
    assert {kind.severity for kind in leaks} == {Severity.ERROR}


def test_a_finding_says_what_is_done_and_how_to_overrule_it():
    finding = make_finding("many_missing", "Most of 'a' is missing.", ("a",))
    assert (finding.severity, finding.columns) == (Severity.WARNING, ("a",))
    assert finding.action.endswith("Leave it out with --drop.")


def test_an_unregistered_code_cannot_be_made():
    with pytest.raises(KeyError):
        make_finding("no_such_code", "")
