"""``automl inspect``: what is in a model file, from its manifest alone."""

from __future__ import annotations

import click

from automl.cli.options import Common, common_options

__all__ = ["command"]

HELP = """\b
Examples:
  automl inspect churn.automl
  automl inspect churn.automl --json | jq .estimate

Say what is in MODEL: what it predicts and how well, which columns it uses, what was found in its data, how it was made.
Nothing in the file is executed or constructed.
"""


@click.command("inspect", help=HELP, short_help="What is in a model file: schema, metrics, estimate, versions.")
@click.argument("model")
@common_options
@click.pass_obj
def command(common: Common, model: str) -> int:
    """Read the manifest and print it."""
    from pathlib import Path

    from automl.bundle import read_manifest

    manifest = read_manifest(Path(model))
    if common.json:
        from automl.cli.render.streams import print_json

        print_json(manifest)
    else:
        from automl.cli.render.manifest import print_manifest
        from automl.errors import ModelFileError

        try:
            print_manifest(manifest, model, common)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                f"'{model}' is damaged: its manifest is incomplete.", "Fit the model again; --json shows what is there."
            ) from error
    return 0
