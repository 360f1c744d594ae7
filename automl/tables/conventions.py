"""Columns that could be read in two ways, decided by what the other columns of the table leave no doubt about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from automl.tables.dateformats import other_day_order
from automl.tables.dayorders import DayOrder, has_both_orders, is_day_first, orders_of, parts_of, with_swapped
from automl.tables.schema import Column, ColumnKind, NumberFormat
from automl.tables.table import Table
from automl.tables.uniques import unique_texts

__all__ = ["settle_conventions"]

_THREE_AFTER_POINT = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+|[+-]?\d{1,3}", re.ASCII)
_THREE_AFTER_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}|[+-]?\d{1,3}", re.ASCII)
_GLANCE = 1_000


def settle_conventions(columns: Sequence[Column], table: Table) -> tuple[Column, ...]:
    """Give doubtful columns the decimal mark and the order of day and month that the others have.

    Parameters
    ----------
    columns : sequence of Column
        As each was found on its own.
    table : Table

    Returns
    -------
    tuple of Column
    """
    return _settle_day_order(_settle_decimals(tuple(columns), table), table)


def _settle_decimals(columns: tuple[Column, ...], table: Table) -> tuple[Column, ...]:
    if not _may_have_comma(columns, table):
        return columns
    doubtful: dict[str, NumberFormat] = {}
    sure: set[str] = set()
    for column in columns:
        number = column.number
        if column.kind is not ColumnKind.NUMERIC or number is None or number.notation != "decimal":
            continue
        other = _other_decimal(number, table, column.name)
        if other is not None:
            doubtful[column.name] = other
        elif _shows_decimal(number, table, column.name):
            sure.add(number.decimal)
    has_comma = sure == {","} or (not sure and table.dialect.delimiter == ";")
    if table.dialect.decimal or table.dialect.thousands in (".", ","):
        has_comma = table.dialect.decimal == "," or table.dialect.thousands == "."
    if not has_comma:
        return columns
    return tuple(
        replace(column, number=doubtful[column.name]) if column.name in doubtful else column for column in columns
    )


def _may_have_comma(columns: Sequence[Column], table: Table) -> bool:
    """Whether anything speaks for the comma as the decimal mark; else no column's texts need a look."""
    dialect = table.dialect
    if dialect.delimiter == ";" or dialect.decimal == "," or dialect.thousands == ".":
        return True
    return any(column.number is not None and column.number.decimal == "," for column in columns)


def _other_decimal(number: NumberFormat, table: Table, name: str) -> NumberFormat | None:
    """Return how ``1.234`` or ``1,234`` reads where the comma is the decimal mark; None where nothing is in doubt."""
    if (number.decimal, number.thousands) not in ((".", ""), (".", ",")):
        return None
    mark, shape = (".", _THREE_AFTER_POINT) if not number.thousands else (",", _THREE_AFTER_COMMA)
    texts = [_bare(text, number) for text in _first_texts(table, name)]
    marked = [text for text in texts if mark in text]
    if not marked or not all(shape.fullmatch(text) for text in texts if text[:1].isdecimal()):
        return None
    return replace(number, decimal=",", thousands="." if mark == "." else "")


def _shows_decimal(number: NumberFormat, table: Table, name: str) -> bool:
    if number.decimal == ",":
        return True
    return any("." in text for text in _first_texts(table, name))


def _first_texts(table: Table, name: str) -> list[str]:
    return unique_texts(table.cells[name].iloc[:_GLANCE]).trimmed


def _bare(text: str, number: NumberFormat) -> str:
    return text.removeprefix(number.prefix).removesuffix(number.suffix).strip()


def _settle_day_order(columns: tuple[Column, ...], table: Table) -> tuple[Column, ...]:
    """Have formats that could be either follow those that could not, where these all have one order."""
    dated = [column for column in columns if any(map(other_day_order, parts_of(column)))]
    orders = {column.name: tuple(orders_of(column, _texts(table, column.name))) for column in dated}
    sure = {
        order.is_day_first
        for column in dated
        for order in orders[column.name]
        if not order.is_doubtful and not has_both_orders(column)
    }
    if len(sure) != 1:
        return columns
    day_first = sure.pop()
    return tuple(
        _in_order(column, orders[column.name], day_first) if column.name in orders else column for column in columns
    )


def _in_order(column: Column, orders: Sequence[DayOrder], day_first: bool) -> Column:
    if has_both_orders(column):
        # A cell that fits both is read by the first.
        first_to_try = sorted(parts_of(column), key=lambda part: is_day_first(part) is not day_first)
        return replace(column, datetime_format="|".join(first_to_try))
    wrong = [order for order in orders if order.is_doubtful and order.is_day_first is not day_first]
    return replace(column, datetime_format=with_swapped(column, wrong))


def _texts(table: Table, name: str) -> list[str]:
    return [text for text in unique_texts(table.cells[name]).by_trimmed() if text]
