"""``automl verify``: whose file a model file is."""

from __future__ import annotations

import click

from automl.cli.options import Common, common_options

__all__ = ["command"]

HELP = """\b
Examples:
  automl verify churn.automl --key key.pub
  automl verify churn.automl --key key.pub --json

Say whether MODEL was signed with the private key that belongs to this public key, and whether each of its parts is what
was signed; otherwise exit with 5. Nothing in the file is executed or constructed.
"""


@click.command("verify", help=HELP, short_help="Whose file a model file is, and that it was not changed.")
@click.argument("model")
@click.option("--key", metavar="FILE", required=True, help="The public key (Ed25519, PEM).")
@common_options
@click.pass_obj
def command(common: Common, model: str, key: str) -> int:
    """Check the signature, then every part."""
    from pathlib import Path

    from automl.bundle import Archive
    from automl.bundle.signatures import check_signature, read_public_key
    from automl.cli.render.streams import print_json, print_result

    trusted = read_public_key(Path(key))
    archive = Archive(Path(model))
    check_signature(archive, trusted)
    parts = archive.check_all()
    if common.json:
        print_json({"model": model, "signed": True, "key": trusted.fingerprint, "parts": parts})
    else:
        print_result(f"{model}: signed with {trusted.fingerprint}, {parts} parts unchanged")
    return 0
