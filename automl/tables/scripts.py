"""The encodings of Cyrillic, Greek, Hebrew, Arabic and Thai text, told apart by the letters their bytes would be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

__all__ = ["script_encoding"]

# Letters from the most to the least frequent; the code pages that hold them.
_CYRILLIC = "оаеинтсрвлкмдпуяызьбгчйхжшюцщэфъёіїєґћђјљњџўў"
_ALPHABETS = {
    "cp1251": _CYRILLIC,
    "koi8_r": _CYRILLIC,
    "cp1253": "αοιετνσηρπκμλςυγδωάόίέθχφύήώβξζψϊϋ",
    "cp1255": "יוהלארתבשמנכעדקפסחגטזצםןךףץ",
    "cp1256": "اليمنوتربةعدسفهكقحجأشصطخضىإذثزغئءؤآظپچگژی",
    "cp874": "านรกอเงมยลวดทสตะปบคีิ่้ัหแจพช์ใ็ไขุูผโณศำซถธภฉฟฐญื๊ษฮฑฎฏฆฬฤ",
}
_WORD = re.compile(r"[^\x00-\x7f]{2,}")
# Letters that end words stand before others, and a longer word has no accent.
_UNLIKELY = {"cp1253": re.compile(r"ς(?=.)|^[α-ω]{3,}$"), "cp1255": re.compile("[ךםןףץ](?=.)")}  # noqa: RUF001
_NEVER = re.compile(r"(?!)")
# What a character that is no letter counts, and a word that is none, such as one with capitals in its middle.
_FOREIGN = math.log(1e-5)
_NO_WORD = math.log(1e-2)
_MIN_LETTERS = 4
_MIN_SHARE = 0.9


def script_encoding(lines: bytes) -> str | None:
    """Return the encoding in which the words of bytes are most likely written; None where they fit no alphabet.

    Parameters
    ----------
    lines : bytes
        Lines that hold bytes beyond ASCII, most of them beside others.
    """
    scores = {encoding: score for encoding in _ALPHABETS if (score := _score(lines, encoding)) is not None}
    return max(scores, key=lambda encoding: scores[encoding]) if scores else None


def _score(lines: bytes, encoding: str) -> float | None:
    """Return the logarithm of how likely the words are; None where too few of their characters are letters."""
    try:
        words = _WORD.findall(lines.decode(encoding))
    except UnicodeDecodeError:
        return None
    shares = dict(_shares(_ALPHABETS[encoding]))
    letters = "".join(words).lower()
    n_known = sum(letter in shares for letter in letters)
    if n_known < max(_MIN_LETTERS, _MIN_SHARE * len(letters)):
        return None
    unlikely = _UNLIKELY.get(encoding, _NEVER)
    n_unlikely = sum(
        word not in (word.lower(), word.upper(), word.capitalize()) or unlikely.search(word) is not None
        for word in words
    )
    return sum(shares.get(letter, _FOREIGN) for letter in letters) + n_unlikely * _NO_WORD


def _shares(alphabet: str) -> Iterator[tuple[str, float]]:
    """Yield each letter with the logarithm of about how often it stands: each less often than the one before it."""
    weights = [1 / (rank + 4) for rank in range(len(alphabet))]
    for letter, weight in zip(alphabet, weights, strict=True):
        yield letter, math.log(weight / sum(weights))
