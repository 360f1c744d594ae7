"""Personal data: e-mail addresses, phone numbers, payment cards, bank accounts and names of people."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.person_names import are_names_of_people
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.registry import make_finding
from automl.tables.contents import find_content, names_codes
from automl.tables.personal_cells import EMAIL, IBAN_LENGTHS, is_bank_account, is_card, plain_account
from automl.tables.schema import Column, ColumnKind
from automl.tables.uniques import CellColumn, unique_texts

__all__ = ["find_personal_data", "what_identifies"]

_SAMPLE = 2_000
_FEW = 0.02
_MOST = 0.9
_MIN_CELLS = 3
# The shortest text that is a card's or an account's number: two letters, two digits and two groups of four.
_MIN_NUMBER_LENGTH = 12
# A phone number has six digits or more, a card's far more.
_SMALLEST_NUMBER = 100_000
_MAY_IDENTIFY = re.compile(r"[@\d]")
_IBAN_NAME = re.compile(r"(?:^|[^a-z])iban(?:$|[^a-z])", re.IGNORECASE)
# So long a text that begins and ends as an account's number does is one; shorter ones are also numbers of articles.
_SURELY_ACCOUNT = 18
# Beyond what `find_content` tells: national numbers under other names, and those with an extension.
_PHONE_NAME = re.compile(
    r"phone|telefon|mobil|handy|rufnummer|(?:^|[^a-z])(?:tel|cell|fax|gsm)(?:$|[^a-z])", re.IGNORECASE
)
_PHONE = re.compile(r"(?=(?:\D*\d){6})[\d\s()+./-]{7,24}(?:\s*(?:x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)


def find_personal_data(inspection: Inspection) -> list[Finding]:
    """Find columns whose cells are, or hold, what identifies a person."""
    findings = []
    for column in inspection.every_column:
        if _are_small_numbers(column, inspection.values.get(column.name)):
            continue
        what = what_identifies(column, inspection.table.columns[column.name])
        if what:
            findings.append(make_finding("personal_data", f"'{column.name}' holds {what}.", (column.name,)))
    return findings


def what_identifies(column: Column, cells: CellColumn) -> str:
    """Return what in a column identifies people, such as ``"phone numbers"``; empty where nothing does.

    Parameters
    ----------
    column : Column
    cells : Series or list of str
        Its texts.
    """
    uniques = unique_texts(cells if isinstance(cells, list) else cells.iloc[spread_rows(len(cells), _SAMPLE)])
    absent = {"", *column.missing_markers}
    present = {text: count for text, count in uniques.by_beginning().items() if text not in absent}
    texts = list(present)
    what = ""
    if any(map(_MAY_IDENTIFY.search, texts)):
        content = column.content or find_content(column.name, texts, np.ones(len(texts), dtype=np.int64))
        what = _what(column, texts, content)
    if not what and column.kind is not ColumnKind.NUMERIC:
        what = "names of people" if are_names_of_people(column.name, texts, sum(present.values())) else ""
    return what


def _are_small_numbers(column: Column, values: ColumnValues | None) -> bool:
    """Whether a column holds plain numbers with fewer digits than those that name a person."""
    if values is None or column.kind is not ColumnKind.NUMERIC or names_codes(column.name):
        return False
    return bool(np.abs(values.present).max(initial=0.0) < _SMALLEST_NUMBER)


def _what(column: Column, texts: Sequence[str], content: str) -> str:
    if content == "email" or _share(texts, lambda text: "@" in text and EMAIL.search(text)) > _FEW:
        return "e-mail addresses"
    right = _share(texts, is_bank_account, fewest=1) if max(map(len, texts)) >= _MIN_NUMBER_LENGTH else 0.0
    if right > _MOST:
        return "bank account numbers (their checksums are right)"
    if len(texts) < _MIN_CELLS:
        return ""
    if content == "phone" or _are_named_phones(column, texts):
        return "phone numbers"
    if max(map(len, texts)) < _MIN_NUMBER_LENGTH:
        return ""
    if _share(texts, is_card) > _MOST:
        return "payment card numbers (their checksums are right)"
    is_named = _IBAN_NAME.search(column.name) is not None
    if _share(texts, lambda text: _looks_like_account(text, is_named=is_named)) > _MOST:
        return "bank account numbers"
    return ""


def _are_named_phones(column: Column, texts: Sequence[str]) -> bool:
    if column.kind is ColumnKind.NUMERIC or not _PHONE_NAME.search(column.name):
        return False
    return _share(texts, _PHONE.fullmatch) > _MOST


def _share(texts: Sequence[str], matches: Callable[[str], object], fewest: int = _MIN_CELLS) -> float:
    hits = sum(bool(matches(text)) for text in texts)
    return hits / len(texts) if hits >= fewest else 0.0


def _looks_like_account(text: str, *, is_named: bool) -> bool:
    """Whether it is as long as IBANs of its country are: mistyped and made-up ones are not to be shown either."""
    plain = plain_account(text)
    return plain[:2] in IBAN_LENGTHS.get(len(plain), "").split() and (is_named or len(plain) >= _SURELY_ACCOUNT)
