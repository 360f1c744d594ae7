"""The group of commands: a static table of names, so that ``automl --help`` imports no command."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from automl import __version__
from automl.errors import UsageError

__all__ = ["COMMANDS", "automl"]

#: Name, module below ``automl.cli.commands``, and what ``automl --help`` says about it.
COMMANDS: dict[str, tuple[str, str]] = {
    "fit": ("fit", "Read, clean, search, write the model file and its report."),
    "predict": ("predict", "Score rows, one output row per input row, in order."),
    "evaluate": ("evaluate", "Score a model on labelled rows; hold it against its promise."),
    "inspect": ("inspect", "What is in a model file: schema, metrics, estimate, versions."),
    "leaderboard": ("leaderboard", "Every candidate tried, its score, spread and time."),
    "explain": ("explain", "Which columns matter, and what each added to a row's prediction."),
    "report": ("report", "Write a model's report again (html, md, json)."),
    "profile": ("profile", "What is in a table and what is wrong with it."),
    "clean": ("clean", "Write the cleaned table, and the log of every change."),
    "compare": ("compare", "Champion and challenger on the same labelled rows."),
    "retrain": ("retrain", "Fit again on new rows; promote only what is shown to be better."),
    "monitor": ("monitor", "Has the data changed, or the model's quality."),
    "serve": ("serve", "The model behind HTTP."),
    "export": ("export", "The model in a form that other tools run."),
    "runs": ("runs", "The record of what was fitted, and how well."),
    "verify": ("verify", "Whose file a model file is, and that it was not changed."),
    "list": ("listing", "Which metrics, families, formats and findings there are."),
}

EXAMPLES = """\b
Examples:
  automl fit train.csv --target churn
  automl predict train.automl new.csv --output scores.csv
  automl inspect train.automl
"""


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command called ``cmd_name``; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"automl.cli.commands.{COMMANDS[cmd_name][0]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name.

        Raises
        ------
        UsageError
            Where there is none; the hint names the nearest.
        """
        if not ctx.resilient_parsing and args[0] not in COMMANDS and not args[0].startswith("-"):
            from automl.arguments import did_you_mean

            hint = did_you_mean(args[0], COMMANDS) or f"Commands: {', '.join(COMMANDS)}."
            raise UsageError(f"There is no command '{args[0]}'.", hint)
        name, command, rest = super().resolve_command(ctx, args)
        if ctx.resilient_parsing and command is not None:
            _complete_with_files(command)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def _complete_with_files(command: click.Command) -> None:
    """Let a shell offer files where the command takes them: it goes by types, and an address or ``-`` is a text."""
    for parameter in command.params:
        is_data = isinstance(parameter, click.Argument) and parameter.type is click.STRING
        if is_data or parameter.metavar in ("FILE", "DIR"):
            parameter.type = click.Path()


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(f"automl {__version__}")
        context.exit()


def _show_help_settings() -> dict[str, Any]:
    return {"help_option_names": ["-h", "--help"], "max_content_width": 110, "auto_envvar_prefix": "AUTOML"}


@click.group(
    cls=LazyGroup,
    context_settings=_show_help_settings(),
    help=f"{EXAMPLES}\nPoint it at a table and a target column; get a model and a report.",
    epilog="'automl COMMAND --help' shows a command's options.",
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
def automl() -> None:
    """Hold the commands; what they do is in their own modules."""
