"""What the XML of a workbook says beside its cells: which rows are hidden; in OpenDocument also what is merged."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from defusedxml.ElementTree import fromstring, iterparse

__all__ = ["MergedRange", "SheetLayout", "sheet_layout"]

#: First and last cell, each as row and column counted from 0.
MergedRange = tuple[tuple[int, int], tuple[int, int]]

_CONTENT = "content.xml"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_CHUNK_BYTES = 1 << 20
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_HIDING = ("collapse", "filter")


@dataclass(frozen=True)
class SheetLayout:
    """What a sheet looks like.

    Attributes
    ----------
    hidden : tuple of int
        Rows, counted from 0.
    merged : tuple of MergedRange
        Only of OpenDocument; of Excel files the reader of the cells knows them.
    """

    hidden: tuple[int, ...] = ()
    merged: tuple[MergedRange, ...] = ()


def sheet_layout(content: bytes, sheet: str) -> SheetLayout:
    """Look into an .xlsx, .xlsm or .ods file; of the binary formats nothing is known.

    Raises
    ------
    ValueError, KeyError, SyntaxError, OSError, zipfile.BadZipFile
        If the file is damaged, or declares entities.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return SheetLayout()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if _WORKBOOK in names:
            member = _sheet_member(archive, sheet)
            return SheetLayout(hidden=tuple(_hidden_rows(archive, member))) if member in names else SheetLayout()
        return _open_document(archive.read(_CONTENT), sheet) if _CONTENT in names else SheetLayout()


def _sheet_member(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the file of an Excel workbook that holds a sheet."""
    relation = ""
    for element in fromstring(archive.read(_WORKBOOK)).iter():
        if _local(element.tag) == "sheet" and element.get("name") == sheet:
            relation = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
    for element in fromstring(archive.read(_RELATIONS)).iter():
        if element.get("Id") == relation:
            return posixpath.normpath(posixpath.join("/xl", element.get("Target", ""))).lstrip("/")
    return ""


def _hidden_rows(archive: zipfile.ZipFile, member: str) -> Iterator[int]:
    """Look through a sheet's row tags alone: to parse each of its cells would take longer than to read them."""
    with archive.open(member) as stream:
        rest = b""
        while chunk := stream.read(_CHUNK_BYTES):
            text = rest + chunk
            for tag in _ROW_TAG.findall(text):
                number = _ROW_NUMBER.search(tag)
                if number is not None and _HIDDEN.search(tag):
                    yield int(number[1]) - 1
            last = text.rfind(b"<")
            rest = text[last:] if last > text.rfind(b">") else b""


def _open_document(content: bytes, sheet: str) -> SheetLayout:
    if b"-spanned=" not in content and b":visibility=" not in content:
        return SheetLayout()
    reader = _OpenDocumentReader(sheet)
    for event, element in iterparse(io.BytesIO(content), events=("start", "end")):
        attributes = {_local(key): value for key, value in element.attrib.items()}
        if event == "start":
            reader.start(_local(element.tag), attributes)
        else:
            reader.end(_local(element.tag), attributes)
            element.clear()
    return SheetLayout(tuple(reader.hidden), tuple(reader.merged))


class _OpenDocumentReader:
    """Counts rows and columns, which may be written once for many."""

    def __init__(self, sheet: str) -> None:
        self.hidden: list[int] = []
        self.merged: list[MergedRange] = []
        self._sheet = sheet
        self._is_inside = False
        self._row = 0
        self._column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element at its beginning."""
        if tag == "table":
            self._is_inside = attributes.get("name") == self._sheet
        elif tag == "table-row":
            self._column = 0
        elif tag in ("table-cell", "covered-table-cell") and self._is_inside:
            self._take_cell(attributes)

    def end(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element at its end."""
        if tag == "table":
            self._is_inside = False
        elif tag == "table-row" and self._is_inside:
            if attributes.get("visibility") in _HIDING:
                self.hidden.append(self._row)
            self._row += int(attributes.get("number-rows-repeated", 1))

    def _take_cell(self, attributes: dict[str, str]) -> None:
        rows, columns = (int(attributes.get(f"number-{what}-spanned", 1)) for what in ("rows", "columns"))
        if rows > 1 or columns > 1:
            last = (self._row + rows - 1, self._column + columns - 1)
            self.merged.append(((self._row, self._column), last))
        self._column += int(attributes.get("number-columns-repeated", 1))


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]
