"""Every format there is, how it is recognised, and which libraries it needs. Importing this loads none of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.inputs import PACKED_ENDINGS
from automl.tables.libraries import missing_library, not_installed

if TYPE_CHECKING:
    from automl.tables.options import ReadOptions
    from automl.tables.sources import ByteSource
    from automl.tables.table import Table

__all__ = ["FORMATS", "Format", "find_format", "format_reader", "missing_libraries"]


@dataclass(frozen=True)
class Format:
    """A format that is no delimited text.

    Attributes
    ----------
    name : str
    title : str
    endings : tuple of str
        Of file names, lower case.
    module : str
        In this package; it has ``read(opened, options) -> Table``.
    magics : tuple of bytes
        What its files begin with, after white space where ``is_text``.
    is_text : bool
        Whether the ending counts where no magic does.
    libraries : tuple of str
        Modules that it needs beyond what is always installed.
    extra : str
        The extra of this package that brings them.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    module: str
    magics: tuple[bytes, ...] = ()
    is_text: bool = False
    libraries: tuple[str, ...] = ()
    extra: str = ""


_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("parquet", "Parquet", (".parquet",), "parquet", (b"PAR1",)),
        Format("arrow", "Feather, Arrow", (".feather", ".arrow"), "arrow", (b"ARROW1", b"\xff\xff\xff\xff")),
        Format(
            *("excel", "Excel, OpenDocument", _WORKBOOKS, "excel", (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")),
            libraries=("python_calamine",),
            extra="excel",
        ),
        Format("sqlite", "SQLite", (".sqlite", ".sqlite3", ".db"), "sqlite", (b"SQLite format 3\x00",)),
        Format("jsonlines", "JSON lines", (".jsonl", ".ndjson"), "jsonlines", (b'{"',), is_text=True),
        Format("json", "JSON", (".json",), "json", (b"[{", b"[\n", b"[ "), is_text=True),
        Format("html", "HTML table", (".html", ".htm"), "html", (b"<!doctype html", b"<html", b"<table"), is_text=True),
        Format("xml", "XML", (".xml",), "xml", (b"<?xml",), is_text=True),
    )
}


def find_format(head: bytes, name: str) -> Format | None:
    """Return the format of a file by its first bytes, then by its name; None for delimited text."""
    for each in FORMATS.values():
        if not each.is_text and head.startswith(each.magics):
            return each
    lower = name.lower()
    for packed in PACKED_ENDINGS:
        lower = lower.removesuffix(packed)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    texts = [each for each in FORMATS.values() if each.is_text]
    for each in texts:
        if lower.endswith(each.endings):
            return each if start[:1] in (b"[", b"{", b"<") else None
    return next((each for each in texts if each.name != "json" and start.startswith(each.magics)), None)


def missing_libraries(each: Format) -> tuple[str, ...]:
    """Return the libraries of a format that are not installed."""
    return not_installed(each.libraries)


def format_reader(each: Format) -> Callable[[ByteSource, ReadOptions], Table]:
    """Return the function that reads a format.

    Raises
    ------
    DataError
        If a library is missing.
    """
    missing = missing_libraries(each)
    if missing:
        raise missing_library(f"{each.title} files", missing, each.extra)
    reader: Callable[[ByteSource, ReadOptions], Table]
    reader = importlib.import_module(f"automl.tables.formats.{each.module}").read
    return reader
