"""Words for yes and no in several languages."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["FALSE_WORDS", "TRUE_WORDS", "find_boolean_words"]

_PAIRS = (
    "yes no|true false|y n|t f|on off",
    "ja nein|j n|wahr falsch|oui non|vrai faux|sí no|si no|s n|verdadero falso|sì no|vero falso",
    "sim não|sim nao|verdadeiro falso|ja nee|waar onwaar|ja nej|ja nei|sant falskt|kyllä ei|tak nie|prawda fałsz",
    "ano ne|igen nem|da nu|да нет|истина ложь|так ні|evet hayır|doğru yanlış|ναι όχι|はい いいえ|是 否|예 아니요",  # noqa: RUF001
)
_WORDS = [pair.split() for line in _PAIRS for pair in line.split("|")]
TRUE_WORDS = tuple(dict.fromkeys(true for true, _ in _WORDS))
FALSE_WORDS = tuple(dict.fromkeys(false for _, false in _WORDS))


def find_boolean_words(texts: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find which of a column's texts mean yes and which mean no.

    Returns
    -------
    (tuple of str, tuple of str)
        Case-folded words for yes and for no; both empty unless every text is one of them and both are there.
    """
    words: set[str] = set()
    for text in texts:
        words.add(text.casefold())
        if len(words) > len(_WORDS):
            return (), ()
    yes = tuple(word for word in TRUE_WORDS if word in words)
    no = tuple(word for word in FALSE_WORDS if word in words)
    if (
        not (yes and no)
        or len(words) > len(yes) + len(no)
        or not any(true in yes and false in no for true, false in _WORDS)
    ):
        return (), ()
    return yes, no
