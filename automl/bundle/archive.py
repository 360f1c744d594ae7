"""The model file as a zip of checked members: read without constructing anything, written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from automl.errors import ModelFileError
from automl.files import atomic_writer

__all__ = ["FORMAT", "FORMAT_VERSION", "MALFORMED", "Archive", "write_archive"]

FORMAT = "automl-model"

#: Raised by one whenever a reader of the former number could misread a file. What the new reader then cannot take any
#: more is named in ``members.STORED_SINCE``, and the tests keep a file of every version (``tests/bundle/stored``).
#:
#: 2: trees of scikit-learn's families as arrays with siblings side by side; networks packed.
#: 3: LightGBM's trees as such arrays, too; its own text is still read.
FORMAT_VERSION = 3

_MANIFEST = "manifest.json"
_SIGNATURE = "signature.json"
_MEBIBYTE = 1024**2
_LARGEST_MEMBER = 4 * 1024 * _MEBIBYTE
#: Of what is read before anything tells whether it is ours.
_LARGEST_OF = {_MANIFEST: 64 * _MEBIBYTE, _SIGNATURE: 64 * 1024}
#: Deflate reaches 1,032 on zeros; our largest members, of trees and numbers, stay below 20.
_LARGEST_RATIO = 200
_SMALL = 16 * _MEBIBYTE
#: Of a JSON part. Once read, it takes many times the bytes it is written in; ours hold a few million values at most.
_LARGEST_TEXT = 1024 * _MEBIBYTE
_MOST_VALUES = 20_000_000
_MOST_MEMBERS = 20_000
_ENCRYPTED = 0x1
#: What zipfile, its decompressor and the JSON reader raise on bytes that are not what they should be.
_DAMAGE = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
#: What reading values that are JSON, and not what was written, ends with.
MALFORMED = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
_FRESH = "Get a fresh copy of the file, or fit the model again."


def write_archive(
    path: Path,
    manifest: Mapping[str, Any],
    members: Mapping[str, bytes],
    sign: Callable[[bytes], Mapping[str, str]] | None = None,
) -> None:
    """Write the members and a manifest that holds the SHA-256 of each.

    Parameters
    ----------
    sign : callable, optional
        Returns the signature of the manifest's bytes, as JSON-ready values.

    Raises
    ------
    WriteError
        If the file cannot be written; what stood there stays.
    """
    listing = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in members.items()
    }
    full = {"format": FORMAT, "format_version": FORMAT_VERSION, **manifest, "members": listing}
    contents = {_MANIFEST: json.dumps(full, indent=1).encode(), **members}
    if sign is not None:
        contents[_SIGNATURE] = json.dumps(sign(contents[_MANIFEST])).encode()
    with atomic_writer(path, lambda: _packed_size(contents)) as stream:
        _pack(stream, contents)


def _packed_size(contents: Mapping[str, bytes]) -> int:
    stream = io.BytesIO()
    _pack(stream, contents)
    return stream.tell()


def _pack(stream: IO[bytes], contents: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in contents.items():
            _add(archive, name, content)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=1)


class Archive:
    """A model file opened for reading.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, of another program or of a newer format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError as error:
            raise ModelFileError(
                f"There is no model file '{path}'.", "Check the path, or fit a model first."
            ) from error
        except IsADirectoryError as error:
            raise ModelFileError(f"'{path}' is a folder, not a model file.", "Name the .automl file.") from error
        except PermissionError as error:
            raise ModelFileError(f"'{path}' may not be read.", "Allow reading it, or copy it.") from error
        except _DAMAGE as error:
            raise _not_a_model_file(path) from error
        try:
            self._entries = _checked_entries(self._zip, path.stat().st_size)
            self.manifest_bytes = self._read(_MANIFEST)
            self.manifest: dict[str, Any] = _checked_manifest(_parsed(self.manifest_bytes), path)
        except ModelFileError:
            self._zip.close()
            raise
        except _DAMAGE as error:
            self._zip.close()
            raise _not_a_model_file(path) from error

    def _read(self, name: str) -> bytes:
        entry = self._entries[name]
        with self._zip.open(entry) as stream:
            content = stream.read(entry.file_size + 1)
        if len(content) != entry.file_size:
            raise zipfile.BadZipFile("a member of another size than it says")
        return content

    def has(self, name: str) -> bool:
        """Whether a member of this name was written; files of older programs lack the younger ones.

        The manifest is asked, which may be signed: one that was taken out is damage and no older file.
        """
        return name in self.manifest["members"]

    def signature(self) -> dict[str, Any] | None:
        """Return what signs the manifest, for whom it may concern to check; None where nothing does."""
        try:
            stored = _parsed(self._read(_SIGNATURE))
        except KeyError:
            return None
        except _DAMAGE:
            stored = {}
        return stored if isinstance(stored, dict) else {}

    def check_all(self) -> int:
        """Return the number of parts after checking the hash of each.

        Raises
        ------
        ModelFileError
            If one is missing, was changed, or was never written by us.
        """
        strangers = self._entries.keys() - self.manifest["members"].keys() - {_MANIFEST, _SIGNATURE}
        if strangers:
            raise ModelFileError(f"'{self.path}' holds '{min(strangers)}', which its manifest does not name.", _FRESH)
        for name in self.manifest["members"]:
            self.member(name)
        return len(self.manifest["members"])

    def member(self, name: str) -> bytes:
        """Return a member's content after checking its hash.

        Raises
        ------
        ModelFileError
            If the member is missing or is not what was written.
        """
        try:
            content = self._read(name)
            expected = self.manifest["members"][name]["sha256"]
        except _DAMAGE as error:
            raise ModelFileError(f"'{self.path}' is damaged: its part '{name}' cannot be read.", _FRESH) from error
        if hashlib.sha256(content).hexdigest() != expected:
            raise ModelFileError(f"'{self.path}' is damaged: its part '{name}' is not what was written.", _FRESH)
        return content

    def json(self, name: str) -> Any:
        """Return a JSON member."""
        try:
            return _parsed(self.member(name))
        except (ValueError, RecursionError) as error:
            raise ModelFileError(
                f"'{self.path}' is damaged: its part '{name}' is not JSON of a sensible size.", _FRESH
            ) from error


def _parsed(content: bytes) -> Any:
    """Return what JSON holds; ValueError where it is none, or holds more than any part of ours."""
    if len(content) > _LARGEST_TEXT or sum(content.count(mark) for mark in (b",", b"[", b"{")) > _MOST_VALUES:
        raise ValueError("more values than a model file holds")
    return json.loads(content)


def _not_a_model_file(path: Path) -> ModelFileError:
    return ModelFileError(f"'{path}' is not a model file of automl, or it is damaged.", _FRESH)


def _checked_entries(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name; BadZipFile where one is not of the kind that we write."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > _MOST_MEMBERS or len(set(names)) != len(names):
        raise zipfile.BadZipFile("too many or repeated members")
    if sum(entry.compress_size for entry in entries) > size:
        raise zipfile.BadZipFile("members that share their bytes")
    for entry in entries:
        if not _is_safe_name(entry.orig_filename) or not _is_plain(entry):
            raise zipfile.BadZipFile("a member with a forbidden name, kind or size")
    return {entry.filename: entry for entry in entries}


def _is_safe_name(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Whether a member is an ordinary file, packed as we pack, that does not grow beyond reason when it is read."""
    return (
        entry.file_size <= _LARGEST_OF.get(entry.filename, _LARGEST_MEMBER)
        and (entry.file_size <= _SMALL or entry.file_size <= _LARGEST_RATIO * entry.compress_size)
        and entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        and not entry.flag_bits & _ENCRYPTED
        and not stat.S_ISLNK(entry.external_attr >> 16)
        and not entry.is_dir()
    )


def _checked_manifest(manifest: Any, path: Path) -> dict[str, Any]:
    if (
        not isinstance(manifest, dict)
        or manifest.get("format") != FORMAT
        or not isinstance(manifest.get("members"), dict)
    ):
        raise ModelFileError(f"'{path}' is not a model file of automl.", "Name a file that 'automl fit' wrote.")
    version = manifest.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ModelFileError(f"'{path}' is damaged: it does not say which format it has.", _FRESH)
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f"'{path}' has format {version}, which is newer than this program reads ({FORMAT_VERSION}).",
            "Upgrade automl, or fit the model again with this version.",
        )
    return manifest
