"""Models changed inside a model file, hashes and all, are refused or are other models: none ends a process."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(("kept", "tries"), [("stored", 40), ("text", 10)])
def test_changed_models_are_refused_or_are_other_models(kept, tries):
    script = Path(__file__).with_name("changed_models.py")
    command = (sys.executable, script, "--families", kept, "--tries", str(tries), "--seed", "4")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"tried {tries}, survived {tries}" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
