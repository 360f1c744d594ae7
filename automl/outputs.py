"""Whether an output can be written where the user wants it, found out before any work."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from automl.errors import UsageError, WriteError
from automl.inputs import is_read_from

__all__ = ["check_apart", "check_not_read", "check_place", "folder_error", "state_folder"]


def state_folder(output: Path, work_dir: Path | None) -> Path:
    """Return where the state of a search for ``output`` lies: beside it, or in the folder for state."""
    return (output.parent if work_dir is None else work_dir) / f"{output.name}.work"


def check_place(
    path: Path, option: str, inputs: Mapping[str, str | None], *, overwrite: bool, state: Path | None = None
) -> None:
    """Refuse a place where an output cannot or must not be written.

    Parameters
    ----------
    path : Path
    option : str
        What the user calls it, such as ``"--output"``.
    inputs : mapping of str to str or None
        What is read, by what it is called in the message; none of it is ever the output.
    overwrite : bool
        Whether a file that stands there may be replaced.
    state : Path, optional
        Where the state of an unfinished search for it would lie.

    Raises
    ------
    UsageError
        If the path is an input or a folder, or exists and may not be replaced.
    WriteError
        If its folder is missing or no file can be made there.
    """
    try:
        check_not_read(path, option, inputs)
        _check_name(path, option, overwrite, state)
        _check_folder(path.parent, option)
    except OSError as error:
        raise WriteError(f"Cannot write '{path}': {error.strerror or error}.", f"Choose another {option}.") from error


def check_not_read(path: Path, option: str, inputs: Mapping[str, str | None]) -> None:
    """Refuse to write over what is read.

    Parameters
    ----------
    path, option, inputs
        As for :func:`check_place`.

    Raises
    ------
    UsageError
    """
    for role, name in inputs.items():
        if name is not None and is_read_from(path, name):
            raise UsageError(f"'{path}' is the {role} itself.", f"Choose another {option}.")


def check_apart(outputs: Mapping[str, Path | None]) -> None:
    """Refuse two outputs in one file.

    Parameters
    ----------
    outputs : mapping of str to Path or None
        By what they are called; what the user is to choose anew stands behind what it would replace.

    Raises
    ------
    UsageError
    """
    taken: dict[Path, str] = {}
    for name, path in outputs.items():
        if path is None:
            continue
        other = taken.setdefault(path.resolve(), name)
        if other != name:
            raise UsageError(f"'{path}' cannot be both {other} and {name}.", f"Choose another {name}.")


def _check_name(path: Path, option: str, overwrite: bool, state: Path | None) -> None:
    if path.is_dir():
        raise folder_error(path, option)
    if path.exists() and not overwrite:
        hint = f"Add --overwrite to replace it, or choose another {option}."
        if state is not None and state.is_dir():
            hint = f"Add --resume to go on with the search in '{state}', or --overwrite to begin again."
        raise UsageError(f"'{path}' exists already.", hint)


def folder_error(path: Path, option: str) -> UsageError:
    """Return the error of a path that names a folder, such as ``.`` or ``/``, where a file is to be written."""
    return UsageError(f"'{path}' is a folder.", f"Give {option} a file name inside it.")


def _check_folder(folder: Path, option: str) -> None:
    """Try a nameless file in the folder: permissions alone do not tell (root, read-only mounts, full disks)."""
    if not folder.is_dir():
        raise WriteError(f"The folder '{folder}' does not exist.", f"Make it first, or choose another {option}.")
    with tempfile.TemporaryFile(dir=folder):
        pass
