"""Understanding what a user typed: durations, lists of names, names that nearly exist."""

from __future__ import annotations

import csv
import difflib
import io
import math
import operator
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from automl.errors import UsageError
from automl.inputs import PACKED_ENDINGS, public_name

__all__ = [
    "checked_positions",
    "data_stem",
    "did_you_mean",
    "join_names",
    "near_names",
    "option_name",
    "parse_duration",
    "parse_patience",
    "parse_positions",
    "parse_size",
    "parse_stretch",
    "parse_time_gap",
    "split_names",
]

#: How alike names are, from 0 to 1, of which one is the other misspelt; and those of which it may be another form.
_ALIKE = 0.7
_LEAST_ALIKE = 0.6
#: How much less alike a name may be than the one most alike, to be meant too.
_AS_NEAR = 0.1
_WILDCARDS = re.compile(r"[*?\[\]]+")
_UNIT_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}
_STRETCH_SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
#: Ten thousand years.
_LONGEST_STRETCH = 10_000 * 366 * 86_400.0
_STRETCH = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])", re.ASCII)
_UNIT_BYTES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt])?i?b?", re.ASCII)
_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?", re.ASCII)


def parse_duration(text: str | float, option: str = "--time-budget") -> float:
    """Return the time that an option gives in seconds: ``60``, ``90s``, ``10m``, ``2h``, ``1.5h`` or ``1h30m``.

    Raises
    ------
    UsageError
        If the text is not understood or the time is not positive.
    """
    cleaned = str(text).strip().lower().replace(" ", "")
    match = _DURATION.fullmatch(cleaned)
    if not cleaned or match is None:
        raise UsageError(f"{option} must be a time. Got '{text}'.", "Write it like 60, 90s, 10m, 2h or 1h30m.")
    seconds = sum(float(part) * unit for part, unit in zip(match.groups(), _UNIT_SECONDS.values(), strict=True) if part)
    if not 0 < seconds < math.inf:
        raise UsageError(f"{option} must be more than zero. Got '{text}'.", f"Try {option} 60.")
    return seconds


def parse_stretch(text: str) -> float | None:
    """Return a stretch of time between rows in seconds: ``12h``, ``7d``, ``2w``; None where it is no such.

    Examples
    --------
    >>> parse_stretch("2w")
    1209600.0
    """
    match = _STRETCH.fullmatch(text.strip().lower())
    seconds = math.inf if match is None else float(match[1]) * _STRETCH_SECONDS[match[2]]
    return seconds if seconds <= _LONGEST_STRETCH else None


def parse_time_gap(given: str | float) -> tuple[float, bool]:
    """Return a gap between past and future, and whether it is in seconds: ``7d`` is, a plain number is not.

    A number is in the units of a column that counts the time.

    Raises
    ------
    UsageError
        If the text is not understood or the gap is not positive.
    """
    text = str(given)
    seconds = parse_stretch(text)
    try:
        gap = float(text) if seconds is None else seconds
    except ValueError:
        gap = math.nan
    if not 0 < gap < math.inf:
        raise UsageError(
            f"The time gap '{given}' is not understood.",
            "Write it like 12h, 7d or 2w where the time is a date, and as a number where it is a number.",
        )
    return gap, seconds is not None


def parse_size(text: str | float, option: str = "--max-memory") -> int:
    """Return the size that an option gives in bytes: ``2GB``, ``500MB``, ``1.5g`` or a plain number of bytes.

    Raises
    ------
    UsageError
        If the text is not understood or the amount is not positive.
    """
    match = _SIZE.fullmatch(str(text).strip().lower())
    size = 0.0 if match is None else float(match[1]) * _UNIT_BYTES[match[2] or ""]
    if not 1 <= size < math.inf:
        raise UsageError(f"{option} must be a size. Got '{text}'.", "Write it like 2GB or 500MB.")
    return int(size)


def parse_patience(given: str | int) -> int:
    """Return a number of candidates; ``off`` is 0.

    Raises
    ------
    UsageError
        If it is neither.

    Examples
    --------
    >>> parse_patience("off")
    0
    """
    text = str(given).strip().lower()
    if text == "off":
        return 0
    if not text.isascii() or not text.isdigit():
        raise UsageError(
            f"--patience must be a whole number of candidates, or off. Got '{given}'.",
            "Try --patience 50: end once 50 tuned candidates in a row brought nothing.",
        )
    return int(text)


def parse_positions(text: str, count: int) -> list[int]:
    """Return positions below ``count`` without repeats: ``17``, ``0:10``, ``5:``, or several with commas.

    The end of a range is not part of it, and may lie beyond the last position.

    Raises
    ------
    UsageError
        If the text is not understood, or a position or a whole range is not there.

    Examples
    --------
    >>> parse_positions("7,0:3", 10)
    [7, 0, 1, 2]
    """
    found: dict[int, None] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(?:(\d+)|(\d*)\s*:\s*(\d*))\s*", part, re.ASCII)
        if match is None:
            raise UsageError(f"The rows '{text}' are not understood.", "Write them like 17, 0:10 or 3,8,20:25.")
        single, start, stop = match.groups()
        wanted = int(single) if single else range(int(start or 0), int(stop) if stop else sys.maxsize)
        found |= dict.fromkeys(checked_positions(wanted, count))
    if not found and count:
        raise UsageError(f"The rows '{text}' are none.", "The end of a range is not part of it: 3:4 is the row 3.")
    return list(found)


def checked_positions(wanted: int | Iterable[int], count: int) -> list[int]:
    """Return positions below ``count`` without repeats; a range may end beyond the last one.

    Parameters
    ----------
    wanted : int or iterable of int
    count : int
        Of the rows there are; where there are none, no position is returned and none refused.

    Raises
    ------
    UsageError
        If a position or a whole range is not there, or it is no whole number.

    Examples
    --------
    >>> checked_positions([7, 0, 7], 10), checked_positions(range(8, 99), 10)
    ([7, 0], [8, 9])
    """
    if not count:
        return []
    if isinstance(wanted, range) and wanted.start < count:
        wanted = range(wanted.start, min(wanted.stop, count), wanted.step)
    elif isinstance(wanted, range):
        wanted = wanted[:1]
    return list(
        dict.fromkeys(_position(each, count) for each in (wanted if isinstance(wanted, Iterable) else [wanted]))
    )


def _position(given: int, count: int) -> int:
    try:
        position = operator.index(given)
    except TypeError:
        raise UsageError(f"Rows must be whole numbers. Got {given!r} instead.", "Count them from 0.") from None
    if not 0 <= position < count:
        raise UsageError(
            f"The row {position} is not in the data.", f"It has {count:,} rows; the last one is {count - 1}."
        )
    return position


def split_names(value: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return names without repeats; a text is split at commas, and quotes protect a comma inside a name.

    Examples
    --------
    >>> split_names('id, "last, first"')
    ('id', 'last, first')
    """
    if value is None:
        return ()
    names = next(csv.reader([value], skipinitialspace=True), []) if isinstance(value, str) else list(value)
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def join_names(names: Iterable[str]) -> str:
    """Return names as one text that :func:`split_names` splits into them again.

    Examples
    --------
    >>> join_names(["id", "last, first"])
    'id,"last, first"'
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(names)
    return text.getvalue()


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return ``"Did you mean 'x'?"`` for the nearest candidates, or ``""`` where none is near."""
    meant = near_names(name, candidates)
    return f"Did you mean {' or '.join(repr(match) for match in meant)}?" if meant else ""


def near_names(name: str, candidates: Iterable[str]) -> list[str]:
    """Return the candidates that somebody may have meant who wrote a name: misspelt, abbreviated or turned about.

    Of those the most alike, three at most, whatever their case.

    Examples
    --------
    >>> near_names("chrun", ["churn", "price"]), near_names("lgbm", ["lightgbm"]), near_names("churn", ["currency"])
    (['churn'], ['lightgbm'], [])
    """
    typed, by_lower = name.lower(), {candidate.lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(typed, by_lower, n=3, cutoff=_LEAST_ALIKE)
    alike = {match: difflib.SequenceMatcher(None, typed, match).ratio() for match in found}
    near = [match for match, ratio in alike.items() if ratio >= _ALIKE or _is_other_form(typed, match)]
    return [by_lower[match] for match in near if alike[match] > alike[near[0]] - _AS_NEAR]


def _is_other_form(typed: str, name: str) -> bool:
    """Whether one is the other with letters left out, or with its letters in another order."""
    short, long = sorted((typed, name), key=len)
    letters = iter(long)
    return all(letter in letters for letter in short) or sorted(short) == sorted(long)


def data_stem(data: str) -> str:
    """Return what the output is called after: ``train`` for ``a/train.csv.gz``, ``a`` for ``a/*.csv``."""
    path = Path(public_name(data))
    if path.suffix.lower() in PACKED_ENDINGS:
        path = path.with_suffix("")
    for name in (path.stem, path.parent.name):
        literal = _WILDCARDS.sub("", name)
        stem = literal if literal == name else literal.strip("-_. ")
        if stem not in ("", "-", "..", "…"):
            return stem
    return "model"


def option_name(field: str) -> str:
    """Return the option that sets a field of the settings: ``--time-budget`` for ``time_budget``."""
    return f"--{'id' if field == 'identifiers' else field.replace('_', '-')}"
