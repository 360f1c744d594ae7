"""The libraries that the tests run with are locked by version and hash, and the lock follows the project's own file."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = [Requirement(each) for each in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"])]
ENTRIES = re.split(r"\n(?=\S)", LOCK.strip())


def locked():
    """Return the version of each library that this machine would get."""
    entries = [Requirement(entry.split("\\")[0].strip()) for entry in ENTRIES]
    here = [each for each in entries if each.marker is None or each.marker.evaluate(default_environment())]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in here}


def test_every_library_has_one_version_and_hashes():
    assert len(ENTRIES) > 50
    for entry in ENTRIES:
        head, *hashes = entry.replace("\\\n", "\n").split("\n")
        assert re.fullmatch(r"[\w.-]+==[\w.]+(?: ; [^@]+)?", head.strip())
        assert hashes
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each.strip()) for each in hashes)


def test_the_lock_names_no_place_to_get_libraries_from():
    assert "://" not in LOCK
    assert "index-url" not in LOCK


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_what_the_project_asks_for_is_locked_in_a_version_that_it_allows(wanted):
    if wanted.marker is None or wanted.marker.evaluate():
        assert wanted.specifier.contains(locked()[canonicalize_name(wanted.name)])
