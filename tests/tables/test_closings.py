"""What stands below a table is none of its rows: summaries, balances, closing remarks and lines of prose."""

import pytest

from automl.tables import read_table

ROWS = [f"0{day}.03.2024,Rent {day},{day}7.50,{day}00" for day in range(1, 9)]


def read(tmp_path, *lines):
    path = tmp_path / "closing.csv"
    path.write_text("\n".join(["day,text,amount,balance", *lines]) + "\n", encoding="utf-8")
    return read_table(path)


@pytest.mark.parametrize(
    "closing",
    [
        ["", "debits,credits,balance", "85.20,12,60.00"],
        ["------------------------", "Rows: 8", "Income: 3,410.79", "Paid: 5,710.98"],
        ["****,****,****,****", "", "SUMMARY", "opening,debits,credits", "85.20,12,60.00", "", "Printed on Monday."],
        ["", ",,#Closing balance,170"],
        ["", "01.03.2024,,,500", "31.03.2024,,,2458"],
        ["", "8,record(s) downloaded,from ,Feb-01-26", "Seller : cam_shop"],
        ["", "Footnotes:", "1,Based on the census.", "2,May not add up.", "", '"How to cite: Table 17-10"'],
        ["Exiting, please wait...", "The command completed successfully."],
        ["Averages (of 8 values),-,4.91,44"],
        ["Turnover,,97.50,", "Carried over,,,900"],
        ["# total lines: 8, errors: 0"],
    ],
)
def test_a_closing_is_left_out_and_told(tmp_path, closing):
    table = read(tmp_path, *ROWS, *closing)
    assert table.cells["day"].tolist() == [row.split(",")[0] for row in ROWS]
    assert "footer_skipped" in {finding.code for finding in table.findings}


@pytest.mark.parametrize(
    "last",
    [
        ["", "09.03.2024,Rent 9,97.50,900"],
        ["----------", "09.03.2024,Rent 9,97.50,900"],
        ["09.03.2024,,,900"],
        ["", "09.03.2024,Rent 9,97.50,900", "", "10.03.2024,,,900"],
    ],
)
def test_rows_that_look_as_the_others_do_are_kept_below_a_blank_or_ruled_line(tmp_path, last):
    n_rows = sum(line[:1].isdigit() for line in last)
    assert len(read(tmp_path, *ROWS, *last).cells) == len(ROWS) + n_rows


def test_a_remark_below_a_table_of_texts_is_no_row_of_it(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("name,city\n" + "Ann,Graz\nBob,Linz\nEve,Wels\nKim,Enns\n" + "# total lines: 4, errors: 0\n")
    assert read_table(path).cells["name"].tolist() == ["Ann", "Bob", "Eve", "Kim"]


def test_dashes_in_the_first_cell_alone_are_a_cell_of_a_row_and_a_line_of_dashes_is_none(tmp_path):
    table = read(tmp_path, *ROWS[:3], "---,,,", *ROWS[3:6], "---,---,---,---", "-----------", *ROWS[6:])
    assert table.cells.iloc[3].tolist() == ["---", "", "", ""]
    assert len(table.cells) == len(ROWS) + 1
