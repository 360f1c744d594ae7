"""How a delimited text file is written: delimiter, quote and escape, judged from its beginning."""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from automl.tables.dialectscores import QUOTED_BY_SPACES, dialect_score
from automl.tables.framedcells import find_frame
from automl.tables.options import ReadOptions
from automl.tables.records import Record, read_records
from automl.tables.stateddelimiter import stated_delimiter
from automl.tables.table import Dialect
from automl.tables.tokens import Tokenizer

__all__ = ["Sniffed", "sniff"]

# What each delimiter's score is multiplied by: the rarer one is, the clearer it has to be.
_DELIMITERS = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 1.0, ":": 0.6, " ": 0.5}
_RARE_DELIMITERS = {"\x1f": 0.9, "\x01": 0.9, "~": 0.7, "^": 0.7, "¦": 0.7, "¬": 0.7, "§": 0.7, "#": 0.5, "=": 0.5}
# What a keyboard of Chinese or Japanese types: parts of sentences too.
_FULL_WIDTH_DELIMITERS = {"\uff0c": 0.6, "\uff1b": 0.6}
_LONG_DELIMITER = re.compile(r"([^\w\s\"'.()$€£%+-])\1{1,3}|[|~^<>=@#&*]{2,4}")
_LONG_DELIMITER_FACTOR = 1.3
_NO_DELIMITER = "\x1f"
_SAMPLE_RECORDS = 250
_NEARLY_ALL = 0.9
_ESCAPED = re.compile(r"\\[\"',;:|\t\\]")
_ESCAPED_QUOTES = {'\\"', "\\'"}
_COMMENTS = ("# ", "#\r", "#\n")
_RIVAL = 0.8
_SAME = 0.999
# One cell between quotes is a table's only sign of them: they have to make it clearly better.
_LONE_QUOTED = 0.95
# So few cells between quotes that need none may be marks that belong to them.
_FEW_QUOTED = 5
# Quotes that open a cell in so many of a file's lines, and close none there, may be no quotes.
_STRAY_SHARE = 0.8
_STRAY_LINES = 250


@dataclass(frozen=True)
class Sniffed:
    """What the beginning of a file tells about how it is written.

    Attributes
    ----------
    dialect : Dialect
        Its delimiter, quote and escape are found; header and preamble are left to the layout.
    rival : str
        Another delimiter that reads the file nearly as well; empty where none does.
    has_other_quotes : bool
        Whether another quote or escape reads the file as well, and differently.
    """

    dialect: Dialect
    rival: str = ""
    has_other_quotes: bool = False


@dataclass(frozen=True)
class _Candidate:
    dialect: Dialect
    factor: float
    records: Sequence[Record]

    @property
    def score(self) -> float:
        return self.factor * dialect_score(self.records, self.dialect)


def sniff(text: str, encoding: str, options: ReadOptions, *, is_whole: bool = True) -> Sniffed:
    """Find the delimiter, quote and escape that ``options`` leaves open.

    Parameters
    ----------
    text : str
        The file's beginning, decoded.
    encoding : str
    options : ReadOptions
    is_whole : bool
        False where ``text`` ends somewhere in the file: its last record is then left out.
    """
    if options.skip_rows:
        text = "".join(itertools.islice(io.StringIO(text, newline=""), options.skip_rows, None))
    frame = find_frame(text) if options.delimiter is None and options.quote is None else None
    if frame is not None:
        return Sniffed(Dialect(frame.delimiter, frame.quote, encoding=encoding))
    candidates = [
        _Candidate(dialect, factor, _sample(text, dialect, is_whole))
        for dialect, factor in _dialects(text, encoding, options)
    ]
    columns = options.columns if options.delimiter is None and options.has_header is not False else ()
    named = [_count_named(candidate, columns) for candidate in candidates]
    scores = [
        candidate.score if held == max(named) and not _is_one_name(candidate, columns) else 0.0
        for candidate, held in zip(candidates, named, strict=True)
    ]
    likeliest = max(range(len(candidates)), key=lambda at: scores[at])
    plainer = _as_good_without_quotes(text, likeliest, candidates)
    best = likeliest if plainer is None or _are_quotes(text, candidates[likeliest].dialect) else plainer
    chosen = candidates[best].dialect
    if options.delimiter is None and scores[best] <= 0:
        return Sniffed(_one_column_dialect(text, candidates[0].dialect, is_whole))
    rivals = [
        candidate.dialect.delimiter
        for candidate, score in zip(candidates, scores, strict=True)
        if score >= _RIVAL * scores[best] > 0 and candidate.dialect.delimiter not in chosen.delimiter
    ]
    has_other_quotes = plainer is not None or any(
        score / candidate.factor >= _SAME * scores[best] / candidates[best].factor
        and _differ_in_quotes(candidates[best], candidate)
        for candidate, score in zip(candidates, scores, strict=True)
    )
    return Sniffed(chosen, rivals[0] if rivals else "", has_other_quotes)


def _count_named(candidate: _Candidate, columns: Sequence[str]) -> int:
    """Count how many of the known names one record holds: split at another delimiter, the header holds fewer."""
    known = frozenset(columns)
    records = candidate.records if known else ()
    return max((len(known.intersection(map(str.strip, record.cells))) for record in records), default=0)


def _is_one_name(candidate: _Candidate, columns: Sequence[str]) -> bool:
    """Whether the first record is one of a model's names and no more, so that no delimiter stands in the table."""
    names = candidate.records[0].cells if candidate.records and len(columns) > 1 else []
    return len(names) == 1 and names[0].strip() in columns


def _differ_in_quotes(chosen: _Candidate, other: _Candidate) -> bool:
    """Whether another quote, or no escape where one is taken, makes other cells of the same columns."""
    first, second = chosen.dialect, other.dialect
    if first.delimiter != second.delimiter or not (first.quote != second.quote or first.escape > second.escape):
        return False
    return [record.cells for record in chosen.records] != [record.cells for record in other.records]


def _as_good_without_quotes(text: str, chosen: int, candidates: Sequence[_Candidate]) -> int | None:
    """Return another quote's candidate where the only signs of the chosen one are a few cells that need none.

    Quotes on both sides of a cell, or apostrophes at the beginning of several lines, may belong to what they say:
    rows have as many cells either way.
    """
    best = candidates[chosen]
    written = best.dialect
    quoted = [] if written.escape or not written.quote else _quoted(text, written.delimiter, written.quote)
    if not 0 < len(quoted) < _FEW_QUOTED:
        return None
    is_plain = not any(mark in cell for cell in quoted for mark in (written.delimiter, "\r", "\n"))
    widths = {len(record.cells) for record in best.records}
    others = (
        at
        for at, other in enumerate(candidates)
        if other.dialect.quote != written.quote
        and other.dialect.delimiter == written.delimiter
        and (is_plain or _differ_in_quotes(best, other))
        and {len(record.cells) for record in other.records} == widths
    )
    return next(others, None)


def _are_quotes(text: str, dialect: Dialect) -> bool:
    """Whether marks around cells are quotes rather than apostrophes around one of them, or around nothing."""
    if dialect.quote != "'":
        return True
    quoted = _quoted(text, dialect.delimiter, dialect.quote)
    return len(quoted) > 1 and any(cell != 2 * dialect.quote for cell in quoted)


def _dialects(text: str, encoding: str, options: ReadOptions) -> Iterator[tuple[Dialect, float]]:
    """Yield the dialects worth a trial, each with the factor of its delimiter; of equally good ones the first wins."""
    known = options.delimiter or stated_delimiter(text)
    delimiters = _likely_delimiters(text) if known is None else {known: 1.0}
    escapes = _likely_escapes(text)
    if "\0" in text:  # those that escape nothing were removed
        escapes = ("\0",)
    for delimiter, factor in delimiters.items():
        for escape in escapes:
            double = Dialect(delimiter, '"', escape, encoding)
            if options.quote is not None:
                yield replace(double, quote=options.quote), factor
                continue
            single = replace(double, quote="'", escape=escape or _other_doubling(text))
            n_single, n_double = (len(_quoted(text, delimiter, quote)) for quote in "'\"")
            if n_single > max(1, n_double):
                yield single, factor
            yield double, factor
            if _is_left_open(text, double):
                yield replace(double, quote=""), factor
            elif 0 < n_double < _FEW_QUOTED:
                yield replace(double, quote=""), factor * _LONE_QUOTED
            if n_single == 1 > n_double:
                yield single, factor * _LONE_QUOTED
            if n_single > n_double and single.escape == '"':
                yield replace(single, escape=""), factor


def _likely_escapes(text: str) -> tuple[str, ...]:
    """Return the escapes worth a trial, the likelier first: backslashes that all stand before marks or in pairs."""
    escaped = set(_ESCAPED.findall(text))
    if not escaped:
        return ("",)
    is_likely = bool(escaped & _ESCAPED_QUOTES) and "\\" not in _ESCAPED.sub("", text)
    return ("\\", "") if is_likely else ("", "\\")


def _is_left_open(text: str, dialect: Dialect) -> bool:
    """Whether nearly every line ends inside a cell that a quote opened, as where ``"`` stands for inches."""
    tokenizer = Tokenizer(dialect)
    lines = list(itertools.islice(io.StringIO(text, newline=""), _STRAY_LINES))
    return sum(map(tokenizer.is_open, lines)) >= _STRAY_SHARE * len(lines)


def _other_doubling(text: str) -> str:
    """Return a double quote where all of them stand doubled, though the cells are quoted otherwise."""
    runs = re.findall('"+', text)
    return '"' if runs and all(len(run) % 2 == 0 for run in runs) else ""


def _likely_delimiters(text: str) -> dict[str, float]:
    found = {mark: factor for mark, factor in _DELIMITERS.items() if mark in text}
    if " " in found and len(QUOTED_BY_SPACES.findall(text)) > text.count("\n") / 2 > 0:
        found[" "] = 1.0
    rare = _RARE_DELIMITERS | _FULL_WIDTH_DELIMITERS
    found.update({mark: factor for mark, factor in rare.items() if mark in text})
    lines = [line for line in text[:50_000].splitlines() if line.strip()][:50]
    counts = Counter(mark for line in lines for mark in {match[0] for match in _LONG_DELIMITER.finditer(line)})
    common = [mark for mark, count in counts.most_common(4) if count >= _NEARLY_ALL * len(lines)]
    found.update({mark: _LONG_DELIMITER_FACTOR for mark in common if _is_regular(mark, lines)})
    return found or {",": 1.0}


def _is_regular(mark: str, lines: Sequence[str]) -> bool:
    """Whether a mark of several characters stands equally often on nearly every line."""
    counts = Counter(line.count(mark) for line in lines)
    if all(line.endswith(mark) and line.count(mark) == 1 for line in lines if mark in line):
        return False  # empty cells behind the last column
    is_doubled = mark[0] in ",;|\t" and set(mark) == {mark[0]}
    if len(lines) < 2 or (is_doubled and any(line.count(mark[0]) > len(mark) * line.count(mark) for line in lines)):
        return False  # with the mark alone in places, two of them are an empty cell
    _, lines_alike = counts.most_common(1)[0]
    return lines_alike >= _NEARLY_ALL * len(lines)


def _sample(text: str, dialect: Dialect, is_whole: bool) -> list[Record]:
    records = read_records(io.StringIO(text, newline=""), Tokenizer(dialect))
    rows = (record for record in records if not (record.is_empty or record.text.startswith(_COMMENTS)))
    filled = list(itertools.islice(rows, _SAMPLE_RECORDS + 1))
    if len(filled) > _SAMPLE_RECORDS or not (is_whole or len(filled) < 2):
        filled.pop()
    return filled if is_whole else _before_endless_cell(filled)


def _before_endless_cell(records: list[Record]) -> list[Record]:
    """Leave out the lines of a quoted cell that goes on beyond the sample: none of them looks like a row."""
    for position, record in enumerate(records):
        if not record.is_sound and position and len(record.cells) > 1:
            following = records[position + 1 :]
            if following and all(len(other.cells) == 1 for other in following):
                return records[:position]
    return records


def _one_column_dialect(text: str, dialect: Dialect, is_whole: bool) -> Dialect:
    """Return a dialect under which every record is one cell: a delimiter that stands nowhere outside quotes."""
    for delimiter in (",", ";", "\t", "|", _NO_DELIMITER):
        candidate = replace(dialect, delimiter=delimiter)
        if all(len(record.cells) == 1 for record in _sample(text, candidate, is_whole)):
            return candidate
    return candidate


def _quoted(text: str, delimiter: str, quote: str) -> list[str]:
    """Return the cells that stand in quotes, with them."""
    mark, ends = re.escape(delimiter), re.escape(quote)
    found = []
    for escaped in ("", rf"\\{ends}|"):
        cell = rf"{ends}(?:{escaped}[^{ends}]|{ends}{ends}){{0,500}}+{ends}"
        pattern = rf"(?:^|[\r\n]|{mark}) ?({cell})(?={mark}|\r?$|\r)"
        found.append(re.findall(pattern, text, re.MULTILINE))
    return max(found, key=len)
