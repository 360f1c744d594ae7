"""A folder that appears whole under its name, or the folder that stood there stays."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from automl.errors import UsageError, WriteError
from automl.files import explained_writing

__all__ = ["check_folder", "new_folder"]


def check_folder(path: Path, landmark: str, *, overwrite: bool) -> None:
    """Refuse a place where a folder cannot or must not be written.

    Parameters
    ----------
    path : Path
    landmark : str
        A file that stands in every folder of this sort: what has none is not ours to replace.
    overwrite : bool
        Whether a folder of this sort may be replaced.

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
    if path.is_symlink() or not (path / landmark).is_file():
        raise UsageError(f"'{path}' exists, and is no folder of this sort.", "Choose another OUTPUT.")
    if not overwrite:
        raise UsageError(f"'{path}' exists already.", "Add --overwrite to replace it, or choose another OUTPUT.")


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield the place of a folder to be made, which takes the place of ``path`` when the block ends without an error.

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
