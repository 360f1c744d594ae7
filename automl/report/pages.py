"""What the HTML pages share: the template engine with its filters, the style sheet, long tables that unfold."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from automl.report import charts, formatting, views, wording

__all__ = ["Listing", "content_hash", "listing", "page_environment", "resource"]


@dataclass(frozen=True)
class Listing:
    """Rows of a long table: the ones shown at once, the ones that unfold, and how many are left to the JSON report."""

    shown: tuple[Any, ...]
    folded: tuple[Any, ...]
    left_out: int


def listing(rows: Sequence[Any], shown: int, amount: int) -> Listing:
    """Return rows of which the first are shown, out of ``amount`` that there are."""
    return Listing(tuple(rows[:shown]), tuple(rows[shown:]), amount - len(rows))


@lru_cache(maxsize=1)
def page_environment() -> Environment:
    """Return the template engine: it escapes every text, after making its unseen characters visible."""
    environment = Environment(
        loader=PackageLoader("automl.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    environment.tests.update(
        command=lambda part: isinstance(part, wording.Command),
        name=lambda part: isinstance(part, wording.Name),
    )
    environment.filters.update(
        count=formatting.count,
        date=formatting.date,
        duration=formatting.duration,
        histogram=charts.mini_histogram,
        hyperparameters=views.hyperparameter_text,
        missing=views.missing_text,
        number=formatting.number,
        percent=formatting.percent,
        plural=formatting.plural,
        range=views.column_range,
        run=views.run_rows,
        settings=views.setting_rows,
        shorten=formatting.shorten,
        status=views.candidate_status,
        stopped=wording.stopped_because,
    )
    return environment


def _seen(value: object) -> object:
    """Make unseen characters of a text visible before it is escaped; what the program drew is left as it is."""
    return formatting.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def resource(name: str) -> str:
    """Return the text of a file beside the templates."""
    return (files("automl.report") / "templates" / name).read_text(encoding="utf-8")


def content_hash(script: str) -> str:
    """Return the hash by which a content security policy lets an inline script run (CSP level 3, section 2.3.1)."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
