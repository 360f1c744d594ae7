"""One browser for all page tests of the folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from browser import Page, open_browser


@pytest.fixture(scope="session")
def page() -> Iterator[Page]:
    """A tab of headless Chromium."""
    with open_browser() as opened:
        yield opened
