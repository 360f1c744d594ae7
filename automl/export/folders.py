"""A folder that appears whole under its name, or the folder that stood there stays."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from automl.errors import UsageError, WriteError
from automl.files import explained_writing

__all__ = ["MARK", "check_folder", "new_folder"]

#: The file that tells a folder of ours from any other: which form it is, and what was written beside the file.
MARK = ".automl-export.json"


def check_folder(path: Path, form: str, *, overwrite: bool) -> None:
    """Refuse a place where a folder cannot or must not be written.

    Parameters
    ----------
    path : Path
    form : str
        What the folder is exported as, such as ``"docker"``.
    overwrite : bool
        Whether a folder of this form may be replaced, where nothing but what was exported stands in it.

    Raises
    ------
    UsageError
        If something stands there that may not be replaced.
    WriteError
        If the folder around it is missing.
    """
    if not path.parent.is_dir():
        raise WriteError(f"The folder '{path.parent}' does not exist.", "Make it first, or choose another OUTPUT.")
    if not path.exists() and not path.is_symlink():
        return
    is_empty = path.is_dir() and not any(path.iterdir())
    if is_empty:
        return
    written = None if path.is_symlink() else _written_as(form, path)
    if written is None:
        raise UsageError(
            f"'{path}' exists, and is no folder that was exported --to {form}.",
            "Choose another OUTPUT, or remove it where an older version of automl exported it.",
        )
    if not overwrite:
        raise UsageError(f"'{path}' exists already.", "Add --overwrite to replace it, or choose another OUTPUT.")
    if others := sorted({each.name for each in path.iterdir()} - {*written, MARK}):
        raise UsageError(
            f"'{path}' holds '{others[0]}', which no export wrote there.",
            "Move it elsewhere, or choose another OUTPUT.",
        )


def _written_as(form: str, path: Path) -> set[str] | None:
    """Return the names that an export wrote into a folder; None where it was none of this form."""
    try:
        mark = json.loads((path / MARK).read_text(encoding="utf-8"))
        return set(map(str, mark["names"])) if mark["form"] == form else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def new_folder(path: Path, form: str) -> Iterator[Path]:
    """Yield the place of a folder to be made, which takes the place of ``path`` when the block ends without an error.

    Parameters
    ----------
    path : Path
    form : str
        As for :func:`check_folder`, which knows the folder again.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    with explained_writing(path):
        passing = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        try:
            made, before = passing / "new", passing / "old"
            yield made
            names = sorted(each.name for each in made.iterdir())
            (made / MARK).write_text(json.dumps({"form": form, "names": names}), encoding="utf-8")
            made.chmod(0o755)
            try:
                if path.exists():
                    os.replace(path, before)
                os.replace(made, path)
            except BaseException:
                # An interrupt too may come when one folder has gone and the other is not there yet.
                if before.exists() and not path.exists():
                    os.replace(before, path)
                raise
        finally:
            # What could not be moved back is the only one of its sort.
            if path.exists() or not before.exists():
                shutil.rmtree(passing, ignore_errors=True)
