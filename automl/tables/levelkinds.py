"""Columns whose cells are texts: categories, free texts, identifiers."""

from __future__ import annotations

import numpy as np

from automl.tables.candidates import Candidate
from automl.tables.contents import IDENTIFYING, find_content, is_one_shape
from automl.tables.glances import is_long
from automl.tables.levels import find_levels
from automl.tables.ordering import find_order
from automl.tables.schema import Column, ColumnKind
from automl.tables.valuekinds import has_id_name

__all__ = ["category_column", "level_column"]

_DISTINCT = 0.99
_MANY_LEVELS = 0.01
_MIN_IDENTIFIER_ROWS = 20
_MIN_TEXT_LEVELS = 10
_TEXT_WORDS = 3
_PARTS = ("list", "url", "coordinates")


def level_column(levels: Candidate) -> Column:
    """Return what a column of texts is."""
    if levels.is_constant:
        return Column(levels.name, ColumnKind.CONSTANT, levels.markers)
    if any(map(is_long, levels.texts)):
        return Column(levels.name, ColumnKind.TEXT, levels.markers)
    content = find_content(levels.name, levels.texts, levels.counts)
    if content == "postal_code":
        return category_column(levels, content)
    kind = _kind(levels, content)
    if kind is ColumnKind.CATEGORY:
        return category_column(levels, content)
    return Column(levels.name, kind, levels.markers, content=content)


def category_column(levels: Candidate, content: str = "") -> Column:
    """Return the column as a category."""
    names = find_levels(dict(zip(levels.texts, levels.counts.tolist(), strict=True)))
    return Column(
        levels.name, ColumnKind.CATEGORY, levels.markers, levels=names, order=find_order(names), content=content
    )


def _kind(levels: Candidate, content: str) -> ColumnKind:
    """Decide between free text, identifier and category.

    Different texts on nearly every row are an identifier only where they are built alike or the name says so: others,
    such as names of products, are texts that may tell something.
    """
    has_many = levels.unique_share > _MANY_LEVELS and len(levels.texts) >= _MIN_TEXT_LEVELS
    is_distinct = levels.unique_share >= _DISTINCT and levels.n_present >= 2
    if is_distinct and (has_id_name(levels.name) or content in IDENTIFYING):
        return ColumnKind.IDENTIFIER
    if content in _PARTS and has_many:
        return ColumnKind.TEXT
    words = float(np.average([len(text.split()) for text in levels.texts], weights=levels.counts))
    if words >= _TEXT_WORDS and has_many and content not in IDENTIFYING:
        return ColumnKind.TEXT
    if is_distinct and levels.n_present >= _MIN_IDENTIFIER_ROWS:
        return ColumnKind.IDENTIFIER if is_one_shape(levels.texts) else ColumnKind.TEXT
    return ColumnKind.CATEGORY
