"""Headers in several rows, and lines of values above them, as loggers, surveys and statistical offices write them."""

import pytest

from automl.tables import ReadOptions, read_table

LOGGED = ["2024-05-06 00:0{0}:00,440{0},12.0{0},Gi", "2024-05-06 00:1{0}:00,450{0},13.0{0},Po"]


def read(tmp_path, *lines):
    path = tmp_path / "names.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path)


def logged(count=6):
    return [LOGGED[number % 2].format(number) for number in range(count)]


def codes(table):
    return {finding.code for finding in table.findings}


@pytest.mark.parametrize("device", ["TOA5,Station 7,CR1000,E4521,std.32,1842", "TOA5,Station 7,CR1000,1842"])
def test_names_below_the_line_of_a_device_stand_above_units_and_aggregations(tmp_path, device):
    table = read(tmp_path, device, "time,record,volts,place", "TS,RN,V,text", ",,Min,Smp", *logged())
    assert list(table.cells.columns) == ["time TS", "record RN", "volts V Min", "place text Smp"]
    assert len(table.cells) == 6
    assert "other_tables" not in codes(table)


@pytest.mark.parametrize("gap", [(), ("",)])
def test_the_line_of_an_account_above_the_names_is_no_header(tmp_path, gap):
    rows = [f"0{day}.03.2024,Rent {day},{day}7.50" for day in range(1, 7)]
    table = read(tmp_path, "DE02,Main,21.11.2015,36,1234.37 EUR", *gap, "day,text,amount", *rows)
    assert list(table.cells.columns) == ["day", "text", "amount"]
    assert "preamble_skipped" in codes(table)


def test_the_line_of_an_account_above_a_blank_line_may_have_as_many_cells_as_the_table(tmp_path):
    rows = [f"0{day}.03.2024,Rent {day},{day}7.50" for day in range(1, 7)]
    table = read(tmp_path, "DE02,21.11.2015,1234.37 EUR", "", "day,text,amount", *rows)
    assert list(table.cells.columns) == ["day", "text", "amount"]
    assert len(table.cells) == 6


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("region,2019,2019,2020,2020", "region,men,women,men,women"),
        ("region,2019,,2020,", ",men,women,men,women"),
        (",31.12.2019,31.12.2019,31.12.2020,31.12.2020", ",men,women,men,women"),
        ("region,men,,women,", "name,2019,2020,2019,2020"),
    ],
)
def test_years_and_days_over_or_under_names_belong_to_them(tmp_path, upper, lower):
    rows = [f"town {number},{number}71,{number}3,{number}09,{number}88" for number in range(3, 9)]
    table = read(tmp_path, upper, lower, *rows)
    groups, names = (line.split(",") for line in (upper, lower))
    last = [groups[3], groups[4] or groups[3]]
    assert list(table.cells.columns)[3:] == [" ".join(pair) for pair in zip(last, names[3:], strict=True)]
    assert len(table.cells) == 6


def test_three_rows_of_names_as_surveys_write_them_are_the_header(tmp_path):
    written = '"{""ImportId"":""start""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"'
    rows = [f"2024-05-0{day} 10:00:00,{day},{text}" for day, text in enumerate(["fine", "", "too slow", "no"], 1)]
    table = read(tmp_path, "start,Q1,Q2_TEXT", "Start Date,How satisfied are you?,Anything else?", written, *rows)
    assert len(table.cells) == 4
    assert table.cells.columns[1] == 'Q1 How satisfied are you? {"ImportId":"QID1"}'


def test_texts_over_the_last_columns_only_belong_to_the_names_above(tmp_path):
    rows = [f"{number},4573{number}.7,{number}2.5,2{number}.9" for number in range(1, 7)]
    table = read(tmp_path, "index,day,warmth,damp", ",,filtered,raw", *rows)
    assert list(table.cells.columns) == ["index", "day", "warmth filtered", "damp raw"]


def test_a_text_among_numbers_in_the_second_row_makes_no_header(tmp_path):
    table = read(tmp_path, "Alice,3", "Bob,unknown", "Carl,5", "Dan,6", "Eve,7", "Fay,9")
    assert "no_header" in codes(table)
    assert len(table.cells) == 6


def named(tmp_path, column, *lines):
    path = tmp_path / "named.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path, ReadOptions(columns=(column,)))


def test_of_several_rows_of_names_the_one_with_a_stated_column_names_the_columns(tmp_path):
    table = named(tmp_path, "volts", "time,record,volts,place", "TS,RN,V,text", *logged())
    assert list(table.cells.columns) == ["time", "record", "volts", "place"]
    assert len(table.cells) == 6


def test_a_row_with_a_stated_column_is_the_header_though_it_looks_like_a_row(tmp_path):
    rows = ["Ann,Graz,a", "Bob,Linz,b", "sold,Graz,a", "Eve,Wels,a"]
    assert "no_header" in codes(read(tmp_path, "name,Graz,sold", *rows))
    table = named(tmp_path, "sold", "name,Graz,sold", *rows)
    assert list(table.cells.columns) == ["name", "Graz", "sold"]
    assert len(table.cells) == 4


def test_the_table_with_a_stated_column_is_read_though_another_one_is_longer(tmp_path):
    first = [f"{number},{number}5" for number in range(1, 9)]
    second = [f"0{day}.03.2024,Rent,{day}7.50" for day in range(1, 5)]
    table = named(tmp_path, "amount", "number,size", *first, "", "day,text,amount", *second)
    assert list(table.cells.columns) == ["day", "text", "amount"]
    assert "other_tables" in codes(table)


def test_a_cell_that_is_no_name_does_not_become_one_by_being_stated(tmp_path):
    rows = [f"{number},{'size' if number == 4 else 'kind'},{number}5" for number in range(1, 9)]
    table = named(tmp_path, "size", "id,what,value", *rows)
    assert list(table.cells.columns) == ["id", "what", "value"]
    assert len(table.cells) == 8


def test_the_names_that_a_model_knows_settle_the_header_too(tmp_path):
    path = tmp_path / "named.csv"
    path.write_text("\n".join(["time,record,volts,place", "TS,RN,V,text", *logged()]) + "\n", encoding="utf-8")
    table = read_table(path, ReadOptions(columns=("time", "volts", "sold")))
    assert list(table.cells.columns) == ["time", "record", "volts", "place"]


def test_names_of_a_column_in_many_rows_are_joined_though_numbers_are_among_them(tmp_path):
    upper = [",SN: 20,SN: 20", ",SB 3000,SB 3000", ",2001234567,2001234567", ",Total yield,Power", ",Counter,Analog"]
    rows = [f"25.06.2023 10:0{number},12{number}.5,{number}.75" for number in range(9)]
    table = read(tmp_path, "Version 1", "", *upper, "dd.MM.yyyy HH:mm,kWh,kW", *rows)
    assert list(table.cells.columns) == [
        "dd.MM.yyyy HH:mm",
        "SN: 20 SB 3000 2001234567 Total yield Counter kWh",
        "SN: 20 SB 3000 2001234567 Power Analog kW",
    ]
    assert len(table.cells) == 9


def test_facts_with_a_colon_above_the_names_are_skipped_and_told(tmp_path):
    rows = [f"2024-05-{day},1.0{day}" for day in range(10, 30)]
    facts = ["Source: bank,,", ",EXR.D.USD", '"","Exchange rate, 2:15 pm"', "Collection:,Average"]
    table = read(tmp_path, *facts, "Period\\Unit:,[US dollar ]", *rows)
    assert list(table.cells.columns) == ["Period\\Unit:", "[US dollar ]"]
    assert len(table.cells) == 20
    assert "preamble_skipped" in codes(table)


def test_days_under_one_name_over_several_columns_belong_to_it(tmp_path):
    rows = [f"land {number},{number}954.1,{number}33.2,{number}2.9" for number in range(1, 9)]
    table = read(tmp_path, ",area,area,area", ",31.12.2015,31.12.2016,31.12.2017", *rows)
    assert list(table.cells.columns)[1:] == ["area 31.12.2015", "area 31.12.2016", "area 31.12.2017"]
    assert len(table.cells) == 8


def test_facts_between_the_names_and_the_periods_are_no_rows(tmp_path):
    rows = [f"2020-0{month},{month}.5,10{month}.6" for month in range(1, 10)]
    table = read(tmp_path, "Month,gdp,cpi", "Unit,Percent,Index", "Release Date,05.01.2024,06.01.2024", *rows)
    assert list(table.cells.columns)[1] == "gdp Percent 05.01.2024"
    assert len(table.cells) == 9


def test_a_row_without_a_known_period_at_the_top_stays_a_row(tmp_path):
    rows = [f"{2000 + number},{number}.5,{number}" for number in range(9)]
    table = read(tmp_path, "year,share,count", "unknown,3.5,2", "other,1.5,9", *rows)
    assert list(table.cells["year"])[:2] == ["unknown", "other"]
    assert len(table.cells) == 11


def test_a_first_row_whose_texts_come_again_below_is_a_row_of_a_short_table_too(tmp_path):
    table = read(tmp_path, "key,place,count,note", ",north,many,plain", "a,north,4,plain", "b,south,5,plain")
    assert len(table.cells) == 3
