"""Cells and records that were cut for want of quotes: put together where the names say how many cells there are."""

import pytest

from automl.tables import ReadOptions, read_blocks, read_table, reading


def read(tmp_path, *lines, ending="\n"):
    path = tmp_path / "cut.csv"
    path.write_text(ending.join(lines) + ending, encoding="utf-8", newline="")
    return read_table(path)


def codes(table):
    return {finding.code for finding in table.findings}


def test_thousands_marks_of_one_column_are_put_together_and_told(tmp_path):
    revenues = ["35,291", "97,316", "865", "5,515,631", "617", "59,354", "6,987", "753,870"]
    rows = [f"EMEA,Widget,{number},{revenue},Q{number % 4 + 1}" for number, revenue in enumerate(revenues)]
    table = read(tmp_path, "region,product,units,revenue,quarter", *rows)
    assert list(table.cells["revenue"]) == revenues
    assert "unquoted_delimiters" in codes(table)


def test_columns_of_three_digits_without_a_name_of_their_own_are_no_thousands(tmp_path):
    rows = [f"town {number},{number + 10},{number * 37 + 100},{number * 11 + 200},x" for number in range(1, 12)]
    table = read(tmp_path, "a,b,c,d", *rows)
    assert table.cells.shape == (11, 5)
    assert "unquoted_delimiters" not in codes(table)


def test_decimal_commas_of_one_digit_are_put_together_in_every_row(tmp_path):
    rows = [f"2021-01-{number:02d},Lyon,{number - 5},{number * 7 % 10},ok" for number in range(1, 25)]
    table = read(tmp_path, "date,station,temperature,status", *rows)
    assert list(table.cells["temperature"])[:3] == ["-4,7", "-3,4", "-2,1"]
    assert list(table.cells["status"].unique()) == ["ok"]


def test_columns_of_digits_behind_names_of_rows_are_no_decimals(tmp_path):
    rows = [f"town {number},{number},{number * 3 % 10},{number},x" for number in range(30)]
    table = read(tmp_path, "a,b,c,d", *rows)
    assert table.cells.shape == (30, 5)
    assert "unquoted_decimals" not in codes(table)


def test_names_that_go_on_behind_a_comma_and_a_space_are_one_cell(tmp_path):
    names = ["Okafor, Chidi", "Smith, John", "Madonna", "Okafor, Chidi", "De Vries, Anne", "Smith, Jo"]
    rows = [f"{number},{number}33,{name},,44:4{number},+{number}:00" for number, name in enumerate(names, 1)]
    table = read(tmp_path, "RESULTS", "", "place,bib,athlete,club,time,gap", *rows)
    assert list(table.cells["athlete"]) == names
    assert table.cells["time"][0] == "44:41"


def test_a_space_behind_every_comma_cuts_as_any_comma_does(tmp_path):
    rows = [f"{number}, red, {number}.5" for number in range(9)]
    table = read(tmp_path, "key,colour,size", *rows)
    assert table.cells.shape == (9, 3)
    assert table.cells["colour"].str.strip().eq("red").all()


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_json_without_quotes_around_it_is_one_cell(tmp_path, delimiter):
    payloads = [
        '{"q":"a, b; c","n":{"x":1,"y":[1;2]}}'.replace(";", delimiter),
        "{}",
        "[1,2;3]",
        '{"t":"it\'s } here,;"}',
    ]
    rows = [delimiter.join((f"{number}", payloads[number % 4], f"{200 + number}")) for number in range(12)]
    table = read(tmp_path, delimiter.join(("event", "payload", "status")), *rows)
    assert list(table.cells["payload"])[:4] == payloads
    assert list(table.cells["status"])[:2] == ["200", "201"]
    assert "unquoted_delimiters" in codes(table)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_records_that_are_broken_over_lines_in_most_rows_are_put_together(tmp_path, ending):
    addresses = [("c/o Jones", "Flat 2", "9 Mill Rd"), ("Unit 4", "Park Lane"), ("1 High St",), ("Unit 5", "Dock")]
    rows = [f"7000{number},Brown,{ending.join(addresses[number % 4])},Leeds,0113 24{number}" for number in range(9)]
    table = read(tmp_path, "number,name,address,city,phone", *rows, ending=ending)
    assert table.cells.shape == (9, 5)
    assert table.cells["address"][0].splitlines() == ["c/o Jones", "Flat 2", "9 Mill Rd"]
    assert "rejoined_rows" in codes(table)


def test_broken_records_below_a_title_are_put_together_block_by_block_too(tmp_path, monkeypatch):
    rows = [f"{70000 + number},Brown,Unit {number}\nDock,Leeds,0113" for number in range(300)]
    whole = read(tmp_path, "Customers", "", "number,name,address,city,phone", *rows).cells
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 1 << 10)
    blocks = [block.cells for block in read_blocks(tmp_path / "cut.csv", ReadOptions(), rows=100)]
    assert whole.shape == (300, 5)
    assert [row for block in blocks for row in block.to_numpy().tolist()] == whole.to_numpy().tolist()


def test_names_with_a_delimiter_of_their_own_stand_over_the_rows(tmp_path):
    rows = [f"0{number}.03.2023;1EMH{number};10.00{number},3;7,{number};read, twice" for number in range(1, 9)]
    table = read(tmp_path, "day,meter,reading,use,remark", *rows)
    assert list(table.cells.columns) == ["day", "meter", "reading", "use", "remark"]
    assert len(table.cells) == 8
    assert "header_delimiter" in codes(table)


def test_texts_between_rare_quotes_beside_bare_numbers_are_framed_cells(tmp_path):
    rows = [f"~0{number}~^~Egg, whole, raw~^~~^{number}.5^^{number}" for number in range(8)]
    table = read(tmp_path, *rows)
    assert list(table.cells.iloc[3]) == ["03", "Egg, whole, raw", "", "3.5", "", "3"]


def test_rows_that_are_too_long_are_not_said_to_be_in_place(tmp_path):
    table = read(
        tmp_path, "a,b,c", *["red,blue,green", "blue,green,red"] * 4, "red,blue,blue,green,red", "red,red,blue"
    )
    ragged = next(finding for finding in table.findings if finding.code == "ragged_rows")
    assert "under a wrong name" in ragged.action
