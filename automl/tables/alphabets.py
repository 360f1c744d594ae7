"""The letters beyond ASCII that languages are written in: what tells the code pages of Latin letters apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["reads_better"]

_WORD = re.compile(r"[^\W\d_]{3,}")
_WESTERN = ("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "ãáàâçéêíóôõúü", "àèéìòù", "åäö", "æøåé", "ëïéèöü", "áæðéíóöúýþ")
_OTHERS = {
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß"),
    "cp1254": ("çğ\u0131iöşüâî",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"),
}


def reads_better(sample: bytes, encoding: str, *, is_likely: bool = True) -> bool:
    """Whether a text is more likely written in a code page of other Latin letters than in the western one, cp1252.

    In the right one more words have all their letters in the alphabet of one language. Where as many do in both, it is
    the western one, unless one other language has all letters of the text and no western one has.

    Parameters
    ----------
    sample : bytes
    encoding : str
        ``"cp1250"``, ``"cp1254"`` or ``"cp1257"``; no other one does.
    is_likely : bool
        Whether the code page was guessed by other means, too; otherwise only more words speak for it.
    """
    alphabets = _OTHERS.get(encoding, ())
    words, western = (_marked_words(sample, name) for name in (encoding, "cp1252"))
    if words == western:
        return False
    n_words, n_western = _count_spelled(words, alphabets), _count_spelled(western, _WESTERN)
    if n_words != n_western or not is_likely:
        return n_words > n_western
    letters, western_letters = ({letter for word in each for letter in word} for each in (words, western))
    return _is_spelled(letters, alphabets) and not _is_spelled(western_letters, _WESTERN)


def _marked_words(sample: bytes, encoding: str) -> list[set[str]]:
    """Return the letters beyond ASCII of each word that has some; a sign beside a number is no word."""
    words = _WORD.findall(sample.decode(encoding, errors="replace"))
    marked = ({letter.lower()[:1] for letter in word if not letter.isascii()} for word in words)
    return [letters for letters in marked if letters]


def _count_spelled(words: Iterable[set[str]], alphabets: Sequence[str]) -> int:
    return sum(_is_spelled(word, alphabets) for word in words)


def _is_spelled(letters: set[str], alphabets: Sequence[str]) -> bool:
    return any(letters.issubset(alphabet) for alphabet in alphabets)
