"""Text that is no delimited text yet: aligned by spaces, quoted line by line, with bare JSON, or a log of the W3C."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from automl.findings import Finding, Severity
from automl.tables.alignedcolumns import DELIMITER, AlignedColumns, find_aligned_columns
from automl.tables.bracketedcells import BracketedCells, find_bracketed_cells
from automl.tables.options import ReadOptions
from automl.tables.tabstops import TabStops, find_tab_stops
from automl.tables.weblogs import WebLog, find_web_log
from automl.tables.wrappedlines import WrappedLines, find_wrapped_lines

__all__ = ["Rewriting", "find_rewriting"]


@dataclass(frozen=True)
class Rewriting:
    """How the lines of a text become delimited text.

    Attributes
    ----------
    rule : AlignedColumns, TabStops, BracketedCells, WebLog or WrappedLines
    """

    rule: AlignedColumns | TabStops | BracketedCells | WebLog | WrappedLines

    def lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the rewritten lines, as many as there were."""
        return self.rule.rewritten(lines)

    def options(self, options: ReadOptions) -> ReadOptions:
        """Return what is known of the rewritten text."""
        if isinstance(self.rule, WebLog | BracketedCells):
            return replace(options, delimiter=self.rule.delimiter)
        is_aligned = isinstance(self.rule, AlignedColumns | TabStops)
        return replace(options, delimiter=DELIMITER, quote="") if is_aligned else options

    def finding(self) -> Finding:
        """Say what was found."""
        if isinstance(self.rule, WebLog):
            message = "The file is a log in the extended format of the W3C."
            action = "The lines '#Fields:' were read as headers; say --delimiter to read them as comments."
            return Finding("comment_lines", Severity.INFO, message, action=action)
        if isinstance(self.rule, AlignedColumns):
            message = f"The file has {len(self.rule.spans)} columns that are aligned by spaces."
            action = "Lines were split where the columns stand; say --delimiter if a character separates the cells."
            return Finding("aligned_columns", Severity.INFO, message, action=action)
        if isinstance(self.rule, TabStops):
            message = f"The file has {self.rule.n_columns} columns that are aligned by tabs."
            action = (
                "Several tabs between two cells were read as one; say --delimiter to read empty cells between them."
            )
            return Finding("aligned_columns", Severity.INFO, message, action=action)
        if isinstance(self.rule, BracketedCells):
            message = "Cells in brackets, as of JSON, hold the delimiter or quotes and stand in no quotes themselves."
            action = "What stands between brackets was kept together; say --delimiter to split it."
            return Finding("unquoted_delimiters", Severity.WARNING, message, action=action)
        message = "Lines of the file stand in quotes as a whole, with the quotes of their cells doubled."
        action = "They were read without the outer quotes; say --quote to keep such a line as one cell."
        return Finding("wrapped_lines", Severity.WARNING, message, action=action)


def find_rewriting(text: str, options: ReadOptions) -> Rewriting | None:
    """Find out whether a text has to be rewritten; what the user says about its delimiter or quote stands.

    Parameters
    ----------
    text : str
        A file, or its beginning.
    options : ReadOptions
    """
    if options.delimiter is None and options.quote is None:
        log = find_web_log(text)
        if log is not None:
            return Rewriting(log)
        aligned = find_aligned_columns(text)
        if aligned is not None:
            return Rewriting(aligned)
        stops = find_tab_stops(text)
        if stops is not None:
            return Rewriting(stops)
        bracketed = find_bracketed_cells(text)
        if bracketed is not None:
            return Rewriting(bracketed)
    if options.quote is None:
        wrapped = find_wrapped_lines(text, options)
        if wrapped is not None:
            return Rewriting(wrapped)
    return None
