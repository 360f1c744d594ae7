"""``automl serve``: the model behind HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from automl.cli.options import Common, common_options

if TYPE_CHECKING:
    from automl.serving.settings import ServeSettings

__all__ = ["command"]

HELP = """\b
Examples:
  automl serve churn.automl
  automl serve churn.automl price.automl --port 9000
  automl serve churn=models/v2.automl --host 0.0.0.0 --token-file token.txt --workers 4
  curl localhost:8000/predict -H 'Content-Type: application/json' -d '{"records": [{"age": 41, "plan": "basic"}]}'
  curl localhost:8000/predict -H 'Content-Type: text/csv' --data-binary @new.csv

Answer over HTTP with the predictions of MODEL (a file, or NAME=FILE): /predict asks the first, /models/NAME/predict
each; /docs shows the fields with examples, / is a page to try it. The Open Inference protocol (V2) is below /v2. A file
that is replaced is read again without a pause; a broken one is refused. A terminate signal lets what was asked be
answered, and ends with 0. Without --token-file anybody who reaches the address may ask.
"""

_LIBRARIES = ("starlette", "uvicorn", "httptools")


@click.command("serve", help=HELP, short_help="The model behind HTTP.")
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0 for a free one.")
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True, metavar="N", help="Processes.")
@click.option(
    "--token-file", metavar="FILE", help="Answer only to who sends a token of this file, which has one a line."
)
@click.option("--max-body", default="16MB", show_default=True, metavar="SIZE", help="Of one request.")
@click.option("--max-rows", type=click.IntRange(1), default=100_000, show_default=True, metavar="N", help="Likewise.")
@click.option(
    "--timeout",
    default="30s",
    show_default=True,
    metavar="TIME",
    help="For sending a request, and again for answering it.",
)
@click.option("--max-waiting", type=click.IntRange(0), default=256, show_default=True, help="Requests in the queue.")
@click.option("--log-json", is_flag=True, help="Write the log as JSON lines.")
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    models: tuple[str, ...],
    host: str,
    port: int,
    workers: int,
    token_file: str | None,
    max_body: str,
    max_rows: int,
    timeout: str,
    max_waiting: int,
    log_json: bool,
) -> int:
    """Check what can be checked, listen, and answer until a signal ends it."""
    _check_installed()

    import logging
    import os
    import signal
    from pathlib import Path

    from automl.arguments import parse_duration, parse_size
    from automl.cli.exit_codes import ExitCode
    from automl.serving.logs import log_to
    from automl.serving.settings import Limits, ServeSettings, named_models, read_tokens

    threads = max(2, (os.cpu_count() or 1) // workers)
    settings = ServeSettings(
        models=named_models(models),
        host=host,
        port=port,
        workers=workers,
        tokens=() if token_file is None else read_tokens(Path(token_file)),
        limits=Limits(
            body=parse_size(max_body, "--max-body"),
            rows=max_rows,
            seconds=parse_duration(timeout, "--timeout"),
            waiting=max_waiting,
            threads=threads,
        ),
    )
    level = logging.WARNING if common.quiet else logging.INFO
    log_to(_say_lines, as_json=log_json, level=level)
    _warn(settings)

    from automl.serving.workers import serve_with

    ended_by = serve_with(settings, _announced(settings) if common.json else None)
    return ExitCode.INTERRUPTED if ended_by == signal.SIGINT else ExitCode.DONE


def _announced(settings: ServeSettings) -> Callable[[str], None]:
    """Return what prints, once the server listens, where and what it answers for."""

    def announce(address: str) -> None:
        import sys

        from automl.cli.render.streams import print_json

        print_json({"address": address, "models": [model.name for model in settings.models]})
        sys.stdout.flush()

    return announce


def _say_lines(text: str) -> None:
    from automl.cli.render.streams import say, visible

    for line in text.splitlines():
        say(visible(line))


def _check_installed() -> None:
    """Refuse to begin without the libraries of the extra."""
    from automl.errors import UsageError
    from automl.tables.libraries import install_command, named_missing, not_installed

    if missing := not_installed(_LIBRARIES):
        raise UsageError(f"Serving needs {named_missing(missing)}.", f"Type: {install_command('serve')}")


def _warn(settings: ServeSettings) -> None:
    import logging

    from automl.serving.settings import is_loopback

    if not settings.tokens and not is_loopback(settings.host):
        logging.getLogger("automl.serving").warning(
            "anybody who reaches %s may ask: there is no --token-file", settings.host
        )
