"""Reports in pages: the same header comes again on each, below a title that counts them or above a ruled line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from automl.tables.records import Record
from automl.tables.remarks import is_rule

__all__ = ["find_page_start"]

_FORM_FEED = "\f"
_PAGE = re.compile(r"\b(?:page|seite|página|pagina|strona|sida|side|blatt|стр)\b\W{0,3}\d", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_MAX_TITLES = 5


def find_page_start(records: Sequence[Record], first: int, again: int, number: int) -> int | None:
    """Return where a page begins whose header is that of the first page; None where it is no page of that report.

    Parameters
    ----------
    records : sequence of Record
    first, again : int
        Positions of the first page's header and of the one that comes again.
    number : int
        Which page that would be; the first is 1.
    """
    titles = _titles(records, first)
    count = len(titles)
    above = _titles(records, again)[:count]
    texts, texts_above = ([records[position].text.strip() for position in each] for each in (titles, above))
    is_same = [_NUMBER.sub("", text) for text in texts] == [_NUMBER.sub("", text) for text in texts_above]
    start = above[-1] if above and is_same else again
    if any(_FORM_FEED in record.text for record in records[start : again + 1]):
        return start
    is_counted = is_same and (_counts(texts, texts_above, number) or any(map(_PAGE.search, texts_above)))
    return start if is_counted or (_is_ruled(records, first) and _is_ruled(records, again)) else None


def _titles(records: Sequence[Record], header: int) -> list[int]:
    """Return the positions of the lines of text above a header, the nearest first."""
    above = range(header - 1, -1, -1)
    texts = (position for position in above if not records[position].is_empty and not is_rule(records[position].text))
    return list(itertools.islice(texts, _MAX_TITLES))


def _counts(first: Sequence[str], again: Sequence[str], number: int) -> bool:
    """Whether the titles of the first page hold a 1, and those of another one its number."""
    pages = ((first, 1), (again, number))
    return all(any(str(page) in _NUMBER.findall(text) for text in texts) for texts, page in pages)


def _is_ruled(records: Sequence[Record], header: int) -> bool:
    return header + 1 < len(records) and is_rule(records[header + 1].text)
