"""The page of a profile: what it shows across columns and rows, and that it opens well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser import Page

from automl.preparation.profile import profile
from automl.report.profile_page import render_profile
from automl.tables import infer_schema, table_from_frame

SECTIONS = ("missing", "outliers", "related", "drift")
ROWS = 600


def troubled() -> pd.DataFrame:
    """Return columns of which some are missing together, two say the same, one drifts, and names are unkind."""
    random = np.random.default_rng(0)
    height = random.normal(170, 10, ROWS)
    gone = random.random(ROWS) < 0.2
    long_name = "the height again, in inches, as somebody once wrote it " * 3
    columns = {"height": height.round(1), long_name: (height / 2.54).round(3)}
    columns |= {f"answer {number}": np.where(gone, np.nan, random.normal(size=ROWS).round(2)) for number in range(9)}
    columns["<b>late</b>"] = (random.normal(size=ROWS) + np.linspace(0, 4, ROWS)).round(2)
    columns["pay"] = random.lognormal(8, 1.2, ROWS).round(2)
    return pd.DataFrame(columns)


def page_of(frame: pd.DataFrame) -> str:
    table = table_from_frame(frame)
    return render_profile(profile(table, infer_schema(table)), "people.csv", None)


@pytest.fixture(scope="module")
def text() -> str:
    return page_of(troubled())


@pytest.mark.parametrize("section", SECTIONS)
def test_what_shows_across_the_table_has_a_section_and_a_link_to_it(text: str, section: str) -> None:
    assert f'<section id="{section}">' in text
    assert f'href="#{section}"' in text


def test_of_many_columns_missing_together_the_first_are_named_and_the_rest_counted(text: str) -> None:
    assert "and 3 columns more" in text


def test_a_table_with_nothing_across_it_has_no_such_section() -> None:
    text = page_of(pd.DataFrame({"size": range(40), "colour": ["red", "blue"] * 20}))
    assert not any(f'id="{section}"' in text for section in SECTIONS)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_opens_without_complaint_or_request_and_fits(
    page: Page, tmp_path: Path, text: str, width: int, scheme: str
) -> None:
    file = tmp_path / "profile.html"
    file.write_text(text, encoding="utf-8")
    visit = page.open(file, width, scheme)
    assert visit.complaints == []
    assert visit.requests == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
