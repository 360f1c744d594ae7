"""One date as people write it, brought to the form that libraries read. The standard library alone."""

from __future__ import annotations

import re

from automl.tables.calendar import english_months

__all__ = ["COMPACT", "EXCEL", "ISO", "ISO_PATTERN", "iso_text", "plain_date_text", "quarter_start", "week_text"]

ISO = "iso"
EXCEL = "excel"
COMPACT = "%Y%m%d"
ISO_PATTERN = re.compile(
    r"\d{4}-\d{1,2}(-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)?)?)?"
)
_ISO_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)$")
_QUARTER = re.compile(r"(?:(\d{4})[- /]?Q([1-4])|Q([1-4])[- /]?(\d{4}))", re.IGNORECASE)
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_ZONE_NAME = re.compile(r"\s+\(?([A-Z]{3,4})\)?$")
_ZONES = {"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2}
_ZONES |= {"EEST": 3, "MSK": 3, "JST": 9, "AEST": 10, "AEDT": 11}
_ZONES |= {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}


def iso_text(text: str) -> str:
    """Return an ISO 8601 date with a point before its fractions and ``Z`` for its zone; empty for anything else."""
    return _ISO_ZONE.sub("Z", text.replace(",", ".")) if ISO_PATTERN.fullmatch(text) else ""


def plain_date_text(text: str, datetime_format: str) -> str:
    """Write month names in English, days without ``th`` and zones as offsets, where the format has such parts."""
    if "%b" in datetime_format or "%B" in datetime_format:
        text = english_months(_ORDINAL.sub("", text))
    if datetime_format.endswith("%z"):
        named = _ZONE_NAME.search(text)
        if named is not None and named[1] in _ZONES:
            hours = _ZONES[named[1]]
            text = f"{text[: named.start()]} {'-' if hours < 0 else '+'}{abs(hours):02d}:00"
    return text


def quarter_start(text: str) -> str:
    """Return the first day of ``2024-Q1`` or ``Q1/2024`` as an ISO 8601 date; empty for anything else."""
    match = _QUARTER.fullmatch(text)
    if not match:
        return ""
    year, quarter = match[1] or match[4], int(match[2] or match[3])
    return f"{year}-{3 * quarter - 2:02d}-01"


def week_text(text: str) -> str:
    """Return the Monday of ``2024-W05`` as ``%G %V %u``; empty for anything else."""
    match = _WEEK.fullmatch(text)
    return f"{match[1]} {match[2]} 1" if match else ""
