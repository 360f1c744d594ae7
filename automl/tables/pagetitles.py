"""Titles and names that come again on each page of a printed report, before it is known where its columns stand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

__all__ = ["printed_lines"]

_FORM_FEED = "\f"
_NUMBER = re.compile(r"\d+")
_MAX_TITLES = 10


def printed_lines(text: str) -> list[str]:
    """Return the lines of a text that are not blank, without what begins each of its pages but for the names.

    Parameters
    ----------
    text : str
        A file, or its beginning; form feeds part its pages.

    Returns
    -------
    list of str
        All lines where there is one page only, or where the pages begin with different lines. Else what all pages
        begin with stands there once: its last line of several words, above the rows of all pages.
    """
    pages = [_filled_lines(page) for page in text.split(_FORM_FEED)]
    pages = [page for page in pages if page]
    lines = list(itertools.chain.from_iterable(pages))
    if len(pages) < 2:
        return lines
    n_titles = _count_titles(pages)
    names = [line for line in pages[0][:n_titles] if len(re.findall(r"\w+", line)) > 1][-1:]
    rows = itertools.chain.from_iterable(page[n_titles:] for page in pages)
    return [*names, *rows] if n_titles else lines


def _filled_lines(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.strip()]


def _count_titles(pages: Sequence[Sequence[str]]) -> int:
    """Count the lines that all pages begin with, whatever numbers stand in them."""
    beginnings = ([_NUMBER.sub("", line).strip() for line in page[:_MAX_TITLES]] for page in pages)
    return sum(1 for _ in itertools.takewhile(lambda same: len(set(same)) == 1, zip(*beginnings, strict=False)))
