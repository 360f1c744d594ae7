"""The findings of reading and typing a file."""

from __future__ import annotations

from automl.findings import Severity
from automl.preparation.kinds import FindingKind

__all__ = ["READING_KINDS"]

READING_KINDS = (
    FindingKind(
        "duplicate_column_name",
        "a column name that stands twice in the header",
        Severity.WARNING,
        "The later column gets a number behind its name.",
    ),
    FindingKind(
        "ragged_rows", "rows with too few or too many cells", Severity.WARNING, "They are padded or joined at the end."
    ),
    FindingKind(
        "short_header",
        "fewer names than the rows have cells",
        Severity.WARNING,
        "The first column, or the last ones, have no name.",
        "Correct the header if the names stand over other columns.",
    ),
    FindingKind(
        "header_delimiter",
        "names separated by another character than the rows",
        Severity.WARNING,
        "They are split at that character.",
        "Correct the header, or say --no-header.",
    ),
    FindingKind(
        "repaired_rows",
        "rows with a delimiter or quote too many, too few or another",
        Severity.WARNING,
        "Each is read in the one way in which its cells look as their columns do.",
    ),
    FindingKind(
        "rejoined_rows",
        "rows broken over several lines without quotes",
        Severity.WARNING,
        "Their pieces are joined again.",
        "Quote cells that hold line breaks.",
    ),
    FindingKind(
        "unquoted_decimals",
        "numbers with a comma that is the delimiter, too",
        Severity.WARNING,
        "Their halves are put together.",
        "Say --no-header to keep every cell.",
    ),
    FindingKind(
        "unquoted_delimiters",
        "cells that hold the delimiter without quotes",
        Severity.WARNING,
        "Their parts are put together.",
        "Say --no-header to keep every cell.",
    ),
    FindingKind("nul_characters", "NUL characters in the file", Severity.WARNING, "They are removed."),
    FindingKind(
        "unbalanced_quotes",
        "quotes opened or closed in the wrong place",
        Severity.WARNING,
        "They are read as plain text.",
        "Name another quote with --quote.",
    ),
    FindingKind(
        "ambiguous_delimiter",
        "two characters that could separate the cells",
        Severity.WARNING,
        "The likelier one is taken.",
        "Say --delimiter for the other.",
    ),
    FindingKind(
        "ambiguous_quotes",
        "cells that another quote would read otherwise",
        Severity.WARNING,
        "The likelier quote is taken.",
        "Say --quote for another.",
    ),
    FindingKind(
        "encoding_guessed",
        "a file that is not written in UTF-8",
        Severity.INFO,
        "Its encoding is guessed.",
        "Say --encoding for another.",
    ),
    FindingKind(
        "undecodable_bytes",
        "bytes that are no characters",
        Severity.WARNING,
        "Each is read as a replacement character.",
        "Say --encoding for another encoding.",
    ),
    FindingKind(
        "preamble_skipped",
        "lines above the header",
        Severity.INFO,
        "They are skipped.",
        "Say --skip-rows 0 if they belong to the table.",
    ),
    FindingKind(
        "footer_skipped",
        "notes, totals or empty rows below the table",
        Severity.WARNING,
        "They are left out.",
        "Say --skip-rows with the number of lines before the header to keep every line.",
    ),
    FindingKind(
        "comment_lines", "comments, ruled lines or page numbers between the rows", Severity.INFO, "They are left out."
    ),
    FindingKind(
        "blank_columns",
        "columns without a name and without a cell",
        Severity.INFO,
        "They are left out.",
        "Write a name above a column that has to stay.",
    ),
    FindingKind(
        "aligned_columns",
        "columns aligned by spaces",
        Severity.INFO,
        "Lines are split where the columns stand.",
        "Say --delimiter if a character separates the cells.",
    ),
    FindingKind(
        "wrapped_lines",
        "lines that stand in quotes as a whole",
        Severity.WARNING,
        "They are read without the outer quotes.",
        "Say --quote to keep such a line as one cell.",
    ),
    FindingKind(
        "no_header",
        "no header row",
        Severity.WARNING,
        "Columns are named by their position.",
        "Say --header if the first row is one.",
    ),
    FindingKind(
        "several_header_rows",
        "more than one row of names",
        Severity.INFO,
        "They are joined column by column.",
        "Say --skip-rows to leave out the upper ones.",
    ),
    FindingKind(
        "repeated_header", "a header that comes again", Severity.WARNING, "The rows below it belong to the same table."
    ),
    FindingKind(
        "other_tables",
        "several tables in one file",
        Severity.WARNING,
        "The one with the most rows is read.",
        "Say --skip-rows to begin at another.",
    ),
    FindingKind(
        "other_sheets",
        "a workbook of several sheets",
        Severity.WARNING,
        "Of those not hidden, the one with the most cells is read.",
        "Say --sheet for another.",
    ),
    FindingKind(
        "merged_cells",
        "merged cells of a sheet",
        Severity.INFO,
        "Each place that they cover holds their value; a title alone in its row stays as it is.",
    ),
    FindingKind(
        "hidden_rows",
        "hidden rows of a sheet",
        Severity.WARNING,
        "They are read like the others.",
        "Delete them from the sheet if they do not belong to the table.",
    ),
    FindingKind(
        "several_files",
        "several files read as one table",
        Severity.INFO,
        "Their rows follow each other in the order of the files' names.",
        "Say --source-column NAME to know them apart.",
    ),
    FindingKind(
        "rows_drawn",
        "more rows than there is memory or time for",
        Severity.INFO,
        "The search learns from rows drawn at random.",
        "Say --max-memory or --time-budget for more of them.",
    ),
    FindingKind(
        "learned_from_all_rows",
        "after a search on drawn rows, winners learned from all of them",
        Severity.INFO,
        "They predict, and rows kept aside say how well.",
    ),
    FindingKind(
        "not_better_on_all_rows",
        "winners learned from all rows, and were no better",
        Severity.INFO,
        "The models of the search predict.",
    ),
    FindingKind(
        "reordered_columns",
        "a file with its columns in another order",
        Severity.INFO,
        "They are read by their names.",
    ),
    FindingKind(
        "unordered_query",
        "a query whose rows come in no stated order",
        Severity.INFO,
        "Fit takes them as they come.",
        "Add ORDER BY to be able to repeat or resume it.",
    ),
    FindingKind(
        "ambiguous_date_order",
        "dates whose day and month could be swapped",
        Severity.WARNING,
        "One order is chosen.",
        "Write dates as year-month-day.",
    ),
    FindingKind(
        "mixed_date_orders",
        "dates with the day first beside dates with the month first",
        Severity.WARNING,
        "Each is read in its own order.",
        "Write dates as year-month-day.",
    ),
    FindingKind(
        "mixed_types", "numbers and other texts in one column", Severity.WARNING, "The column is read as text levels."
    ),
    FindingKind(
        "unparsed_cells", "cells that do not fit their column's kind", Severity.WARNING, "They count as missing."
    ),
)
