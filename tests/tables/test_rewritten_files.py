"""Text that is no delimited text yet: aligned by spaces, drawn with lines, or quoted line by line."""

import csv
import io

import pytest

from automl.tables import ReadOptions, read_blocks, read_table, reading

NAMES = ["station", "city", "people", "note"]
ROWS = [[f"S-{number}", ("Oslo", "New York", "Lyon")[number % 3], str(number * 731), ""] for number in range(1, 13)]
ROWS[4][3] = "moved in 2020"


@pytest.fixture
def read(tmp_path):
    def _read(text, **options):
        path = tmp_path / "rewritten.txt"
        path.write_text(text, encoding="utf-8", newline="")
        return read_table(path, ReadOptions(**options))

    return _read


def aligned(rows, gap="   "):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "".join(
        gap.join(
            cell.rjust(width) if cell.isdigit() else cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        + "\n"
        for row in rows
    )


def doubly_quoted(rows):
    lines = []
    for row in rows:
        inner = io.StringIO()
        csv.writer(inner, lineterminator="").writerow(row)
        lines.append('"' + inner.getvalue().replace('"', '""') + '"\n')
    return "".join(lines)


def codes(table):
    return {finding.code for finding in table.findings}


def is_whole(table):
    return list(table.cells.columns) == NAMES and table.cells.to_numpy().tolist() == ROWS


def test_columns_aligned_by_spaces_are_found_empty_cells_among_them(read):
    table = read(aligned([NAMES, *ROWS]))
    assert is_whole(table)
    assert "aligned_columns" in codes(table)


def test_a_title_and_a_ruled_line_are_no_rows_of_aligned_columns(read):
    rule = ["-" * len(name) for name in NAMES]
    table = read("Stations of the network\n\n" + aligned([NAMES, rule, *ROWS]))
    assert is_whole(table)
    assert {"preamble_skipped", "comment_lines"} <= codes(table)


def test_a_number_that_reaches_into_the_space_between_columns_stays_a_cell(read):
    lines = aligned([NAMES, *ROWS]).splitlines()
    lines[6] = lines[6].replace("  4386", "984386")
    table = read("\n".join(lines) + "\n")
    assert table.cells["people"].tolist()[5] == "984386"
    assert len(table.cells) == len(ROWS)


def test_cells_filled_up_with_spaces_between_delimiters_are_delimited(read):
    table = read(aligned([NAMES, *ROWS], gap=" ; "))
    assert [name.strip() for name in table.cells.columns] == NAMES
    assert "aligned_columns" not in codes(table)


def test_blocks_of_a_large_aligned_file_hold_the_same_rows(tmp_path, monkeypatch):
    path = tmp_path / "aligned.txt"
    path.write_text(aligned([NAMES, *ROWS]))
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 100)
    rows = [row for block in read_blocks(path, rows=5) for row in block.cells.to_numpy().tolist()]
    assert rows == ROWS
    assert read_table(path).cells.to_numpy().tolist() == ROWS


def test_lines_that_stand_in_quotes_as_a_whole_are_read_without_them(read):
    rows = [[*row[:3], 'the "old" one, closed'] for row in ROWS]
    table = read(doubly_quoted([NAMES, *rows]))
    assert list(table.cells.columns) == NAMES
    assert table.cells.to_numpy().tolist() == rows
    assert "wrapped_lines" in codes(table)


def test_a_quoted_line_here_and_there_is_one_row(read):
    lines = [";".join(row) for row in [NAMES, *ROWS]]
    lines[3] = '"S-3;Oslo;2193;""a; b"""'
    table = read("\n".join(lines) + "\n")
    assert table.cells.iloc[2].tolist() == ["S-3", "Oslo", "2193", "a; b"]
    assert len(table.cells) == len(ROWS)


def test_one_column_of_sentences_in_quotes_is_one_column(read):
    sentences = [f'"It was late, cold and, as ""they"" say, day {number}."' for number in range(20)]
    table = read("\n".join(["remark", *sentences]) + "\n")
    assert table.cells.shape == (20, 1)
    assert "wrapped_lines" not in codes(table)


def test_a_stated_quote_leaves_lines_as_they_stand(read):
    table = read(doubly_quoted([NAMES, *ROWS]), quote='"')
    assert table.cells.shape[1] == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_drawn_with_lines_is_read_without_them(read, end):
    rule = "+------+---------+"
    rows = [f"| {number:4} | {number / 2:7.1f} |" for number in range(8)]
    table = read(end.join([rule, "| id   | share   |", rule, *rows, rule]) + end)
    assert list(table.cells.columns) == ["id", "share"]
    assert table.cells["share"].str.strip().tolist() == [f"{number / 2:.1f}" for number in range(8)]


def test_numbers_of_pages_between_the_rows_are_none(read):
    lines = [",".join(row) for row in [NAMES, *ROWS]]
    table = read("\n".join([*lines[:6], "Page 1 of 2", *lines[6:], "Page 2 of 2"]) + "\n")
    assert is_whole(table)
    assert "comment_lines" in codes(table)


def test_a_row_of_missing_markers_is_a_row(read):
    lines = [",".join(row) for row in [NAMES, *ROWS]]
    table = read("\n".join([*lines, "-,-,-,-"]) + "\n")
    assert len(table.cells) == len(ROWS) + 1


def test_a_ruled_line_says_where_columns_stand_though_one_space_parts_them(read):
    lines = ["  ID NAME       TOWN", "---- ---------- -----"]
    lines += [f"{number:>4} {name:<10} Paris" for number, name in enumerate(["Ann van Ek", "Bo", "Cy"], 1007)]
    table = read("\n".join([*lines, "", "3 rows found.", ""]))
    assert [list(table.cells.columns), *table.cells.to_numpy().tolist()][:2] == [
        ["ID", "NAME", "TOWN"],
        ["1007", "Ann van Ek", "Paris"],
    ]
    assert len(table.cells) == 3


PAGES = {
    "page": "Stock list\nPrinted 3 May, page {0} of 3\n\n{1}\n",
    "form_feed": "\fStock list\n\n{1}\n",
    "numbered": "Stock list {0}\n-----------\n{1}\n",
    "ruled": "{1}\n",
}


@pytest.mark.parametrize("kind", PAGES)
def test_pages_of_a_report_are_one_table(read, kind):
    rule = "-----,-----,-----\n" if kind == "ruled" else ""
    bodies = ("".join(f"A{at},item {at},{at}.50\n" for at in range(first, first + 5)) for first in (10, 20, 30))
    pages = (PAGES[kind].format(page, f"Code,Item,Price\n{rule}{body}") for page, body in enumerate(bodies, 1))
    table = read("".join(pages))
    assert table.cells["Code"].tolist() == [f"A{at}" for first in (10, 20, 30) for at in range(first, first + 5)]
    assert "repeated_header" in codes(table)


def test_tables_under_other_titles_stay_two_though_their_names_are_the_same(read):
    bodies = ("".join(f"A{at},item {at},{at}.50\n" for at in range(first, first + 5)) for first in (10, 20))
    north, south = (f"Code,Item,Price\n{body}\n" for body in bodies)
    table = read(f"North\n\n{north}South\n\n{south}")
    assert len(table.cells) == 5
    assert "other_tables" in codes(table)


def test_pages_between_drawn_lines_are_one_table(read):
    rule, header = "-" * 17, "|Key |Town |  Sum|"
    pages = [
        f"List of towns      {page}\n{rule}\n{header}\n{rule}\n"
        + "".join(f"|{at:<4}|Ulm  | {at}.5|\n" for at in range(100 * page, 100 * page + 4))
        + f"{rule}\n"
        for page in (1, 2)
    ]
    table = read("\n".join(pages) + f"|*   |     | 99.5|\n{rule}\n")
    assert [name.strip() for name in table.cells.columns] == ["Key", "Town", "Sum"]
    assert len(table.cells) == 8


@pytest.mark.parametrize("delimiter", [" ", "\t"])
def test_the_line_of_fields_names_the_columns_of_a_web_log(read, delimiter):
    head = "#Version: 1.0\n#Date: 2024-05-0{0} 00:00:00\n#Fields: date c-ip cs(Agent) took\n"
    days = range(1, 4)
    rows = {
        day: [[f"2024-05-0{day}", f"10.0.0.{at}", "Moz/5.0+(X;+Y,+like)", str(at * 7)] for at in range(6)]
        for day in days
    }
    text = "".join(head.format(day) + "".join(delimiter.join(row) + "\n" for row in rows[day]) for day in days)
    table = read(text)
    assert table.cells.columns.tolist() == ["date", "c-ip", "cs(Agent)", "took"]
    assert table.cells.to_numpy().tolist() == [row for day in days for row in rows[day]]


def test_the_line_of_fields_names_the_columns_of_a_network_log(read):
    rows = [[f"17149536{at}.16", f"C{at}", "10.0.0.1", str(at * 7), "-"] for at in range(10, 20)]
    head = "#separator \\x09\n#path\tconn\n#fields\tts\tuid\torig_h\torig_p\tservice\n"
    kinds = "#types\ttime\tstring\taddr\tport\tstring\n"
    table = read(head + kinds + "".join("\t".join(row) + "\n" for row in rows) + "#close\t2024-05-06\n")
    assert table.cells.columns.tolist() == ["ts", "uid", "orig_h", "orig_p", "service"]
    assert table.cells.to_numpy().tolist() == rows


def test_columns_one_space_apart_where_they_are_widest_are_found_below_their_names(read):
    table = read(aligned([NAMES, *ROWS], gap=" "))
    assert is_whole(table)
    assert "aligned_columns" in codes(table)


def test_two_words_that_stand_below_each_other_in_one_column_stay_one_cell(read):
    rows = [[f"S-{number}", "Bad Ischl" if number % 2 else "Bad Goisern", f"{number}0"] for number in range(1, 9)]
    table = read(aligned([["station", "town", "height"], *rows], gap=" "))
    assert table.cells.to_numpy().tolist() == rows


@pytest.mark.parametrize("is_ruled", [True, False])
def test_thousands_marks_of_aligned_numbers_delimit_nothing(read, is_ruled):
    rows = [[f"S-{number}", ("Oslo", "Lyon", "Bern")[number % 3], f"{number},731.50"] for number in range(1, 10)]
    rule = [["----------", "--------", "----------"]] if is_ruled else []
    table = read(aligned([["station", "city", "sold"], *rule, *rows], gap=" " if is_ruled else "   "))
    assert table.cells.to_numpy().tolist() == rows


def test_names_one_space_apart_stand_over_columns_that_are_aligned_otherwise(read):
    names = "Kind   Waiting Sent  Local address"
    rows = [f"tcp{number % 2 * 6:11d}{number * 7:5d} 10.0.0.{number}:443" for number in range(1, 9)]
    table = read("\n".join(["Connections (open ones only)", names, *rows]) + "\n")
    assert list(table.cells.columns) == ["Kind", "Waiting", "Sent", "Local address"]
    assert table.cells.iloc[0].tolist() == ["tcp", "6", "7", "10.0.0.1:443"]


def test_numbers_one_space_apart_are_cells_of_their_own_where_every_line_has_as_many_words(tmp_path):
    rows = [f"2024 01 1{day} 0{day}  {day}14 {day:2}.9  0.5    MM 100{day}.4" for day in range(1, 10)]
    path = tmp_path / "buoy.txt"
    path.write_text("\n".join(["#YY  MM DD hh WDIR WSPD  GST   DPD   PRES", *rows]) + "\n", encoding="utf-8")
    table = read_table(path)
    assert table.cells.shape == (9, 9)
    assert list(table.cells.iloc[0]) == ["2024", "01", "11", "01", "114", "1.9", "0.5", "MM", "1001.4"]


def test_words_one_space_apart_in_aligned_columns_stay_one_cell(tmp_path):
    rows = [f"Ann Berg{' ' * 6}Graz Ost{' ' * 4}{number}0.5" for number in range(1, 9)]
    path = tmp_path / "people.txt"
    path.write_text("\n".join(["Full name     In city      euro", *rows]) + "\n", encoding="utf-8")
    assert read_table(path).cells.iloc[0, 0] == "Ann Berg"


def test_a_table_between_ruled_titles_and_notes_is_found_though_no_column_is_always_filled(tmp_path):
    rows = [f'"   Item {number}";".";"{number}.897";"";"{"" if number % 3 else "414"}";' for number in range(14)]
    above = [
        "Number of items" + " " * 200,
        "*" * 80,
        " " * 80,
        "It says:",
        "Region:;All",
        "State:;Any",
        '""',
        ';"";;;;',
    ]
    below = ["", "*" * 80, "Notes", "*" * 80, "", '"1.";"Before 1993 for a part."', "", "*" * 80, "Made on 15.05.2011"]
    path = tmp_path / "ruled.csv"
    path.write_text("\n".join([*above, ';"1985";"1993";"2000";"2005";', *rows, *below]) + "\n", encoding="utf-8")
    table = read_table(path)
    assert list(table.cells.columns)[1:] == ["1985", "1993", "2000", "2005"]
    assert len(table.cells) == 14
