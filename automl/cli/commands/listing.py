"""``automl list``: what there is to choose from."""

from __future__ import annotations

import click

from automl.cli.options import Common, Word, common_options

__all__ = ["command"]

HELP = """\b
Examples:
  automl list metrics
  automl list families --json

TOPIC is metrics, families (of models), formats or findings: say which there are, and which libraries are missing for
them.
"""

TOPICS = ("metrics", "families", "formats", "findings")


@click.command("list", help=HELP, short_help="Which metrics, families, formats and findings there are.")
@click.argument("topic", metavar="TOPIC", type=Word("topic", TOPICS))
@common_options
@click.pass_obj
def command(common: Common, topic: str) -> int:
    """Look the topic up and print it."""
    from automl.cli import catalogue

    entries = getattr(catalogue, topic)()
    if common.json:
        from automl.cli.render.streams import print_json

        print_json({topic: entries})
    else:
        from automl.cli.render.tables import print_table

        columns = tuple(entries[0])
        rows = [tuple(_text(value) for value in entry.values()) for entry in entries]
        print_table(topic.capitalize(), columns, rows, common)
    return 0


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
