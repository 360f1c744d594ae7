"""What texts are beyond levels: addresses, phone numbers, postal codes, hashes, lists, places."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONTENTS", "IDENTIFYING", "are_code_numbers", "find_content", "is_one_shape", "names_codes"]

CONTENTS = ("email", "url", "phone", "postal_code", "hash", "ip_address", "coordinates", "list", "code")
# Unique values of these name rows and say little else.
IDENTIFYING = ("email", "phone", "hash")

_SAMPLE = 500
_ENOUGH = 0.95
_MOST = 0.6
_PATTERNS = {
    "email": re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"),
    "url": re.compile(r"(?:https?|ftp)://\S+|www\.\S+\.\S+", re.IGNORECASE),
    "ip_address": re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)"),
    "hash": re.compile(
        r"(?=.*\d)(?=.*[a-f])[0-9a-f]{12,}|(?=.*\d)(?=.*[A-F])[0-9A-F]{12,}"
        r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-f]{16,}"
    ),
    "coordinates": re.compile(
        r"[(\[]?\s*-?\d{1,3}\.\d{2,}\s*[,;\s]\s*-?\d{1,3}\.\d{2,}\s*[)\]]?|POINT ?\(\S+ \S+\)", re.IGNORECASE
    ),
    "phone": re.compile(
        r"(?:\+|00)\d{1,3}[\s./-]?(?:\(0?\d+\)[\s./-]?)?\d[\d\s./-]{4,14}|\(\d{2,5}\)[\s./-]?[\d\s./-]{5,12}"
    ),
}
_LIST = re.compile(r"[\[({].*[\])}]|[^|;]+(?:[|;][^|;]+)+|[^,]{1,30}(?:, ?[^,]{1,30})+", re.DOTALL)
_PHONE_NAME = re.compile(
    r"phone|(?:^|[^a-z])(?:tel|mobile|cell|fax|telefon|handy|telephone)(?:$|[^a-z])", re.IGNORECASE
)
_PHONE_DIGITS = re.compile(r"[\d\s()+./-]{7,20}")
_POSTAL_NAME = re.compile(
    r"(?:^|[^a-z])(?:zip|plz|cep)(?:$|[^a-z])|zip_?code|post_?(?:al)?[ _]?code|postleitzahl|code_?postal", re.IGNORECASE
)
_POSTAL = re.compile(
    r"[A-Z]{0,2}-?[0-9]{3,6}(?:[ -][0-9A-Z]{2,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d",
    re.IGNORECASE,
)
_CODE_NUMBER_NAME = re.compile(
    r"(?:^|[^a-z])(?:fips|iban|isbn|ean|upc|gtin|sku|naics|icd|ssn)(?:$|[^a-z])", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")


def find_content(name: str, texts: Sequence[str], counts: NDArray[np.int64]) -> str:
    """Tell what a column's texts are.

    Parameters
    ----------
    name : str
        The column's name; postal codes and bare phone numbers are told by it.
    texts : sequence of str
        Distinct trimmed texts that are not missing.
    counts : ndarray of int64, same length

    Returns
    -------
    str
        One of :data:`CONTENTS`; empty where it is nothing of these.
    """
    step = max(1, len(texts) // _SAMPLE)
    sample, weights = texts[::step], counts[::step].tolist()
    total = max(sum(weights), 1)

    def share(matches: Callable[[str], object]) -> float:
        return float(sum(compress(weights, map(matches, sample))) / total)

    for content, pattern in _PATTERNS.items():
        if share(pattern.fullmatch) >= _ENOUGH:
            return content
    if _POSTAL_NAME.search(name) and share(_POSTAL.fullmatch) >= _ENOUGH:
        return "postal_code"
    if _PHONE_NAME.search(name) and share(_PHONE_DIGITS.fullmatch) >= _ENOUGH:
        return "phone"
    return "list" if share(_LIST.fullmatch) >= _MOST and _share_parts(sample) else ""


def names_codes(name: str) -> bool:
    """Whether a column's name says that its digits are no quantity."""
    return bool(_CODE_NUMBER_NAME.search(name) or _POSTAL_NAME.search(name) or _PHONE_NAME.search(name))


def are_code_numbers(name: str, texts: Sequence[str]) -> str:
    """Return the content of a column of digits whose name says that they are no quantity; else nothing."""
    digits = all(text.isdecimal() for text in texts[:_SAMPLE])
    if _CODE_NUMBER_NAME.search(name) and digits:
        return "code"
    if _POSTAL_NAME.search(name) and digits and all(3 <= len(text) <= 9 for text in texts[:_SAMPLE]):
        return "postal_code"
    if _PHONE_NAME.search(name) and all(_PHONE_DIGITS.fullmatch(text) for text in texts[:_SAMPLE]):
        return "phone"
    return ""


def is_one_shape(texts: Sequence[str]) -> bool:
    """Whether nearly all texts are built alike out of letters, digits and marks, as ``C-0001`` and ``C-27`` are."""
    sample = texts[:: max(1, len(texts) // _SAMPLE)]
    shapes: dict[str, int] = {}
    for text in sample:
        shape = _LETTERS.sub("a", _DIGITS.sub("9", text)) if _DIGITS.search(text) else "words"
        shapes[shape] = shapes.get(shape, 0) + 1
    shape, count = max(shapes.items(), key=lambda item: item[1], default=("", 0))
    numbers = shape.count("9") > 1 and "a" not in shape and "-" not in shape
    return bool(shape) and shape != "words" and not numbers and count >= _ENOUGH * len(sample)


def _share_parts(texts: Sequence[str]) -> bool:
    """Whether the parts of list-like cells come again in other cells, in ever other company."""
    parts = [{part.strip(" '\"[](){}") for part in re.split(r"[|;,]", text)} for text in texts]
    distinct = set().union(*parts) if parts else set()
    total = sum(map(len, parts))
    return len(texts) >= 10 and len(distinct) <= 0.5 * total and len(distinct) < 2 * len(texts)
