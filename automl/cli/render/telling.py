"""A told page as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.cli.options import Common
from automl.cli.render.streams import print_result, say, visible
from automl.cli.render.tables import print_table

if TYPE_CHECKING:
    from automl.report.telling import Told

__all__ = ["print_told"]


def print_told(told: Told, output: str | None, common: Common) -> None:
    """Print heading, sentences and tables, and where the report went."""
    print_result(visible(told.heading))
    for sentence in told.sentences:
        print_result(visible(f"  {sentence}"))
    print_result("")
    for section in told.sections:
        numeric = [section.header[place] for place in section.figures]
        print_table(section.title, section.header, section.rows, common, numeric=numeric)
    if output is not None and not common.quiet:
        say(visible(f"report: {output}"))
