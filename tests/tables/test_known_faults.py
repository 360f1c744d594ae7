"""Faults that were met once: the files that showed them are read as a careful person would."""

import pytest

from automl.tables import read_table


def read(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    return read_table(path)


def codes(table):
    return {finding.code for finding in table.findings}


def test_text_behind_a_closing_quote_does_not_make_the_space_a_delimiter(tmp_path):
    table = read(tmp_path, 'x,"1" y,2\n' * 30)
    assert table.cells.to_numpy().tolist() == [["x", '"1" y', "2"]] * 30
    assert "unbalanced_quotes" in codes(table)


def test_equal_rows_without_a_header_are_all_rows(tmp_path):
    assert len(read(tmp_path, "red,1\n" * 12).cells) == 12


def test_a_table_of_empty_cells_keeps_all_its_rows(tmp_path):
    assert read(tmp_path, ",,,\n" * 40).cells.shape == (40, 4)


def test_rows_of_empty_cells_below_a_header_are_rows(tmp_path):
    assert read(tmp_path, "a,b,c,d\n" + ",,,\n" * 40).cells.shape == (40, 4)


def test_rows_of_empty_cells_at_the_end_are_rows_where_others_stand_among_the_rows(tmp_path):
    table = read(tmp_path, "a,b\n" + "1,2\n,\n" * 10 + ",\n" * 3)
    assert len(table.cells) == 23
    assert "footer_skipped" not in codes(table)


@pytest.mark.parametrize("count", [3, 40])
def test_padding_below_a_table_is_left_out_as_a_whole_and_said(tmp_path, count):
    table = read(tmp_path, "a,b,c,d\n" + "1,2,3,4\n" * 20 + ",,,\n" * count)
    assert len(table.cells) == 20
    assert "footer_skipped" in codes(table)


def test_padding_between_a_table_and_its_total_is_left_out(tmp_path):
    table = read(tmp_path, "item,n,price\n" + "nut,2,3.5\n" * 20 + ",,\nTotal,40,\n,,\n")
    assert len(table.cells) == 20


def test_more_lines_that_look_like_notes_than_a_footer_has_are_rows(tmp_path):
    notes = "".join(f"Remark {number} on what stands above and was seen there,,\n" for number in range(60))
    assert len(read(tmp_path, "item,n,price\n" + "nut,2,3.5\n" * 100 + notes).cells) == 160


def test_cells_of_several_lines_in_a_large_file_come_back_as_they_are(tmp_path):
    rows = [[str(number), f'line\nof, "{number}"\n\nend', "x"] for number in range(12_000)]
    written = (",".join(f'"{cell.replace(chr(34), 2 * chr(34))}"' for cell in row) for row in rows)
    table = read(tmp_path, "id,text,more\n" + "\n".join(written) + "\n")
    assert table.cells.to_numpy().tolist() == rows


def test_two_stray_quotes_in_a_large_file_join_no_rows(tmp_path):
    lines = [f"{number},note {number},{number % 7}\n" for number in range(40_000)]
    lines[30_000] = '30000,"note,3\n'
    lines[30_005] = '30005,"note,5\n'
    table = read(tmp_path, "id,text,more\n" + "".join(lines))
    assert len(table.cells) == 40_000
    assert "unbalanced_quotes" in codes(table)
