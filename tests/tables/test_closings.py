"""What stands below a table is none of its rows: summaries, balances, closing remarks and lines of prose."""

import pytest

from automl.tables import read_table

ROWS = [f"0{day}.03.2024,Rent {day},{day}7.50,{day}00" for day in range(1, 9)]


def read_file(tmp_path, *lines):
    path = tmp_path / "closing.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path)


def read(tmp_path, *lines):
    return read_file(tmp_path, "day,text,amount,balance", *lines)


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


@pytest.mark.parametrize("total", ["Total,,,36.00,", "Opening balance,,,,100.00"])
def test_a_total_or_a_balance_just_below_the_header_is_no_row(tmp_path, total):
    rows = [f"{day}.03.2024,Rent {day},x,{day}.00,{50 + day}.00" for day in range(1, 9)]
    table = read_file(tmp_path, "date,text,flag,amount,balance", total, *rows)
    assert len(table.cells) == 8
    assert any(finding.code == "footer_skipped" and "header" in finding.message for finding in table.findings)


@pytest.mark.parametrize("at", [0, 3, 8])
@pytest.mark.parametrize("label", ["Total", "unknown"])
def test_a_full_row_under_such_a_label_is_a_row(tmp_path, at, label):
    rows = [f"{name},{number}.5,{number * 3},EUR" for number, name in enumerate("abcdefgh", 1)]
    table = read_file(tmp_path, "name,share,count,money", *rows[:at], f"{label},2.5,4,EUR", *rows[at:])
    assert len(table.cells) == 9


def test_totals_with_dashes_where_other_rows_have_a_state_are_no_rows(tmp_path):
    rows = [f"Brand {number},Enabled,EUR,{number}7.00,{number}3" for number in range(1, 9)]
    totals = ["Total: Enabled campaigns,--,EUR,,912", "Total: Account,--,EUR,999.00,912"]
    assert len(read_file(tmp_path, "campaign,state,money,budget,clicks", *rows, *totals).cells) == 8


def test_a_source_in_the_first_column_of_a_table_that_begins_further_right_is_no_row(tmp_path):
    rows = [f",,20{number},53{number}.6,50{number}.6,8.{number}," for number in range(10, 24)]
    closing = [",,,,,,", ',,"Source: the office, own calculations",,,,']
    table = read_file(tmp_path, ",,Year,Income,Spending,Rest,", *rows, *closing)
    assert table.cells.shape == (14, 4)


def test_a_sum_without_a_label_above_rows_of_commas_is_no_row(tmp_path):
    rows = [f"Transport,x{number},{number}.50,," for number in range(1, 9)]
    table = read_file(tmp_path, "department,supplier,amount,,", *rows, ",,40.00,,", ",,,,", ",,,,")
    assert len(table.cells) == 8
