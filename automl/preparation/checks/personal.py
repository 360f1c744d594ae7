"""Personal data: e-mail addresses, phone numbers, payment cards and bank accounts by their checksums."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.registry import make_finding
from automl.tables.contents import find_content, names_codes
from automl.tables.glances import beginnings
from automl.tables.schema import Column, ColumnKind
from automl.tables.uniques import unique_texts

__all__ = ["find_personal_data"]

_SAMPLE = 2_000
_FEW = 0.02
_MOST = 0.9
_MIN_CELLS = 3
# The shortest text that is a card's or an account's number: two letters, two digits and two groups of four.
_MIN_NUMBER_LENGTH = 12
# A phone number has six digits or more, a card's far more.
_SMALLEST_NUMBER = 100_000
_MAY_IDENTIFY = re.compile(r"[@\d]")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*[A-Za-z]{2}")
_CARD = re.compile(r"(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|3[47]\d{2}|6(?:011|5\d{2}))(?:[ -]?\d){9,15}", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?")


def find_personal_data(inspection: Inspection) -> list[Finding]:
    """Find columns whose cells are, or hold, what identifies a person."""
    rows = spread_rows(len(inspection.table.cells), _SAMPLE)
    findings = []
    for column in inspection.every_column:
        if _are_small_numbers(column, inspection.values.get(column.name)):
            continue
        cells = inspection.table.columns[column.name]
        uniques = unique_texts(cells if isinstance(cells, list) else cells.iloc[rows])
        texts = [text for text in beginnings(uniques.trimmed) if text]
        if not any(map(_MAY_IDENTIFY.search, texts)):
            continue
        what = _what(texts, column.content or find_content(column.name, texts, np.ones(len(texts), dtype=np.int64)))
        if what:
            findings.append(make_finding("personal_data", f"'{column.name}' holds {what}.", (column.name,)))
    return findings


def _are_small_numbers(column: Column, values: ColumnValues | None) -> bool:
    """Whether a column holds plain numbers with fewer digits than those that name a person."""
    if values is None or column.kind is not ColumnKind.NUMERIC or names_codes(column.name):
        return False
    return bool(np.abs(values.present).max(initial=0.0) < _SMALLEST_NUMBER)


def _what(texts: Sequence[str], content: str) -> str:
    if len(texts) < _MIN_CELLS:
        return ""
    if content == "email" or _share(texts, lambda text: "@" in text and _EMAIL.search(text)) > _FEW:
        return "e-mail addresses"
    if content == "phone":
        return "phone numbers"
    if max(map(len, texts)) < _MIN_NUMBER_LENGTH:
        return ""
    if _share(texts, _is_card) > _MOST:
        return "payment card numbers (their checksums are right)"
    if _share(texts, _is_bank_account) > _MOST:
        return "bank account numbers (their checksums are right)"
    return ""


def _share(texts: Sequence[str], matches: Callable[[str], object]) -> float:
    hits = sum(bool(matches(text)) for text in texts)
    return hits / len(texts) if hits >= _MIN_CELLS else 0.0


def _is_card(text: str) -> bool:
    """Check the card's prefix and its last digit (Luhn's algorithm, ISO/IEC 7812-1)."""
    if not _CARD.fullmatch(text):
        return False
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_bank_account(text: str) -> bool:
    """Check an IBAN's two check digits (modulo 97, ISO 13616)."""
    if not _IBAN.fullmatch(text):
        return False
    plain = text.replace(" ", "")
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1
