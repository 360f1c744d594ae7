"""Headers that come again inside a table: no row is lost with them, and what is left out is counted."""

import pytest

from automl.tables import read_table

GROUPS = ",,Totals,,Per game,"
NAMES = "name,team,goals,shots,goals,shots"
ROWS = [
    f"player {number},T{number % 3},{number * 3},{number * 7},{number}.{number % 9},{number}.5" for number in range(9)
]


def read(tmp_path, *lines):
    path = tmp_path / "repeated.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path)


def repeated(table):
    return next(finding for finding in table.findings if finding.code == "repeated_header")


@pytest.mark.parametrize("again", [[NAMES], [GROUPS, NAMES]])
def test_no_row_is_lost_where_one_or_both_of_two_header_rows_come_again(tmp_path, again):
    table = read(tmp_path, GROUPS, NAMES, *ROWS[:3], *again, *ROWS[3:6], *again, *ROWS[6:])
    assert list(table.cells["name"]) == [f"player {number}" for number in range(9)]
    assert "again 2 times" in repeated(table).message


def test_the_lines_left_out_with_repeated_headers_are_counted(tmp_path):
    table = read(tmp_path, GROUPS, NAMES, *ROWS[:4], GROUPS, NAMES, *ROWS[4:])
    assert "2 lines in all" in repeated(table).action


def test_a_header_that_comes_again_behind_a_byte_order_mark_is_no_row(tmp_path):
    table = read(tmp_path, NAMES, *ROWS[:4], f"\ufeff{NAMES}", *ROWS[4:])
    assert len(table.cells) == 9
    assert "again 1 time " in repeated(table).message


def test_a_row_of_texts_that_comes_again_in_a_file_without_header_is_no_header(tmp_path):
    rows = [f"{number}\tred\tplain" if number % 3 else "x\tred\tplain" for number in range(12)]
    table = read(tmp_path, *rows)
    assert len(table.cells) + table.dialect.header_rows == 12
    assert "repeated_header" not in {finding.code for finding in table.findings}


def test_an_escaped_line_break_in_a_cell_without_quotes_is_a_line_break(tmp_path):
    texts = ["plain", "one\\\ntwo", "plain", "plain"] * 3
    names = ["Ann", "O\\\tTab", "Bob"] * 4
    rows = [f"{number}\t{names[number]}\t{text}\t2021-05-01" for number, text in enumerate(texts)]
    table = read(tmp_path, *rows)
    assert list(table.cells.iloc[1]) == ["1", "O\tTab", "one\ntwo", "2021-05-01"]
