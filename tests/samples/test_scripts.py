"""The set-up scripts: sound shell, and a clear word where something is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TOOLS = ("sh", "id", "uname", "cksum", "grep", "cat")


@pytest.fixture
def bare_system(tmp_path: Path) -> Path:
    """A PATH folder with the tools that every system has, a user who is not root, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    replace_tool(folder, "id", "echo 1000")
    return folder


def replace_tool(folder: Path, name: str, body: str) -> None:
    tool = folder / name
    tool.unlink(missing_ok=True)
    tool.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    tool.chmod(0o755)


def call(function: str, path: Path, project: Path) -> subprocess.CompletedProcess[str]:
    """Call one function of environment.sh with nothing but ``path`` on the PATH."""
    shell = shutil.which("sh")
    assert shell is not None
    code = f'set -eu; project=$1; . "$2"; {function}'
    return subprocess.run(
        [shell, "-c", code, "sh", str(project), str(PROJECT / "scripts" / "environment.sh")],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", sorted(path.name for path in (PROJECT / "scripts").glob("*.sh")))
def test_script_is_sound_posix_shell(script: str) -> None:
    subprocess.run(["sh", "-n", str(PROJECT / "scripts" / script)], check=True)


def test_the_integration_script_is_sound_bash() -> None:
    subprocess.run(["bash", "-n", str(PROJECT / ".ci" / "run")], check=True)


def test_a_python_that_is_too_old_is_passed_over(bare_system: Path, tmp_path: Path) -> None:
    replace_tool(bare_system, "python3.11", "exit 1")
    (bare_system / "python3").symlink_to(sys.executable)
    result = call("find_python", bare_system, tmp_path)
    assert result.stdout.strip() == str(bare_system / "python3")


def test_without_python_and_root_the_hint_says_what_to_type(bare_system: Path, tmp_path: Path) -> None:
    replace_tool(bare_system, "apt-get", "exit 99")
    result = call("prepare .", bare_system, tmp_path)
    assert result.returncode == 1
    assert "error: Python 3.11 or newer is not installed." in result.stderr
    assert "hint: Type 'sudo apt-get install python3'" in result.stderr


def test_without_debians_venv_package_the_hint_names_it(bare_system: Path, tmp_path: Path) -> None:
    replace_tool(bare_system, "apt-get", "exit 99")
    body = 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo python3.11-venv ;; esac'
    replace_tool(bare_system, "python3.11", body)
    result = call("prepare .", bare_system, tmp_path)
    assert result.returncode == 1
    assert "hint: Type 'sudo apt-get install python3.11-venv'" in result.stderr


def test_root_gets_the_missing_package_installed(bare_system: Path, tmp_path: Path) -> None:
    replace_tool(bare_system, "id", "echo 0")
    replace_tool(bare_system, "apt-get", f'echo "$@" >>{tmp_path}/calls')
    result = call('install_debian_package libgomp1 "It is missing."', bare_system, tmp_path)
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert result.returncode == 0
    assert calls[0].startswith("update")
    assert calls[1].startswith("install")
    assert calls[1].endswith("libgomp1")


def test_what_is_installed_already_is_not_installed_again(bare_system: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    replace_tool(programs, "python", f'echo "$@" >>{tmp_path}/calls')
    for _ in range(2):
        assert call("install_requirement .", bare_system, tmp_path).returncode == 0
    assert (tmp_path / "calls").read_text(encoding="utf-8").count("pip install") == 1


def test_a_failed_installation_is_tried_again(bare_system: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    replace_tool(programs, "python", "exit 1")
    result = call("install_requirement .", bare_system, tmp_path)
    assert result.returncode == 1
    assert "error: pip could not install automl." in result.stderr
    assert not (tmp_path / ".venv" / "installed").exists()
