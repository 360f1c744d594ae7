"""The program of an exported script: rows of text in, predictions out, by the standard library alone.

Exported scripts hold this module's text (see ``gathering``): it must not come to need a library.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any

from automl.export.cellvalues import cell_value
from automl.export.formula import Formula, read_formula
from automl.tables.applying import match_names
from automl.tables.rows import unique_names
from automl.tables.schema import Column

__all__ = ["ColumnsMissingError", "formula_in", "main", "scored"]

_DELIMITERS = (",", ";", "\t", "|")
_OTHER_COLUMNS = 6
_UNUSABLE = 3
_LARGEST_CELL = 2**31 - 1


class ColumnsMissingError(ValueError):
    """Columns that the model uses are not there."""


def formula_in(document: str) -> Formula:
    """Read a formula from JSON."""
    formula: Formula = read_formula(json.loads(document))
    return formula


def scored(formula: Formula, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, float | str]]:
    """Yield the prediction of each row, and for labels the probability of each.

    Parameters
    ----------
    formula : Formula
    rows : iterable of mapping of str to str
        Cells as they stand in a file, by the names of their columns; None counts as empty.

    Raises
    ------
    ColumnsMissingError
        If a column that the model uses is not among those of the first row.
    """
    columns = [Column.from_dict(dict(column)) for column in formula.columns]
    names: dict[str, str] | None = None
    for cells in rows:
        if names is None:
            names = match_names([column.name for column in columns], list(cells))
            if missing := [column.name for column in columns if column.name not in names]:
                raise ColumnsMissingError(f"not among the columns: {', '.join(missing)}")
        texts = [cells.get(names[column.name]) for column in columns]
        values = ("" if text is None else str(text) for text in texts)
        row = {column.name: cell_value(column, text) for column, text in zip(columns, values, strict=True)}
        predicted = formula.predict(row)
        answer: dict[str, float | str] = {"prediction": formula.decide(predicted)}
        if formula.labels:
            answer |= {f"proba_{label}": each for label, each in zip(formula.labels, predicted, strict=True)}
        yield answer


def main(formula: Formula, arguments: Sequence[str]) -> int:
    """Score a CSV file; return the exit code."""
    parser = argparse.ArgumentParser(description="Score every row of a CSV file, one output row per input row.")
    parser.add_argument("data", help="CSV file with a header, in UTF-8; '-' for standard input")
    parser.add_argument("-o", "--output", help="CSV file to write [default: standard output]")
    parser.add_argument("--proba", action="store_true", help="add one column proba_LABEL per class")
    parser.add_argument("--delimiter", help="what separates the cells [default: found in the header]")
    options = parser.parse_args(arguments)
    csv.field_size_limit(_LARGEST_CELL)
    try:
        with _opened(options.data) as source:
            rows = _rows(formula, source, options.delimiter)
            first = next(rows)
            if options.output is None:
                _write(formula, sys.stdout, first, rows, options.proba)
            else:
                with Path(options.output).open("w", encoding="utf-8", newline="") as target:
                    _write(formula, target, first, rows, options.proba)
    except ColumnsMissingError as error:
        sys.stderr.write(f"error: {error}\n")
        return _OTHER_COLUMNS
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        sys.stderr.write(f"error: {error}\n")
        return _UNUSABLE
    return 0


def _opened(data: str) -> AbstractContextManager[IO[str]]:
    return nullcontext(sys.stdin) if data == "-" else Path(data).open(encoding="utf-8-sig", newline="")


def _rows(formula: Formula, source: IO[str], delimiter: str | None) -> Iterator[dict[str, str]]:
    """Yield the header as a row without cells, then the rows."""
    wanted = [str(column["name"]) for column in formula.columns]
    first = source.readline().removeprefix("\ufeff")
    if delimiter is None:
        delimiter = max(
            _DELIMITERS, key=lambda mark: len(match_names(wanted, _header_names(csv.reader([first], delimiter=mark))))
        )
    reader = csv.reader(_joined(first, source), delimiter=delimiter)
    names = _header_names(reader)
    yield dict.fromkeys(names, "")
    for cells in reader:
        if len(cells) > len(names):
            raise ValueError(f"line {reader.line_num} has {len(cells)} cells below a header of {len(names)}")
        if cells:
            yield dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=True))


def _header_names(reader: Iterator[list[str]]) -> tuple[str, ...]:
    """Return the columns' names as automl gives them, so that of columns with one name it takes the same."""
    names, _ = unique_names(next(reader, []))
    return names


def _joined(first: str, others: Iterable[str]) -> Iterator[str]:
    yield first
    yield from others


def _write(
    formula: Formula, target: IO[str], header: Mapping[str, str], rows: Iterable[Mapping[str, str]], proba: bool
) -> None:
    next(scored(formula, [header]))
    writer = csv.writer(target, lineterminator="\n")
    labels = [f"proba_{label}" for label in formula.labels] if proba else []
    writer.writerow(["prediction", *labels])
    for answer in scored(formula, rows):
        writer.writerow([answer["prediction"], *(answer[label] for label in labels)])
