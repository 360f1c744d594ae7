"""What the HTML pages share: the template engine with its filters, the frame of a page, long tables that unfold.

Nothing is loaded from anywhere: the style sheet and the small script that sorts tables are part of the page, and a
content security policy lets nothing else in. Every text from the data is escaped by the template engine, after
:func:`automl.report.formatting.visible` has made its unseen characters visible.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from automl import __version__
from automl.report import charts, formatting, views, wording

__all__ = ["Listing", "listing", "render_page"]


@dataclass(frozen=True)
class Listing:
    """Rows of a long table: the ones shown at once, the ones that unfold, and how many are left to the JSON report."""

    shown: tuple[Any, ...]
    folded: tuple[Any, ...]
    left_out: int


def listing(rows: Sequence[Any], shown: int, amount: int) -> Listing:
    """Return rows of which the first are shown, out of ``amount`` that there are."""
    return Listing(tuple(rows[:shown]), tuple(rows[shown:]), amount - len(rows))


def render_page(template: str, package: str = "automl.report", **values: Any) -> str:
    """Return a page in the frame that all pages share.

    Parameters
    ----------
    template : str
        The name of a template that extends ``page.html.j2``.
    package : str
        Whose ``templates`` folder it lies in.
    **values
        What the template shows.
    """
    script = _resource("sort.js").strip()
    page = (
        _environment(package)
        .get_template(template)
        .render(
            style=Markup(_resource("style.css")),  # noqa: S704 - part of the program
            script=Markup(script),  # noqa: S704 - part of the program
            script_hash=_content_hash(script),
            program_version=__version__,
            **values,
        )
    )
    return page + "\n"


@lru_cache(maxsize=4)
def _environment(package: str) -> Environment:
    """Return the template engine: it escapes every text, after making its unseen characters visible."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("automl.report")]),
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
        measured=lambda entry: formatting.measured(entry.value, entry.low, entry.high),
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


def _resource(name: str) -> str:
    """Return the text of a file beside the templates."""
    return (files("automl.report") / "templates" / name).read_text(encoding="utf-8")


def _content_hash(script: str) -> str:
    """Return the hash by which a content security policy lets an inline script run (CSP level 3, section 2.3.1)."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
