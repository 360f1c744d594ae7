"""What single cells and lines show of people by themselves: addresses, phone numbers, cards and bank accounts.

None of it is ever given as an example, whatever column it stands in: a column of numbers may hold eight addresses.
"""

from __future__ import annotations

import re

from automl.findings import WITHHELD_CELL

__all__ = [
    "EMAIL",
    "IBAN_LENGTHS",
    "identifies_someone",
    "is_bank_account",
    "is_card",
    "plain_account",
    "without_personal_parts",
]

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*[A-Za-z]{2}")
_CARD_PATTERN = r"(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|3[47]\d{2}|6(?:011|5\d{2}))(?:[ -]?\d){9,15}"
_CARD = re.compile(_CARD_PATTERN, re.ASCII)
_CARD_WITHIN = re.compile(rf"(?<![\d.]){_CARD_PATTERN}(?!\d)", re.ASCII)
_SPACES = re.compile(r"[\s-]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_IBAN_WITHIN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b", re.ASCII)
#: Countries by how long their account numbers are.
IBAN_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ", 24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "PT",
    26: "IS TR", 27: "FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB PL", 29: "BR EG PS QA UA", 30: "JO KW MU",
    31: "MT SC",
}  # fmt: skip
# Numbers that say by a prefix, brackets or a word before them that they are phone numbers.
_PHONE_WITHIN = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}|00\d{2,3}(?=[\s./(-])|\(\d{2,5}\))[\s./-]?(?:\(0?\d+\)[\s./-]?)?\d[\d\s./-]{3,14}\d"
    r"|(?:(?<=tel)|(?<=tel\.)|(?<=tel:)|(?<=phone)|(?<=phone:))\s?\d[\d\s()/-]{5,18}\d",
    re.IGNORECASE,
)
_FEWEST_PHONE_DIGITS = 7
# No example is shown as far as that.
_LOOKED_AT = 1_000


def identifies_someone(text: str) -> bool:
    """Whether a cell holds what identifies a person, whatever its column holds elsewhere."""
    beginning = text[:_LOOKED_AT]
    return without_personal_parts(beginning) != beginning


def without_personal_parts(text: str) -> str:
    """Return a text with ``(not shown)`` for what identifies a person in it.

    Examples
    --------
    >>> without_personal_parts("Questions: anna@example.org")
    'Questions: (not shown)'
    """
    if "@" in text:
        text = EMAIL.sub(WITHHELD_CELL, text)
    if sum(character.isdigit() for character in text) < _FEWEST_PHONE_DIGITS:
        return text
    text = _IBAN_WITHIN.sub(lambda found: WITHHELD_CELL if _begins_with_account(found[0]) else found[0], text)
    text = _CARD_WITHIN.sub(lambda found: WITHHELD_CELL if is_card(found[0]) else found[0], text)
    return _PHONE_WITHIN.sub(_phone_withheld, text)


def is_card(text: str) -> bool:
    """Check a payment card's prefix and its last digit (Luhn's algorithm, ISO/IEC 7812-1)."""
    if not _CARD.fullmatch(text):
        return False
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_bank_account(text: str) -> bool:
    """Check an IBAN's two check digits (modulo 97, ISO 13616)."""
    plain = plain_account(text)
    return bool(plain) and int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def plain_account(text: str) -> str:
    """Return what could be an IBAN as it is stored, without spaces; else nothing."""
    plain = _SPACES.sub("", text.upper()).removeprefix("IBAN").lstrip(":")
    return plain if _IBAN.fullmatch(plain) else ""


def _begins_with_account(text: str) -> bool:
    """Whether an IBAN stands here, maybe with a word in capitals behind it."""
    plain = _SPACES.sub("", text)
    return any(plain[:2] in names.split() and is_bank_account(plain[:length]) for length, names in IBAN_LENGTHS.items())


def _phone_withheld(found: re.Match[str]) -> str:
    """Return what is written for a phone number: for too few digits what they are."""
    digits = sum(character.isdigit() for character in found[0])
    return found[0] if digits < _FEWEST_PHONE_DIGITS else WITHHELD_CELL
