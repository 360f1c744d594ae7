"""The model file: one zip with a manifest, checked members and nothing that is executed on reading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.bundle.archive import FORMAT_VERSION, MALFORMED, Archive
from automl.errors import ModelFileError

if TYPE_CHECKING:
    from automl.bundle.model import Model
    from automl.bundle.reference import Reference
    from automl.report.facts import ReportFacts
    from automl.tables import Table

__all__ = [
    "FORMAT_VERSION",
    "Archive",
    "load_model",
    "read_facts",
    "read_golden",
    "read_manifest",
    "read_names",
    "read_reference",
]


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest without constructing anything; ModelFileError where the file is not a sound model file."""
    return Archive(path).manifest


def read_names(path: Path) -> tuple[str, ...]:
    """Return the names of the columns that the model was fitted on; ModelFileError where the file is not sound."""
    content = Archive(path).json("schema.json")
    try:
        return tuple(str(column["name"]) for column in content["columns"])
    except (KeyError, TypeError) as error:
        raise ModelFileError(
            f"'{path}' is damaged: its description of the columns is incomplete.", "Fit the model again."
        ) from error


def read_facts(path: Path) -> ReportFacts:
    """Return the facts of the report; ModelFileError where the file, or that part of it, is not sound."""
    from automl.report.facts import ReportFacts

    content = Archive(path).json("facts.json")
    try:
        return ReportFacts.from_dict(content)
    except MALFORMED as error:
        raise ModelFileError(
            f"'{path}' is damaged: its description of the fit is incomplete.", "Fit the model again."
        ) from error


def read_golden(path: Path) -> Table:
    """Return the few rows that the file was tried on, drawn column by column; ModelFileError where it is not sound."""
    import pandas as pd

    from automl.tables import Table

    content = Archive(path).json("golden.json")
    try:
        return Table(pd.DataFrame(content["cells"], dtype="str"), "golden rows", "")
    except MALFORMED as error:
        raise ModelFileError(
            f"'{path}' is damaged: the rows that it was tried on are incomplete.", "Fit the model again."
        ) from error


def read_reference(path: Path) -> Reference | None:
    """Return what later rows are held against, None in older files; ModelFileError where it is not sound."""
    from automl.bundle.reference import Reference

    archive, name = Archive(path), "reference.json"
    if not archive.has(name):
        return None
    try:
        return Reference.from_dict(archive.json(name))
    except MALFORMED as error:
        raise ModelFileError(
            f"'{path}' is damaged: what it remembers of its training rows is incomplete.", "Fit the model again."
        ) from error


def load_model(path: Path, key: Path | None = None, *, isolated: bool = False) -> Model:
    """Open a model file for predicting.

    Parameters
    ----------
    path : Path
    key : Path, optional
        A public key with which the file must have been signed.
    isolated : bool, optional
        Whether its members are read and applied in a process without network that uses little memory.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, foreign, too new, or not signed with the key.
    UsageError
        If the key cannot be used.
    """
    from automl.bundle import model
    from automl.bundle.signatures import check_signature, read_public_key

    trusted = None if key is None else read_public_key(key)
    archive = Archive(path)
    if trusted is not None:
        check_signature(archive, trusted)
    if not isolated:
        return _with_known_columns(model.Model(archive), path)
    from automl.bundle.isolation import IsolatedMembers

    return _with_known_columns(model.Model(archive, IsolatedMembers), path)


def _with_known_columns(loaded: Model, path: Path) -> Model:
    """Return a model whose members use no column that its schema does not know; ModelFileError for another one."""
    if strangers := set(loaded.required_columns) - set(loaded.schema.names):
        raise ModelFileError(
            f"'{path}' is damaged: it uses a column '{min(strangers)[:50]}' that it does not describe.",
            "Fit the model again.",
        )
    return loaded
