"""Names of people: told by what the column is called and by how its cells are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

__all__ = ["are_names_of_people"]

_MOST = 0.9
# Fewer values are a category's levels; where the column's name is plain, more of them are needed.
_FEWEST_DISTINCT = 5
_FEWEST_OF_PLAIN_NAME = 10
_LEAST_VARIETY = 0.2
# Of cells of several words, so many have a first name known here or a title; of single words far more.
_FEWEST_GIVEN = 0.2
_FEWEST_GIVEN_ALONE = 0.6
_LONGEST = 80


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What only people have: one of these words in the name of a column, ...
_ONLY_PEOPLE_HAVE = _words(
    """firstname lastname fullname surname forename givenname familyname maidenname middlename vorname nachname
    zuname familienname geburtsname rufname prenom prénom apellido apellidos cognome achternaam voornaam
    efternamn förnamn imię nazwisko"""
)
# ... or one of these beside "name".
_OF_PEOPLE = _words(
    """first last full middle maiden given family birth sur fore person patient passenger employee student teacher
    doctor physician nurse driver author applicant borrower cardholder guest player spouse tenant"""
)
# These may be companies or anything else, so the cells have to tell.
_PERHAPS_OF_PEOPLE = _words(
    "customer client contact owner buyer seller user member account holder agent manager director kunde kunden"
)
_NAME = _words("name names nom nombre nome naam namn")
_LINKS = _words("of the de des der")
_TITLES = _words("mr mrs ms miss master dr prof herr frau sir lady rev mme señor señora")
_PARTICLES = _words("von van de der den del della da di do dos la le du zu zum zur ten ter bin ibn al el y e und")
_GIVEN = _words(
    """aaron adam ahmed aisha alan albert alejandro alessandro alex alexander alice ali amanda amelia amy ana
    andrea andreas andrew angela anita anja anna anne anthony antonio arthur barbara ben benjamin bernd birgit
    bob brandon brian bruno camille carla carlos carol caroline catherine charles charlotte chloe christian
    christina christine christopher clara claire claudia daniel daniela dave david deborah dennis diana diego
    dieter dmitri donald dorothy edward elena elif elias elisabeth elizabeth ella emily emma eric erik ethan eva
    fatima felix fernando finn florian francesco francois frank franz frederick gabriel george gerd giulia
    giuseppe grace greta gustav hannah hans harold heather heike helen helga henry hiroshi ibrahim ida ines
    ingrid isabella ivan jack jacob james jan jane jason jean jeffrey jennifer jessica joan johann johannes john
    jonas jonathan jorge jose josef joseph joshua juan julia julian jürgen karen karl katharina katherine
    kathrin kenneth kevin klaus lars laura lea lena leon leonie linda lisa louis louise luca lucas lucia luis
    lukas luke magdalena manuel marco margaret maria marie mark markus marta martin martha mary mateo matthew
    matthias max mehmet melissa mia michael michelle miguel mohamed mohammed monika mona muhammad mustafa nadia
    nancy natalia nathan nicholas nicolas nicole nils nina noah nora olga oliver olivia omar oscar otto pablo
    patricia patrick paul paula pedro peter petra philip pierre priya rachel rahul raj ralf raymond rebecca
    renate ricardo richard robert roberto ronald rosa ruth ryan sabine samantha samuel sandra sara sarah scott
    sebastian sergei sharon silke simon sofia sonja sophia sophie stefan stefanie stephanie stephen steven susan
    susanne sven tanja tatiana teresa thomas timothy tina tobias tom tyler udo ulrich ursula uwe vera victor
    victoria vincent vladimir walter werner wilhelm william wolfgang xavier yusuf yuki zoe"""
)
_WORD = re.compile(r"[^\W\d_]+")
# Letters and what stands between and around names: Cumings, Mrs. John (Florence Briggs); O'Neill; Anne-Marie.
_MARKS = " .,'\N{RIGHT SINGLE QUOTATION MARK}`\"()\\-"
_WRITTEN_AS_NAME = re.compile(rf"[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]+){{0,9}}[{_MARKS}]*")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def are_names_of_people(name: str, texts: Sequence[str], n_cells: int) -> bool:
    """Whether a column holds the names of people.

    Parameters
    ----------
    name : str
        The column's name. One that only people have, such as ``last_name``, needs cells that could be names; a plain
        ``name`` or ``customer_name`` needs first names or titles among them.
    texts : sequence of str
        Its distinct values.
    n_cells : int
        How many cells have these values: few values on many cells are the levels of a category.
    """
    words = [word for word in map(str.lower, _WORD.findall(_CAMEL.sub(" ", name))) if word not in _LINKS]
    is_certain = _only_people_have(words)
    if not is_certain and (_NAME.isdisjoint(words) or not set(words) <= _NAME | _PERHAPS_OF_PEOPLE):
        return False
    fewest = _FEWEST_DISTINCT if is_certain else _FEWEST_OF_PLAIN_NAME
    if len(texts) < max(3, min(fewest, n_cells / 2)):
        return False
    if sum(map(_is_written_as_name, texts)) < _MOST * len(texts):
        return False
    return is_certain or (len(texts) >= _LEAST_VARIETY * n_cells and _tell_of_people(texts))


def _only_people_have(words: Sequence[str]) -> bool:
    """Whether a column's name says of whom it is: ``last_name``, ``NameLast``, ``patient name``, ``Nachname``."""
    if not _ONLY_PEOPLE_HAVE.isdisjoint(words):
        return True
    return any(not _NAME.isdisjoint(pair) and not _OF_PEOPLE.isdisjoint(pair) for pair in pairwise(words))


def _is_written_as_name(text: str) -> bool:
    return len(text) <= _LONGEST and _WRITTEN_AS_NAME.fullmatch(text) is not None


def _tell_of_people(texts: Sequence[str]) -> bool:
    """Whether words are capitalised, and enough of them are first names or titles to be no names of things."""
    parts = [_WORD.findall(text) for text in texts]
    if sum(map(_are_capitalised, parts)) < _MOST * len(texts):
        return False
    known = sum(not (_GIVEN | _TITLES).isdisjoint(map(str.lower, words)) for words in parts)
    alone = sum(len(words) == 1 for words in parts)
    return known >= (_FEWEST_GIVEN_ALONE if 2 * alone > len(texts) else _FEWEST_GIVEN) * len(texts)


def _are_capitalised(words: Sequence[str]) -> bool:
    """Whether no word but ``von``, ``de`` and their like begins with a small letter; not all scripts have any."""
    return all(not word[0].islower() or word in _PARTICLES for word in words)
