"""A page that is told: a heading, sentences, pictures and tables, in every format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from automl.report.charts import Chart
from automl.report.rendering import FactsT, ReportFormat, render_as
from automl.report.sections import Section

__all__ = ["Told", "render_told"]


@dataclass(frozen=True)
class Told:
    """What a page says.

    Attributes
    ----------
    eyebrow, heading, lead : str
        What kind of page it is, its title, and what it is about.
    created : str
        As in the facts: an ISO time.
    sentences : tuple of str
        The findings, most important first.
    sections : tuple of Section
    pictures : tuple of Chart
    """

    eyebrow: str
    heading: str
    lead: str
    created: str
    sentences: tuple[str, ...]
    sections: tuple[Section, ...]
    pictures: tuple[Chart, ...] = ()


def render_told(facts: FactsT, wanted: ReportFormat, tell: Callable[[FactsT], Told]) -> str:
    """Render facts as the page that ``tell`` makes of them, or as JSON.

    Parameters
    ----------
    facts : facts with a ``to_dict``
    wanted : {"html", "md", "json"}
    tell : callable
        Turns the facts into what the page says.
    """
    return render_as(wanted, facts, lambda each: _html(tell(each)), lambda each: _markdown(tell(each)))


def _html(told: Told) -> str:
    from automl.report.pages import render_page

    return render_page("told.html.j2", told=told)


def _markdown(told: Told) -> str:
    from automl.report.markdown import escaped, table

    parts = [f"# {escaped(told.heading)}", escaped(told.lead), *map(escaped, told.sentences)]
    for section in told.sections:
        parts.append(f"## {escaped(section.title)}")
        parts += [escaped(section.note)] if section.note else []
        parts.append(table([escaped(name) for name in section.header], section.rows, section.figures))
    return "\n\n".join(parts) + "\n"
