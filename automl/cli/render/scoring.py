"""What is said about lines and rows that did not quite fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from automl.cli.render.streams import say, visible

if TYPE_CHECKING:
    from automl.cli.scoring import Tally
    from automl.findings import Finding

__all__ = ["counted_lines", "print_lines", "print_notes", "print_unfitting"]

COLUMNS_SHOWN = 5


def print_notes(tally: Tally, output: str | None) -> None:
    """Say which columns were more or fewer, which cells were not understood, and where the rows went."""
    _print_columns("not in the data and not needed", tally.missing_columns)
    _print_columns("not known to the model and ignored", tally.extra_columns)
    _print_columns("written in another notation than in the training table, and read in it", tally.other_notation)
    _print_left_out(tally.lines_left_out)
    _print_ragged(tally.ragged_rows)
    print_unfitting(tally.unparsed, tally.unseen)
    if tally.escaped:
        what = "cell" if tally.escaped == 1 else "cells"
        say(f"{tally.escaped:,} {what} that a spreadsheet would run, after an apostrophe now.")
    if output is not None:
        say(visible(f"{tally.rows:,} {'row' if tally.rows == 1 else 'rows'} scored: {output}"))


def counted_lines(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """Return how the lines of tables became rows, by what was found when they were read, as JSON-ready values."""
    from automl.tables.guesses import lines_left_out, ragged_rows

    found = tuple(findings)
    return {"ragged_rows": dict(ragged_rows(found)), "lines_left_out": dict(lines_left_out(found))}


def print_lines(findings: Iterable[Finding]) -> None:
    """Say which lines of tables became no rows, and which became rows of another length."""
    counts = counted_lines(findings)
    _print_left_out(counts["lines_left_out"])
    _print_ragged(counts["ragged_rows"])


def _print_left_out(counts: Mapping[str, int]) -> None:
    """Say how many lines were taken for none of the rows, so that no row is missing without a word."""
    if footer := counts["footer"]:
        lines = "1 line around the table was" if footer == 1 else f"{footer:,} lines around the table were"
        say(f"{lines} taken for notes or totals and left out; --skip-rows keeps every line below the header.")
    if comments := counts["comments"]:
        lines = "1 line between the rows was" if comments == 1 else f"{comments:,} lines between the rows were"
        say(f"{lines} taken for comments, ruled lines or page numbers and left out.")


def _print_ragged(counts: Mapping[str, int]) -> None:
    """Say how many rows have too few or too many cells, and what that means for what is said of them."""
    kinds = ", ".join(f"{counts[kind]:,} too {kind}" for kind in ("short", "long") if counts[kind])
    if kinds:
        total = counts["short"] + counts["long"]
        rows = "1 row does not have a cell" if total == 1 else f"{total:,} rows do not have a cell"
        say(
            f"{rows} for each column: {kinds}. Filled up or joined at the end, so that cells may be under a wrong name."
        )
    if repaired := counts["repaired"]:
        rows = "1 row has" if repaired == 1 else f"{repaired:,} rows have"
        say(f"{rows} a delimiter or quote too many, too few or another, read in the one way that fits their columns.")


def print_unfitting(unparsed: Mapping[str, int], unseen: Mapping[str, int], model: str = "") -> None:
    """Say how many cells of which columns could not be read, or hold a level that is new; to which model of several."""
    before = f"{model}: " if model else ""
    _print_counts(before, "could not be read and {counts} as missing", unparsed)
    _print_counts(before, "{holds} a level that training never saw", unseen)


def _print_columns(what: str, names: Sequence[str]) -> None:
    if names:
        more = f" and {len(names) - COLUMNS_SHOWN} more" if len(names) > COLUMNS_SHOWN else ""
        shown = ", ".join(f"'{name}'" for name in names[:COLUMNS_SHOWN])
        say(visible(f"{len(names)} column{'s' if len(names) > 1 else ''} {what}: {shown}{more}."))


def _print_counts(before: str, what: str, counts: Mapping[str, int]) -> None:
    worst = sorted(((count, name) for name, count in counts.items() if count), reverse=True)
    if not worst:
        return
    shown = ", ".join(f"'{name}' {count:,}" for count, name in worst[:COLUMNS_SHOWN])
    left = len(worst) - COLUMNS_SHOWN
    more = f" and {left} more {'column' if left == 1 else 'columns'}" if left > 0 else ""
    total = sum(count for count, _ in worst)
    verbs = {"counts": "counts", "holds": "holds"} if total == 1 else {"counts": "count", "holds": "hold"}
    say(visible(f"{before}{total:,} {'cell' if total == 1 else 'cells'} {what.format(**verbs)}: {shown}{more}."))
