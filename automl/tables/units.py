"""What people write around a number: currencies, units, magnitudes, and how to bring several of them to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

__all__ = ["CURRENCIES", "Units", "choose_prefix", "choose_units"]

Units = tuple[tuple[str, float], ...]

_CURRENCY_WORDS = (
    "$ € £ ¥ ₹ ₽ ₩ ₺ ₪ ฿ ₫ ₱ ₴ ₦ ¢ US$ A$ C$ R$ NT$ HK$ S$ USD EUR GBP CHF JPY INR AUD CAD CNY SEK NOK DKK PLN CZK HUF "
    "BRL MXN ZAR RUB TRY KRW Rs Rs. kr kr. zł Kč Ft Fr. SFr. лв руб руб."  # noqa: RUF001
)
# The longest first: "Rs." is not "Rs" and a point.
CURRENCIES = tuple(sorted(_CURRENCY_WORDS.split(), key=len, reverse=True))
# A single number of such a sort may be followed by its multiplier.
_MAGNITUDES = {
    "k": 1e3,
    "K": 1e3,
    "tsd": 1e3,
    "Tsd": 1e3,
    "Tsd.": 1e3,
    "M": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "Mio": 1e6,
    "Mio.": 1e6,
    "million": 1e6,
    "lakh": 1e5,
    "Lakh": 1e5,
    "Cr": 1e7,
    "crore": 1e7,
    "B": 1e9,
    "b": 1e9,
    "bn": 1e9,
    "Mrd": 1e9,
    "Mrd.": 1e9,
    "billion": 1e9,
    "T": 1e12,
}
_DAY = 86_400.0
# Units of one quantity, each with its size; names are compared as written, then without regard to case.
_FAMILIES: tuple[dict[str, float], ...] = (
    {
        "mg": 1e-3,
        "g": 1.0,
        "gr": 1.0,
        "kg": 1e3,
        "kgs": 1e3,
        "t": 1e6,
        "lb": 453.59237,
        "lbs": 453.59237,
        "oz": 28.3495,
    },
    {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3, "in": 0.0254, '"': 0.0254, "ft": 0.3048, "'": 0.3048, "yd": 0.9144}
    | {"mi": 1609.344, "mile": 1609.344, "miles": 1609.344},
    {"ms": 1e-3, "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0}
    | dict.fromkeys(("min", "mins", "minute", "minutes", "Min."), 60.0)
    | dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "Std", "Std.", "Stunde", "Stunden"), 3600.0)
    | dict.fromkeys(("d", "day", "days", "Tag", "Tage"), _DAY)
    | dict.fromkeys(("w", "wk", "week", "weeks", "Woche", "Wochen"), 7 * _DAY)
    | dict.fromkeys(("mo", "mos", "month", "months", "Monat", "Monate"), 365.25 / 12 * _DAY)
    | dict.fromkeys(("y", "yr", "yrs", "year", "years", "Jahr", "Jahre", "an", "ans"), 365.25 * _DAY),
    {"ml": 1e-3, "cl": 1e-2, "dl": 0.1, "l": 1.0, "L": 1.0, "gal": 3.785411784},
    {"kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "bytes": 1.0},
    {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    {"W": 1.0, "kW": 1e3, "MW": 1e6},
    {"Wh": 1.0, "kWh": 1e3, "MWh": 1e6},
    {"km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "m/s": 3.6},
    {"%": 1.0, "percent": 1.0, "Prozent": 1.0, "pct": 1.0},
    dict.fromkeys(("st", "nd", "rd", "th"), 1.0),
)
_MIN_SHARE = 0.95


def choose_prefix(prefixes: Counter[str]) -> str:
    """Return the currency that stands before most of a column's numbers; nothing where none does."""
    known = {prefix: count for prefix, count in prefixes.items() if prefix in CURRENCIES}
    return max(known, key=lambda prefix: known[prefix]) if known else ""


def choose_units(suffixes: Counter[str]) -> tuple[str, Units]:
    """Decide what stands behind a column's numbers.

    Parameters
    ----------
    suffixes : Counter of str
        Cells per text that follows a number; the empty text counts the numbers that nothing follows.

    Returns
    -------
    (str, tuple of (str, float))
        The unit of the column's values, and every other unit (or spelling of it) with the factor that brings a number
        of it to the first. Both are empty where the suffixes have nothing in common.
    """
    written = Counter({suffix: count for suffix, count in suffixes.items() if suffix})
    if not written:
        return "", ()
    if _are_magnitudes(suffixes, written):
        return "", tuple((suffix, _MAGNITUDES[suffix]) for suffix in sorted(written) if suffix in _MAGNITUDES)
    main = written.most_common(1)[0][0]
    for family in _FAMILIES:
        size = _size(main, family)
        if size is not None:
            others = {suffix: _size(suffix, family) for suffix in sorted(written) if suffix != main}
            return main, tuple((suffix, other / size) for suffix, other in others.items() if other is not None)
    is_usual = main in CURRENCIES or written[main] >= _MIN_SHARE * sum(suffixes.values())
    return (main, ()) if is_usual else ("", ())


def _are_magnitudes(suffixes: Counter[str], written: Counter[str]) -> bool:
    known = [suffix for suffix in written if suffix in _MAGNITUDES]
    if sum(written[suffix] for suffix in known) < _MIN_SHARE * written.total():
        return False
    sizes = {_MAGNITUDES[suffix] for suffix in known}
    return len(sizes) > 1 or (bool(suffixes[""]) and known[0] != "m") or known[0] in ("k", "K")


def _size(unit: str, family: dict[str, float]) -> float | None:
    if unit in family:
        return family[unit]
    folded: Iterable[float] = (size for name, size in family.items() if name.casefold() == unit.casefold())
    return next(iter(folded), None)
