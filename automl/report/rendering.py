"""One report, three formats: the facts go in, a text comes out."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import PurePath
from typing import Any, Literal, Protocol, TypeVar, assert_never

from automl.errors import UsageError
from automl.report.facts import ReportFacts

__all__ = ["FactsT", "ReportFormat", "json_text", "render", "render_as", "report_format"]

ReportFormat = Literal["html", "md", "json"]

SCHEMA_VERSION = 1
_FORMATS: dict[str, ReportFormat] = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}


class Facts(Protocol):
    """Something that can be told: values that are JSON-ready through :meth:`to_dict`."""

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as JSON-ready values."""


FactsT = TypeVar("FactsT", bound=Facts)


def report_format(path: str) -> ReportFormat:
    """Return the format that a report file's ending asks for.

    Raises
    ------
    UsageError
        If the ending is none of ``.html``, ``.htm``, ``.md`` and ``.json``.
    """
    ending = PurePath(path).suffix.lower()
    if ending not in _FORMATS:
        have = f"it ends in '{ending}'" if ending else "it has no ending"
        raise UsageError(
            f"The format of the report '{path}' is not clear: {have}.",
            f"Give it a name that ends in one of {', '.join(_FORMATS)}.",
        )
    return _FORMATS[ending]


def render(facts: ReportFacts, format: ReportFormat) -> str:  # noqa: A002 - the word users type
    """Render the facts of a fit as a report.

    Parameters
    ----------
    facts : ReportFacts
    format : {"html", "md", "json"}
        ``html`` is one self-contained page, ``md`` GitHub-flavoured Markdown, ``json`` the facts themselves with a
        ``schema_version``.

    Returns
    -------
    str
        The whole report, ending in a line break. It can always be written as UTF-8.
    """
    return render_as(format, facts, _html, _markdown)


def _html(facts: ReportFacts) -> str:
    from automl.report.html import render_html

    return render_html(facts)


def _markdown(facts: ReportFacts) -> str:
    from automl.report.markdown import render_markdown

    return render_markdown(facts)


def render_as(
    wanted: ReportFormat, facts: FactsT, html: Callable[[FactsT], str], markdown: Callable[[FactsT], str]
) -> str:
    """Render facts in the format that is wanted: by one of two functions, or as JSON."""
    match wanted:
        case "html":
            return html(facts)
        case "md":
            return markdown(facts)
        case "json":
            return json_text(facts.to_dict())
        case _:
            assert_never(wanted)


def json_text(values: dict[str, Any]) -> str:
    """Write values in ASCII, which no terminal can be steered by; what is not finite becomes null."""
    document = {"schema_version": SCHEMA_VERSION, **_finite(values)}
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value
