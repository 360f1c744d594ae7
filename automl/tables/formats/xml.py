"""XML files: the elements that come most often side by side are the records."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree import ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from automl.errors import DataError
from automl.tables.formats.records import table_of_records
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["read"]

_MAX_DEPTH = 50


def read(opened: ByteSource, _options: ReadOptions) -> Table:
    """Read one record an element; attributes and inner elements are its columns.

    Raises
    ------
    DataError
        If the file is no XML, declares entities, or holds no records.
    """
    try:
        root = fromstring(opened.drain())
    except DefusedXmlException as error:
        raise DataError(
            f"'{opened.name}' declares entities, which can hide an attack.", "Remove its <!ENTITY lines."
        ) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DataError(f"'{opened.name}' is no XML: {error}.", "Write it again, or give a .csv file.") from error
    return table_of_records([_record(element) for element in _records(root)], opened)


def _records(root: ElementTree.Element) -> list[ElementTree.Element]:
    """Return the largest group of children of one element that have the same tag."""
    best: list[ElementTree.Element] = []
    for parent in root.iter():
        tags = Counter(child.tag for child in parent)
        if tags:
            tag, count = tags.most_common(1)[0]
            if count > len(best):
                best = [child for child in parent if child.tag == tag]
    return best if len(best) > 1 else list(root) and [root]


def _record(element: ElementTree.Element, depth: int = 0) -> dict[str, Any]:
    values: dict[str, Any] = {_local(name): value for name, value in element.attrib.items()}
    for child in element:
        name = _local(child.tag)
        inner = _record(child, depth + 1) if (len(child) or child.attrib) and depth < _MAX_DEPTH else None
        value = inner if inner is not None else (child.text or "").strip()
        values[name] = value if name not in values else [*_listed(values[name]), value]
    text = (element.text or "").strip()
    if text and not len(element):
        values["text"] = text
    return values


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]
