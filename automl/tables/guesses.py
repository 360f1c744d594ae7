"""What the reader guessed or repaired, as findings that say which flag overrules it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

from automl.findings import Finding, Severity, added_counts
from automl.tables.layout import Layout
from automl.tables.mixedencoding import MIXED
from automl.tables.options import ReadOptions
from automl.tables.personal_cells import without_personal_parts
from automl.tables.records import Record
from automl.tables.repair import RowCounts, RowRepairer
from automl.tables.sniffing import Sniffed
from automl.tables.table import Dialect

__all__ = [
    "encoding_findings",
    "layout_findings",
    "lines_left_out",
    "nul_findings",
    "ragged_rows",
    "row_findings",
    "sniffed_findings",
]

_SPELLED = {"\t": "a tab", " ": "a space"}
_SHOWN = 60
_READ = 1_000


def encoding_findings(count: int, encoding: str, *, is_given: bool) -> tuple[Finding, ...]:
    """Report an encoding that was guessed, and its ``count`` bytes that are no characters in it."""
    found = []
    if encoding == MIXED and not is_given:
        message = "Part of the file is written in UTF-8, but some of its bytes are not."
        action = "Those bytes were read as cp1252; say --encoding for one encoding throughout."
        found.append(Finding("encoding_guessed", Severity.WARNING, message, action=action))
    if not is_given and not encoding.startswith("utf"):
        message = f"The file is not written in UTF-8; it was read as {encoding}."
        found.append(Finding("encoding_guessed", Severity.INFO, message, action="Say --encoding for another."))
    if count:
        message = f"{count:,} bytes of the file are no characters in {encoding}."
        action = "Each stands as \ufffd; say --encoding for another encoding."
        found.append(Finding("undecodable_bytes", Severity.WARNING, message, action=action))
    return tuple(found)


def sniffed_findings(sniffed: Sniffed, options: ReadOptions) -> tuple[Finding, ...]:
    """Report quotes that were taken for none or for others, and a delimiter that another one could replace."""
    found = []
    if options.quote is None and not sniffed.dialect.quote:
        found.append(_stray_quotes())
    if sniffed.has_other_quotes:
        found.append(_ambiguous_quotes(sniffed.dialect))
    if sniffed.rival and options.delimiter is None:
        chosen, rival = (_SPELLED.get(mark, f"'{mark}'") for mark in (sniffed.dialect.delimiter, sniffed.rival))
        message = f"The cells could be separated by {chosen} or by {rival}."
        action = f"They are split at {chosen}; say --delimiter for the other."
        found.append(Finding("ambiguous_delimiter", Severity.WARNING, message, action=action))
    return tuple(found)


def _ambiguous_quotes(dialect: Dialect) -> Finding:
    escape = " and a backslash as an escape" if dialect.escape == "\\" else ""
    message = "Some cells read otherwise with another quote or without an escape, and no better or worse."
    action = f"They are read with {dialect.quote or 'no quote'} as the quote{escape}; say --quote for another quote."
    return Finding("ambiguous_quotes", Severity.WARNING, message, action=action)


def _stray_quotes() -> Finding:
    message = "Nearly every line has a quote that opens a cell and is not closed there."
    action = "It was read as an ordinary character; correct the file, or name the quote with --quote."
    return Finding("unbalanced_quotes", Severity.WARNING, message, action=action)


def layout_findings(layout: Layout, dialect: Dialect, records: Sequence[Record]) -> tuple[Finding, ...]:
    """Report what stands around the table, and what was taken for its header."""
    found = (
        _preamble(dialect),
        _header(layout),
        _short_header(layout, records),
        _several_header_rows(layout),
        _footer(layout, records),
        _comments(layout, records),
        _repeated_headers(layout, records),
        _other_tables(layout),
    )
    return tuple(finding for finding in found if finding is not None)


def row_findings(repairer: RowRepairer, n_rows: int) -> tuple[Finding, ...]:
    """Report how many rows were repaired, padded, cut or joined, and start counting anew."""
    counts = repairer.take_counts()
    found = []
    if counts.odd_quotes:
        found.append(
            Finding(
                "unbalanced_quotes",
                Severity.WARNING,
                f"{counts.odd_quotes:,} rows hold a quote that is opened or closed in the wrong place.",
                action="It was read as an ordinary character; correct the file, or name another quote with --quote.",
            )
        )
    if counts.repaired:
        found.append(
            Finding(
                "repaired_rows",
                Severity.WARNING,
                f"{counts.repaired:,} of {n_rows:,} rows had a delimiter or quote too many, too few or another.",
                action="Each was read in the one way in which its cells look as their columns do; check them.",
                counts=(("repaired", counts.repaired),),
            )
        )
    if counts.rejoined:
        found.append(
            Finding(
                "rejoined_rows",
                Severity.WARNING,
                f"{counts.rejoined:,} of {n_rows:,} rows were broken over several lines without quotes.",
                action="Their pieces were joined again; quote cells that hold line breaks.",
            )
        )
    ragged = _ragged(counts, repairer.width, n_rows)
    return (*found, *((ragged,) if ragged else ()))


def ragged_rows(findings: Iterable[Finding]) -> Counter[str]:
    """Return how many rows were too short, too long and repaired, by what the reader found."""
    found = tuple(findings)
    none = {"short": 0, "long": 0, "repaired": 0}
    return Counter({**none, **added_counts(found, "ragged_rows"), **added_counts(found, "repaired_rows")})


def lines_left_out(findings: Iterable[Finding]) -> Counter[str]:
    """Return how many lines with something in them were taken for a footer and for comments, by what was found."""
    found = tuple(findings)
    none = {"footer": 0, "comments": 0}
    return Counter({**none, **added_counts(found, "footer_skipped"), **added_counts(found, "comment_lines")})


def nul_findings(count: int) -> tuple[Finding, ...]:
    """Report NUL characters that were removed."""
    if not count:
        return ()
    message = f"The file holds {count:,} NUL characters."
    return (Finding("nul_characters", Severity.WARNING, message, action="They were removed."),)


def _ragged(counts: RowCounts, width: int, n_rows: int) -> Finding | None:
    number = counts.short + counts.cut + counts.joined
    if not number:
        return None
    kinds = (
        (counts.short, "too short"),
        (counts.cut, "with empty cells at the end"),
        (counts.joined, "too long"),
    )
    parts = ", ".join(f"{count:,} {what}" for count, what in kinds if count)
    return Finding(
        code="ragged_rows",
        severity=Severity.INFO if number == counts.cut else Severity.WARNING,
        message=f"{number:,} of {n_rows:,} rows do not have {width} cells: {parts}.",
        action=_ragged_action(counts, number),
        counts=(("short", counts.short), ("long", counts.joined)),
    )


def _ragged_action(counts: RowCounts, number: int) -> str:
    """Say what was done; where a gap or a surplus stood is not known, so that cells may be under a wrong name."""
    if number == counts.cut:
        return "The empty cells were left out."
    done = (
        (counts.short, "Short rows were padded with empty cells at their end"),
        (counts.joined, "extra cells were joined into the last one"),
    )
    text = "; ".join(what for count, what in done if count)
    return f"{text[:1].upper()}{text[1:]}. Where the gap or surplus was further left, cells are under a wrong name."


def _preamble(dialect: Dialect) -> Finding | None:
    if not dialect.skip_rows:
        return None
    one = dialect.skip_rows == 1
    message = f"{dialect.skip_rows:,} {'line' if one else 'lines'} before the table {'was' if one else 'were'} skipped."
    return Finding("preamble_skipped", Severity.INFO, message, action="Say --skip-rows 0 if they belong to the table.")


def _header(layout: Layout) -> Finding | None:
    if layout.header.n_rows or not layout.width:
        return None
    message = f"The file has no header row; its columns are called col_0 to col_{layout.width - 1}."
    return Finding("no_header", Severity.WARNING, message, action="Say --header if the first row is one.")


def _short_header(layout: Layout, records: Sequence[Record]) -> Finding | None:
    """Say which column has no name where the rows have more cells than the header."""
    end, n_rows = layout.parts[0][0] if layout.parts else 0, layout.header.n_rows
    n_names = max((len(record.cells) for record in records[max(0, end - n_rows) : end]), default=0)
    if not n_rows or n_names >= layout.width or not any(layout.header.names):
        return None
    has_row_names = not layout.header.names[0].strip()
    message = f"The rows have {layout.width} cells under {n_names} names."
    action = "The first column was taken for names of rows" if has_row_names else "The last columns have no name"
    action += "; correct the header if the names stand over other columns."
    return Finding("short_header", Severity.WARNING, message, action=action)


def _several_header_rows(layout: Layout) -> Finding | None:
    if layout.header.n_rows < 2:
        return None
    message = f"The first {layout.header.n_rows} rows of the table hold names."
    action = "They were joined column by column; say --skip-rows to leave out the upper ones."
    if not layout.header.is_joined:
        action = "The one with the target or the columns of the model was taken, the others were left out."
    return Finding("several_header_rows", Severity.INFO, message, action=action)


def _footer(layout: Layout, records: Sequence[Record]) -> Finding | None:
    lines = [records[position].text.strip() for position in layout.footer]
    if not lines:
        return None
    noted = [line for line in lines if line.strip(" ,;\t|\"'")]
    where = (
        "between the header and the rows or below them" if layout.footer[0] < layout.parts[0][0] else "below the table"
    )
    what = "line" if len(lines) == 1 else "lines"
    are = "is a note, a total or an empty row" if len(lines) == 1 else "are notes, totals or empty rows"
    such_as = "" if not noted else f": {_quoted(noted[0])}" if len(lines) == 1 else f", such as {_quoted(noted[0])}"
    message = f"{len(lines):,} {what} {where} {are}"
    severity = Severity.WARNING if noted else Severity.INFO
    action = "It was" if len(lines) == 1 else "They were"
    action += " left out; say --skip-rows with the number of lines before the header to keep every line."
    return Finding(
        "footer_skipped",
        severity,
        f"{message}{such_as}.",
        action=action,
        kept_message=f"{message}.",
        counts=(("footer", len(noted)),),
    )


def _quoted(line: str) -> str:
    """Return the beginning of a line in quotes, without the addresses and numbers of people in it."""
    return repr(without_personal_parts(line[:_READ])[:_SHOWN])


def _comments(layout: Layout, records: Sequence[Record]) -> Finding | None:
    count = sum(map(layout.is_remark, layout.rows(records)))
    if not count:
        return None
    message = f"{count:,} lines inside the table are comments, ruled lines or page numbers."
    if count == 1:
        message = "1 line inside the table is a comment, a ruled line or a page number."
    action = "It was" if count == 1 else "They were"
    action += " left out; quote the first cell of a row that begins with such a mark."
    return Finding("comment_lines", Severity.INFO, message, action=action, counts=(("comments", count),))


def _repeated_headers(layout: Layout, records: Sequence[Record]) -> Finding | None:
    count = len(layout.parts) - 1
    if count < 1:
        return None
    between = itertools.pairwise(layout.parts)
    n_lines = sum(bool(record.cells) for (_, end), (start, _) in between for record in records[end:start])
    message = f"The header comes again {count:,} {'time' if count == 1 else 'times'} inside the table."
    action = "The repeated headers were left out."
    if n_lines > count:
        action = f"The repeated headers were left out with what stands around them, {n_lines:,} lines in all."
    return Finding("repeated_header", Severity.WARNING, message, action=action)


def _other_tables(layout: Layout) -> Finding | None:
    if not layout.others:
        return None
    named = "; ".join(
        f"{other.n_rows:,} rows of {other.width} columns from line {other.line:,}" for other in layout.others[:5]
    )
    message = f"The file holds {len(layout.others) + 1} tables; not read: {named}."
    action = "The one with the most rows was read; cut the file, or say --skip-rows to begin at another."
    return Finding("other_tables", Severity.WARNING, message, action=action)
