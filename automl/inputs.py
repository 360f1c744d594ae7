"""What the user may name as DATA, told apart by its spelling, and what to call it where others can read it."""

from __future__ import annotations

import glob
import re
from pathlib import Path
from urllib.parse import urlsplit

__all__ = [
    "DATA_ENDINGS",
    "PACKED_ENDINGS",
    "PART_MARK",
    "STANDARD_INPUT",
    "is_database_address",
    "is_read_from",
    "is_web_address",
    "listed_files",
    "part_name",
    "public_name",
    "said_name",
    "split_part",
]

STANDARD_INPUT = "-"
_SAID_STANDARD_INPUT = "standard input"
PART_MARK = "::"
PACKED_ENDINGS = (".gz", ".bz2", ".xz", ".zst", ".zip")
#: The files of a folder that are read; the rest of it is left alone.
DATA_ENDINGS = (
    *(".csv", ".tsv", ".txt", ".parquet", ".feather", ".arrow", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    *(".sqlite", ".sqlite3", ".db", ".jsonl", ".ndjson", ".json", ".html", ".htm", ".xml"),
)
_ADDRESS = re.compile(r"([a-z][a-z0-9]+(?:\+[a-z0-9_]+)?)://", re.IGNORECASE)
_UNKNOWN = "…"
_WEB_SCHEMES = ("http", "https")


def is_web_address(source: str) -> bool:
    """Whether DATA is an http or https address."""
    return _scheme(source) in _WEB_SCHEMES


def is_database_address(source: str) -> bool:
    """Whether DATA is any other address, as ``postgresql://host/shop``."""
    return _scheme(source) not in ("", *_WEB_SCHEMES)


def public_name(source: str) -> str:
    """Return what to call DATA in messages, logs and files: an address without credentials and without its query.

    Examples
    --------
    >>> public_name("https://ann:secret@example.org/a.csv?token=1")
    'https://example.org/a.csv'
    """
    match = _ADDRESS.match(source)
    if match is None:
        return source
    rest = source[match.end() :]
    return f"{match[1]}://{_public_web(source) if is_web_address(source) else _public_database(rest)}"


def said_name(source: str) -> str:
    """Return what to call DATA in a sentence: as :func:`public_name`, and standard input by its name.

    Examples
    --------
    >>> said_name("-")
    'standard input'
    """
    return _SAID_STANDARD_INPUT if source == STANDARD_INPUT else public_name(source)


def part_name(said: str, part: str) -> str:
    """Return what to type for a part of DATA that is called so.

    Examples
    --------
    >>> part_name("two.zip", "a.csv"), part_name("standard input", "a.csv")
    ('two.zip::a.csv', '-::a.csv')
    """
    return f"{STANDARD_INPUT if said == _SAID_STANDARD_INPUT else said}{PART_MARK}{part}"


def _public_web(source: str) -> str:
    try:
        parts = urlsplit(source)
        is_plain = bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return _UNKNOWN
    rest = f"{parts.path}{parts.query}{parts.fragment}"
    if not is_plain or (":" in parts.netloc and "@" in rest):  # what looks like a host may be half of a password
        return _UNKNOWN
    return f"{parts.netloc.rpartition('@')[2]}{parts.path.partition(';')[0]}"


def _public_database(rest: str) -> str:
    """Drop everything up to the last ``@``: passwords may hold any character, escaped or not."""
    login, _, place = ("", "", rest) if rest.startswith("/") else rest.rpartition("@")
    return _UNKNOWN if "?" in login else place.partition("?")[0]


def split_part(source: str) -> tuple[str, str | None]:
    """Split ``path::part``; a file whose own name holds ``::``, and the host of an address, are taken as they are."""
    name, mark, part = source.rpartition(PART_MARK)
    if not mark or not name or not part or len(name) < _host_end(source):
        return source, None
    return (source, None) if not _scheme(source) and Path(source).exists() else (name, part)


def listed_files(source: str) -> tuple[Path, ...] | None:
    """Return the files that a folder holds or a pattern matches, in the order of their names.

    Hidden files, folders inside the folder, and files whose ending is none of :data:`DATA_ENDINGS` are left out.

    Returns
    -------
    tuple of Path or None
        None where DATA is a single input.
    """
    name = split_part(source)[0]
    if name == STANDARD_INPUT or _scheme(name):
        return None
    path = Path(name)
    if path.is_dir():
        return tuple(sorted(each for each in path.iterdir() if each.is_file() and _is_data(each.name)))
    if glob.has_magic(name) and not path.exists():
        return tuple(sorted(Path(each) for each in glob.glob(name, recursive=True) if Path(each).is_file()))  # noqa: PTH207 - a pattern may be absolute
    return None


def is_read_from(path: Path, source: str) -> bool:
    """Whether writing ``path`` would replace what is read, or add to the files that DATA names."""
    if source == STANDARD_INPUT or _scheme(source):
        return False
    resolved = path.resolve()
    folder = Path(source)
    if folder.is_dir():
        return resolved.parent == folder.resolve() and _is_data(path.name)
    name = Path(split_part(source)[0]).absolute()
    listed = listed_files(source) or ()
    is_listed = bool(listed) and (resolved.match(str(name)) or resolved in {each.resolve() for each in listed})
    return is_listed or resolved == name.resolve()


def _scheme(source: str) -> str:
    match = _ADDRESS.match(source)
    return match[1].lower() if match else ""


def _host_end(source: str) -> int:
    """Return where an address's host ends; 0 for a path."""
    match = _ADDRESS.match(source)
    if match is None:
        return 0
    slash = source.find("/", match.end())
    return len(source) if slash < 0 else slash


def _is_data(name: str) -> bool:
    lower = name.lower()
    for ending in PACKED_ENDINGS:
        lower = lower.removesuffix(ending)
    is_packed = len(lower) < len(name)
    return not name.startswith(".") and (lower.endswith(DATA_ENDINGS) or is_packed)
