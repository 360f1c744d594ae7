"""Where the table stands among the records of a file: below a preamble, above a footer, beside other tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from automl.tables.footers import footer_start, rows_start, subtotal_start
from automl.tables.headers import Header, find_header
from automl.tables.options import ReadOptions
from automl.tables.preambles import MAX_PREAMBLE, count_preamble_rows
from automl.tables.records import Record
from automl.tables.remarks import is_remark
from automl.tables.rows import filled_width, without_padding
from automl.tables.segments import find_segments, normal_cells
from automl.tables.settings import are_settings
from automl.tables.widths import usual_width

__all__ = ["Layout", "OtherTable", "find_layout"]

# Settings have two columns; a table below them so many, and so many rows.
_MIN_WIDE = 3
# Fewer are no table.
_MIN_ROWS = 2
_MOST_NAMES = 0.5
_HEADER_SAMPLE = 250
_MIN_HEADER_WIDTH_SHARE = 0.1


@dataclass(frozen=True)
class OtherTable:
    """A table in the file that is not the one that is read: its first line (from 1), its rows and columns."""

    line: int
    n_rows: int
    width: int


@dataclass(frozen=True)
class Layout:
    """A table's place among records.

    Attributes
    ----------
    width : int
        Number of columns; 0 where there is no table.
    header : Header
    skip_rows : int
        Lines before the first header row, or before the first row where there is no header.
    parts : tuple of (int, int)
        Ranges of positions of the records that may hold data rows.
    footer : tuple of int
        Positions of the records after the table that do not belong to it.
    others : tuple of OtherTable
    padding : int
        How many empty cells most rows have behind the last column.
    has_known_names : bool
        Whether the columns are those of a model, which owes an answer to each row: what is as wide as the header and
        not empty is a row, whatever it looks like, and so is a blank line above the last row of a single column.
    """

    width: int
    header: Header
    skip_rows: int = 0
    parts: tuple[tuple[int, int], ...] = ()
    footer: tuple[int, ...] = ()
    others: tuple[OtherTable, ...] = ()
    padding: int = 0
    has_known_names: bool = False

    def rows(self, records: Sequence[Record]) -> Iterator[Record]:
        """Yield the records that are the table's rows, comment lines among them."""
        for start, stop in self.parts:
            yield from self.rows_among(records[start:stop])

    def rows_among(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records without blank lines; an empty cell for a blank line that is a row."""
        keeps_blank = self.has_known_names and self.width == 1
        blank: list[Record] = []
        for record in records:
            if record.cells:
                yield from blank
                blank.clear()
                yield record
            elif keeps_blank:
                blank.append(record._replace(cells=[""]))

    def is_remark(self, record: Record) -> bool:
        """Whether a line between the rows is none of them."""
        return is_remark(record, self.width, is_full_row=self.has_known_names)


def find_layout(records: Sequence[Record], options: ReadOptions, *, is_whole: bool) -> Layout:
    """Find the table with the most rows; of equally long ones the first, or the first that has a header.

    Settings above another table are none, however many lines they have, and neither is a single row.

    Parameters
    ----------
    records : sequence of Record
        The whole file, or its beginning; without the lines that the user says to skip.
    options : ReadOptions
    is_whole : bool
        Whether that is the whole file; otherwise, and where the user says where the table begins, everything below the
        first header is the table.
    """
    layout = _found_layout(records, options, is_whole=is_whole)
    return _with_every_row(records, layout) if _are_all_known(layout.header.names, options.columns) else layout


def _found_layout(records: Sequence[Record], options: ReadOptions, *, is_whole: bool) -> Layout:
    if options.skip_rows is not None:
        return _placed(records, (0, len(records)), options)
    groups = find_segments(records, options) if is_whole else [[(0, len(records))]]
    likeliest = _likeliest(records, groups, options) if is_whole else _placed(records, groups[0][0], options)
    named = _named_row(records, likeliest, options)
    return likeliest if named is None else _below_names(records, groups, named, options, is_whole=is_whole)


def _are_all_known(names: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether the columns are those of a model: one name alone is that of a target, unless there is no other column."""
    known = {name.strip() for name in names} & {*columns}
    return bool(known) and (len(columns) > 1 or len(names) == 1)


def _with_every_row(records: Sequence[Record], layout: Layout) -> Layout:
    """Take what stands around the rows for rows too, as far out as it holds one that is as wide as the header."""
    layout = replace(layout, has_known_names=True)
    full = [at for at in layout.footer if _is_full_row(records[at], layout)]
    if not full:
        return layout
    starts = [min(layout.parts[0][0], full[0]), *(start for start, _ in layout.parts[1:])]
    ends = [*starts[1:], len(records)]
    parts = tuple(
        (start, max([stop, *(at + 1 for at in full if start <= at < end)]))
        for start, end, (_, stop) in zip(starts, ends, layout.parts, strict=True)
    )
    footer = tuple(at for at in layout.footer if not any(start <= at < stop for start, stop in parts))
    return replace(layout, parts=parts, footer=footer)


def _is_full_row(record: Record, layout: Layout) -> bool:
    cells = without_padding(record.cells, layout.width, layout.padding)
    return len(cells) == layout.width and not record.is_empty and not layout.is_remark(record)


def _likeliest(records: Sequence[Record], groups: Sequence[Sequence[tuple[int, int]]], options: ReadOptions) -> Layout:
    """Return the layout of the table with the most rows."""
    layouts = _without_settings(records, [_of_group(records, group, options) for group in groups])
    sizes = [sum(1 for _ in layout.rows(records)) for layout in layouts]
    if not layouts:
        return Layout(0, Header(0))
    chosen = max(range(len(layouts)), key=lambda at: (sizes[at], layouts[at].header.n_rows > 0, -at))
    return _beside_others(records, layouts, chosen)


def _named_row(records: Sequence[Record], layout: Layout, options: ReadOptions) -> int | None:
    """Return the first record that holds most of the names that are known of the header, unless the header does.

    Below the first row of the table that was found, they may as well be cells of it.
    """
    if not options.columns or options.has_header is False or _are_named(layout.header.names, options.columns):
        return None
    holding = (at for at, record in enumerate(records) if _are_named(record.cells, options.columns))
    named = next(holding, None)
    is_inside = named is not None and any(start < named < stop for start, stop in layout.parts)
    return None if is_inside else named


def _are_named(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether cells hold most of the names."""
    names = {cell.strip() for cell in cells}
    return sum(column in names for column in columns) > _MOST_NAMES * len(columns)


def _below_names(
    records: Sequence[Record],
    groups: Sequence[Sequence[tuple[int, int]]],
    named: int,
    options: ReadOptions,
    *,
    is_whole: bool,
) -> Layout:
    """Lay out the table whose names stand in a record: they are its names, whatever other rows of names there are."""
    stated = replace(options, skip_rows=0, has_header=True)
    chosen = next(at for at, group in enumerate(groups) if any(start <= named < stop for start, stop in group))
    group = [(max(start, named), stop) for start, stop in groups[chosen] if stop > named]
    layout = _of_group(records, group, stated) if is_whole else _placed(records, group[0], stated)
    if not _are_named(layout.header.names, options.columns):
        names = [*records[named].cells, *("" for _ in range(layout.width))][: layout.width]
        layout = replace(layout, header=replace(layout.header, names=tuple(names), is_joined=False))
    before, after = (
        [_of_group(records, each, options) for each in part] for part in (groups[:chosen], groups[chosen + 1 :])
    )
    return _beside_others(records, [*before, layout, *after], chosen)


def _beside_others(records: Sequence[Record], layouts: Sequence[Layout], chosen: int) -> Layout:
    """Return one of the layouts, with what is said of the others."""
    sizes = [sum(1 for _ in layout.rows(records)) for layout in layouts]
    others = tuple(
        OtherTable(layout.skip_rows + 1, size, layout.width)
        for at, (layout, size) in enumerate(zip(layouts, sizes, strict=True))
        if at != chosen and size >= _MIN_ROWS
    )
    below = _lone_rows(records, layouts[chosen + 1 :])
    return replace(layouts[chosen], others=others, footer=(*layouts[chosen].footer, *below))


def _lone_rows(records: Sequence[Record], layouts: Sequence[Layout]) -> Iterator[int]:
    """Yield the positions of the lines below a table that look like another one, but hold one row at most."""
    for layout in layouts:
        first, last = layout.parts[0][0] - layout.header.n_rows, layout.parts[-1][1]
        if sum(1 for _ in layout.rows(records)) < _MIN_ROWS:
            yield from (position for position in range(first, last) if records[position].cells)


def _without_settings(records: Sequence[Record], layouts: Sequence[Layout]) -> Sequence[Layout]:
    """Leave out blocks of settings above the first table of more columns that has names and several rows."""
    table = next((at for at, layout in enumerate(layouts) if _is_wide_table(records, layout)), 0)
    return [
        layout
        for at, layout in enumerate(layouts)
        if at >= table or not are_settings(records[layout.parts[0][0] - layout.header.n_rows : layout.parts[-1][1]])
    ]


def _is_wide_table(records: Sequence[Record], layout: Layout) -> bool:
    n_wide = sum(filled_width(record.cells) >= _MIN_WIDE for record in layout.rows(records))
    return layout.header.n_rows > 0 and layout.width >= _MIN_WIDE and n_wide >= _MIN_WIDE


def _of_group(records: Sequence[Record], group: Sequence[tuple[int, int]], options: ReadOptions) -> Layout:
    """Lay out a table that stands in one part, or in several under the same header."""
    layout = _placed(records, group[0], options)
    further = tuple((_below_header(records, layout, start), stop) for start, stop in group[1:])
    parts = (*layout.parts, *further) if layout.header.n_rows else ((layout.parts[0][0], group[-1][1]),)
    start, stop = parts[-1]
    first = max(start, footer_start(records, parts[0][0], stop, layout.width, layout.padding))
    pages = [(page, subtotal_start(records, *page, layout.width)) for page in parts[:-1]]
    below = [*((end, page[1]) for page, end in pages), (first, stop)]
    footer = [position for each in below for position in range(*each) if records[position].cells]
    parts = (*((page[0], end) for page, end in pages), (start, first))
    top, end = parts[0]
    begin = rows_start(records, top, end, layout.width) if layout.header.n_rows else top
    above = [position for position in range(top, begin) if records[position].cells]
    return replace(layout, parts=((begin, end), *parts[1:]), footer=(*above, *footer))


def _below_header(records: Sequence[Record], layout: Layout, again: int) -> int:
    """Return the position below the header that comes again: all of its rows, or only the last or the first ones."""
    above = [at for at in range(layout.parts[0][0]) if records[at].cells and not is_remark(records[at], layout.width)]
    names = [normal_cells(records[at]) for at in above[-layout.header.n_rows :]]
    filled = [at for at in range(again, len(records[: again + 3 * len(names)])) if records[at].cells]
    rows = [at for at in filled if not is_remark(records[at], layout.width)]
    counts = [_count_equal(names[first:], [normal_cells(records[at]) for at in rows]) for first in range(len(names))]
    count = max(counts, default=0)
    return rows[count - 1] + 1 if count else again


def _count_equal(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> int:
    """Count the equal rows at the beginning of both."""
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _placed(records: Sequence[Record], segment: tuple[int, int], options: ReadOptions) -> Layout:
    """Find width, preamble and header of one run of records."""
    start, stop = segment
    filled = [position for position in range(start, stop) if records[position].cells]
    if not filled:
        return Layout(0, Header(0), parts=((start, stop),))
    width = usual_width([records[position] for position in filled])
    lines = [position for position in filled if not is_remark(records[position], width)] or filled
    blank_lines = frozenset(record.line for record in records[start : start + MAX_PREAMBLE] if not record.cells)
    is_found = options.skip_rows is None
    top = count_preamble_rows([records[position] for position in lines], width, blank_lines) if is_found else 0
    rows = [records[position].cells for position in lines[top : top + _HEADER_SAMPLE]]
    header = find_header(rows, width, options.has_header)
    body = rows[header.n_rows :]
    usual = width
    width, header = _fitted_width(width, header, body, rows)
    has_lines_before = options.skip_rows is not None or lines[top] > 0
    return Layout(
        width=width,
        header=header,
        skip_rows=records[lines[top]].line if has_lines_before else 0,
        parts=((lines[top + header.n_rows - 1] + 1 if header.n_rows else lines[top], stop),),
        padding=max(0, usual - width),
    )


def _fitted_width(
    width: int, header: Header, body: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]
) -> tuple[int, Header]:
    """Make the width that of the header: it says how many columns there are, however many cells the rows have."""
    if not header.n_rows:
        return (_without_open_end(width, body) if body[1:] else max(width, len(rows[0]))), header
    names = header.names
    of_its_width = [row for row in body if len(row) <= len(names) or len(row) == width]
    while len(names) > 1 and not names[-1].strip() and not _has_cell(of_its_width, len(names) - 1):
        names = names[:-1]
    if len(names) < width and len(rows[0]) != width and _is_rare_width(len(names), body) and _has_cell(body, width - 1):
        names = (*names, *("" for _ in range(width - len(names))))
    return len(names), replace(header, names=names)


def _without_open_end(width: int, body: Sequence[Sequence[str]]) -> int:
    """Leave out last columns in which no row has anything: one that some rows do not have, or several."""
    usual = [row for row in body if len(row) in (width, width - 1)]
    filled = max(map(filled_width, usual), default=width)
    has_short = any(len(row) < width for row in usual)
    return filled if 1 < filled < width - (not has_short) else width


def _has_cell(body: Sequence[Sequence[str]], position: int) -> bool:
    return any(len(row) > position and row[position].strip() for row in body)


def _is_rare_width(width: int, body: Sequence[Sequence[str]]) -> bool:
    same = sum(1 for row in body if len(row) == width)
    return same < max(2, _MIN_HEADER_WIDTH_SHARE * len(body))
