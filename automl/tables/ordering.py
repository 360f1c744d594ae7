"""Categories that look ordered: known scales, sizes, and levels that begin with a number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automl.tables.levels import level_key

__all__ = ["find_order"]

_SCALES = tuple(
    tuple(step.split("/") for step in scale.split(" < "))
    for scale in (
        "none/no < very low/minimal < low/light < medium/moderate/mid/med/average/normal < high < very high/extreme",
        "none < mild < moderate < severe < very severe < critical",
        "low < guarded < elevated < high < severe",
        "xxs < xs/extra small < s/small < m/medium < l/large < xl/extra large < xxl/2xl < xxxl/3xl",
        "tiny < small < medium < large < huge",
        "never < almost never < rarely/seldom < occasionally < sometimes < often/frequently < usually "
        "< always/very often",
        "po/very poor < poor < fa/fair < ta/average/typical < gd/good < very good < ex/excellent",
        "bad < poor < ok/fair < good < very good < great < excellent < premium < ideal",
        "fair < good < very good < premium < ideal",
        "strongly disagree < disagree < somewhat disagree < neutral/neither agree nor disagree < somewhat agree "
        "< agree < strongly agree",
        "very dissatisfied < dissatisfied < neutral < satisfied < very satisfied",
        "very unlikely < unlikely < neutral < likely < very likely",
        "first/1st < second/2nd < third/3rd < fourth/4th < fifth/5th",
        "bronze < silver < gold < platinum < diamond",
        "basic < standard < plus < premium < enterprise",
        "beginner/novice < intermediate < advanced < expert",
        "junior < mid/middle < senior < lead < principal",
        "primary/elementary < secondary/high school < bachelor/bachelors/bachelor's < master/masters/master's "
        "< doctorate/phd/doctor",
        "child < teen/teenager < adult < senior",
        "mon/monday < tue/tuesday < wed/wednesday < thu/thursday < fri/friday < sat/saturday < sun/sunday",
        "jan/january < feb/february < mar/march < apr/april < may < jun/june < jul/july < aug/august "
        "< sep/september < oct/october < nov/november < dec/december",
        "q1 < q2 < q3 < q4",
        "niedrig/gering < mittel < hoch < sehr hoch",
        "klein < mittel < groß < sehr groß",
        "nie < selten < manchmal < oft < immer",
        "faible/bas < moyen < élevé/haut < très élevé",
        "bajo < medio < alto < muy alto",
    )
)
_PLACES = tuple({word: place for place, words in enumerate(scale) for word in words} for scale in _SCALES)
_WORDS = frozenset().union(*_PLACES)
_MIN_LEVELS = 3
_BOUND = r"\d+(?:[.,]\d+)?\s*[kKmM%]?"
_RANGE = re.compile(
    rf"(?P<less><=?|≤|under|less than|below|up to|unter|bis)?\s*[$€£]?(?P<low>{_BOUND})"
    rf"(?:\s*(?:-|\u2013|to|bis|and|und)\s*[$€£]?(?P<high>{_BOUND}))?"
    r"\s*(?P<more>\+|or more|and over|and above|or older|plus|und mehr)?\s*(?P<rest>[^\W\d][^\d]*)?",
    re.IGNORECASE,
)
_MORE = re.compile(r"(?:>=?|≥|over|more than|above|über)\s*", re.IGNORECASE)
_MAGNITUDES = {"k": 1e3, "m": 1e6}


def find_order(levels: Sequence[str]) -> tuple[str, ...]:
    """Return the levels from least to greatest; nothing where they have no order that can be told.

    Parameters
    ----------
    levels : sequence of str
        The levels of a category.
    """
    if not _MIN_LEVELS <= len(levels) <= 100:
        return ()
    return _by_scale(levels) or _by_range(levels)


def _by_scale(levels: Sequence[str]) -> tuple[str, ...]:
    words = {level: level_key(level).replace("-", " ").replace("_", " ") for level in levels}
    keys = set(words.values())
    if not keys <= _WORDS:
        return ()
    for places in _PLACES:
        if keys <= places.keys() and len({places[key] for key in keys}) == len(keys):
            return tuple(sorted(levels, key=lambda level: places[words[level]]))
    return ()


def _by_range(levels: Sequence[str]) -> tuple[str, ...]:
    """Order levels such as ``18-25``, ``<1 year``, ``10+ years`` by where they begin; one must be no bare number."""
    places = {level: _place(level) for level in levels}
    if None in places.values() or len({_rest(level) for level in levels}) > 1:
        return ()
    if len(set(places.values())) < len(levels) or not any(_is_open_or_range(level) for level in levels):
        return ()
    return tuple(sorted(levels, key=lambda level: places[level] or (0.0, 0)))


def _match(level: str) -> tuple[re.Match[str] | None, bool]:
    bare = _MORE.sub("", level.strip(), count=1) if _MORE.match(level.strip()) else level.strip()
    return _RANGE.fullmatch(bare), bare != level.strip()


def _place(level: str) -> tuple[float, int] | None:
    match, is_more = _match(level)
    if match is None:
        return None
    return _value(match["low"]), -1 if match["less"] else int(is_more or bool(match["more"]))


def _is_open_or_range(level: str) -> bool:
    match, is_more = _match(level)
    return match is not None and bool(is_more or match["less"] or match["more"] or match["high"])


def _rest(level: str) -> str:
    match, _ = _match(level)
    return "" if match is None else (match["rest"] or "").strip().casefold().rstrip("s")


def _value(text: str) -> float:
    number = text.strip().rstrip("%")
    factor = _MAGNITUDES.get(number[-1].casefold(), 1.0)
    return float(number.rstrip("kKmM ").replace(",", ".")) * factor
