"""The names of months in several languages."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["MONTH_NAME", "english_months"]

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FULL_ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NAMES = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "Jän Feb Mär Apr Mai Jun Jul Aug Sept Okt Nov Dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
)
_WORD = re.compile(r"[^\W\d_]{3,}\.?")


@lru_cache(maxsize=1)
def _translations() -> dict[str, str]:
    known = {
        name.casefold(): english for names in _NAMES for name, english in zip(names.split(), _ENGLISH, strict=True)
    }
    # English words stay as they are: their formats tell short from long names.
    return {name: short for name, short in known.items() if name.title() not in (*_FULL_ENGLISH, *_ENGLISH)}


def english_months(text: str) -> str:
    """Replace names of months in other languages by the English abbreviation; a point behind a name goes."""
    return _WORD.sub(_english, text)


def _english(match: re.Match[str]) -> str:
    word = match[0].removesuffix(".")
    return _translations().get(word.casefold(), word)


_EVERY_NAME = {*_ENGLISH, *_FULL_ENGLISH, *(name for names in _NAMES for name in names.split())}
MONTH_NAME = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(sorted(_EVERY_NAME, key=len, reverse=True))})(?![^\W\d_])", re.IGNORECASE
)
