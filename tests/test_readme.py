"""The README says what the program does: its lists, options and links are held equal to the program's own."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from automl.cli.exit_codes import ExitCode
from automl.cli.main import COMMANDS, automl

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands_shown():
    """Return the command lines that the README shows, each as its words."""
    lines = [line.partition("#")[0] for line in README.splitlines() if line.startswith("    ")]
    calls = (line.partition("|")[2] or line for line in lines)
    return [shlex.split(call) for call in calls if call.split()[:1] == ["automl"]]


def options_of(name):
    command = automl.get_command(None, name)
    return {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}


def test_the_list_of_findings_is_the_registry_s():
    """Where this fails, run ``python scripts/readme_findings.py``."""
    assert script("readme_findings").with_findings(README) == README


def test_every_command_shown_exists_with_the_options_shown():
    shown = commands_shown()
    assert len(shown) >= 8
    for _, name, *words in shown:
        assert name in COMMANDS
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options_of(name), words


def test_every_option_named_in_the_text_exists():
    named = set(re.findall(r"`(--[a-z][a-z-]*)", README))
    every = set().union(*(options_of(name) for name in COMMANDS)) | {"--help"}
    assert len(named) >= 20
    assert named <= every


def test_every_exit_code_is_in_the_table():
    table = README.partition("## Exit codes")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")][1:]
    codes = {int(code) for row in rows for code in row.split(",")}
    assert codes == {int(code) for code in ExitCode}


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_inside_the_project_leads_somewhere(link):
    assert (ROOT / link).exists()


def test_the_first_screen_shows_what_it_is_the_two_commands_and_the_picture():
    first = README.splitlines()[:12]
    assert sum(line.startswith("    automl ") for line in first) == 2
    assert any(line.startswith("![") and "docs/fit.svg" in line for line in first)


def test_the_picture_asks_for_nothing_from_elsewhere():
    picture = (ROOT / "docs" / "fit.svg").read_text(encoding="utf-8")
    assert not re.findall(r"url\((?!#)|@import|href=", picture)
