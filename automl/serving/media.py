"""Bodies by their media type: JSON, delimited text, Arrow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from automl.arguments import did_you_mean
from automl.serving.arrow import read_arrow
from automl.serving.questions import SOURCE, Asker, Question, parse_level
from automl.serving.refusals import UNPROCESSABLE, WRONG_TYPE, RefusedError
from automl.tables.options import ReadOptions
from automl.tables.reading import read_delimited

__all__ = ["ARROW_FILE", "ARROW_STREAM", "CSV", "JSON", "question_of"]

JSON = "application/json"
CSV = "text/csv"
ARROW_STREAM = "application/vnd.apache.arrow.stream"
ARROW_FILE = "application/vnd.apache.arrow.file"
_WISHES = ("interval", "contributions")
_SWITCHES = {"true": True, "1": True, "false": False, "0": False, "": False}


def question_of(asker: Asker, content_type: str, query: Mapping[str, str], body: bytes) -> Question:
    """Return what a request asks.

    Parameters
    ----------
    asker : Asker
        Of the model.
    content_type : str
    query : mapping of str to str
        Of the address: what is wanted beside the predictions, as a body that is a table alone cannot say.
    body : bytes

    Raises
    ------
    RefusedError, DataError
        If the type is none that is read, the body is not of that type, or something unknown is wanted.
    """
    _check_names(query)
    level = parse_level(query["interval"]) if "interval" in query else None
    contributions = _switch(query)
    media = content_type.partition(";")[0].strip().lower()
    if media == JSON:
        asked = asker.question(body)
        return replace(asked, level=level or asked.level, contributions=contributions or asked.contributions)
    others: list[str] = []
    if media == CSV:
        table = replace(read_delimited(body, ReadOptions(), SOURCE), source=SOURCE)
    elif media in (ARROW_STREAM, ARROW_FILE):
        table, others = read_arrow(body, SOURCE, asker.check_rows, asker.known)
    else:
        raise RefusedError(
            WRONG_TYPE,
            f"A body of the type '{media[:100]}' is not read." if media else "The body has no type.",
            f"Send Content-Type: {JSON}, {CSV} or {ARROW_STREAM}.",
        )
    return asker.ask_table(table, level, contributions=contributions, others=others)


def _check_names(query: Mapping[str, str]) -> None:
    """Refuse a wish that is none: a misspelled one would be passed over in silence."""
    for name in query:
        if name not in _WISHES:
            hint = did_you_mean(name[:100], _WISHES) or f"The address may bring: {', '.join(_WISHES)}."
            raise RefusedError(UNPROCESSABLE, f"There is no parameter '{name[:100]}'.", hint, name[:100])


def _switch(query: Mapping[str, str]) -> bool:
    text = query.get("contributions", "").lower()
    if text not in _SWITCHES:
        raise RefusedError(UNPROCESSABLE, "'contributions' must be true or false.", "", "contributions")
    return _SWITCHES[text]
