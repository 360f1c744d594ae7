"""Tables on standard output: drawn on a terminal, aligned plain text where it is piped."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from automl.cli.options import Common
from automl.cli.render.streams import console, is_terminal, print_result, visible

__all__ = ["print_pairs", "print_table"]

Rows = Sequence[Sequence[object]]


def print_table(title: str, columns: Sequence[str], rows: Rows, common: Common, *, numeric: Sequence[str] = ()) -> None:
    """Print a table.

    Parameters
    ----------
    title : str
    columns : sequence of str
        The headings.
    rows : sequence of sequences
        One value per heading; None shows as an empty cell.
    common : Common
    numeric : sequence of str, optional
        Headings of columns that are set flush right.
    """
    texts = [["" if value is None else visible(value) for value in row] for row in rows]
    if is_terminal(sys.stdout):
        _draw(title, columns, texts, common, numeric)
    else:
        _align(title, columns, texts, numeric)


def print_pairs(title: str, pairs: Sequence[tuple[str, object]]) -> None:
    """Print names and values, one pair a line; a value that is None is left out."""
    shown = [(name, value) for name, value in pairs if value is not None]
    width = max((len(name) for name, _ in shown), default=0)
    lines = [f"{name.ljust(width)}  {visible(value)}" for name, value in shown]
    print_result("\n".join([visible(title), *(f"  {line}" for line in lines), ""]))


def _draw(title: str, columns: Sequence[str], rows: list[list[str]], common: Common, numeric: Sequence[str]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(visible(title)), title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for name in columns:
        table.add_column(Text(name), justify="right" if name in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console(sys.stdout, color=common.color).print(table)


def _align(title: str, columns: Sequence[str], rows: list[list[str]], numeric: Sequence[str]) -> None:
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if name in numeric else cell.ljust(width)
            for cell, width, name in zip(cells, widths, columns, strict=True)
        )
        return f"  {'  '.join(padded).rstrip()}"

    print_result("\n".join([visible(title), line(columns), *map(line, rows), ""]))
