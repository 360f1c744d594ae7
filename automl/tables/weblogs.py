"""Logs whose line `#Fields:`, as web servers write them (W3C), or `#fields`, as Zeek does, names the columns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["WebLog", "find_web_log"]

_FIELDS = re.compile(r"#Fields(?::[ \t]*|\t)(?P<names>\S[^\r\n]*)", re.IGNORECASE)
_MARK = "#"
_MAX_LINES = 50
_MIN_NAMES = 2


@dataclass(frozen=True)
class WebLog:
    """How the lines of such a log become those of a table.

    Attributes
    ----------
    delimiter : str
        What stands between the cells of a row; the names may stand apart by spaces all the same.
    """

    delimiter: str

    def rewritten(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines with the names as a row of their own; other lines as they stand."""
        for line in lines:
            match = _FIELDS.match(line)
            yield line if match is None else self.delimiter.join(match["names"].split()) + line[match.end() :]


def find_web_log(text: str) -> WebLog | None:
    """Find out whether a text is such a log.

    Parameters
    ----------
    text : str
        A file, or its beginning.

    Returns
    -------
    WebLog or None
        None where no line names as many fields as the first row below has cells.
    """
    lines = list(itertools.islice(text.removeprefix("\ufeff").splitlines(), _MAX_LINES))
    if not lines or not lines[0].startswith(_MARK):
        return None
    names = next((match["names"].split() for match in map(_FIELDS.match, lines) if match), [])
    row = next((line for line in lines if line.strip() and not line.startswith(_MARK)), "")
    delimiter = "\t" if "\t" in row else " "
    is_log = len(names) >= _MIN_NAMES and len(row.split(delimiter)) >= len(names)
    return WebLog(delimiter) if is_log else None
