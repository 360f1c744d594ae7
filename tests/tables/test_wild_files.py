"""Files as people really have them, and what a careful person reads in each."""

import pytest

from automl.errors import DataError
from automl.tables import read_blocks, read_table, reading


def read(tmp_path, content):
    path = tmp_path / "wild.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


def codes(table):
    return {finding.code for finding in table.findings}


def test_lines_of_two_encodings_are_both_read(tmp_path):
    table = read(tmp_path, b"name,city\n" + "a,Köln\n".encode() * 9 + "b,Zürich\n".encode("cp1252"))
    assert table.cells["city"].tolist() == ["Köln"] * 9 + ["Zürich"]
    assert "encoding_guessed" in codes(table)


@pytest.mark.parametrize("n_western", [1, 4])
def test_lines_of_two_encodings_are_both_read_though_those_in_utf8_are_the_fewer(tmp_path, n_western):
    lines = ["K1;Jörg Weiß;1.477,44 €;gekündigt\n".encode("cp1252")] * n_western + ["K2;Zoë Müller;8,50 €;\n".encode()]
    table = read(tmp_path, b"".join([b"number;name;sales;left\n", *lines * 6]))
    assert table.cells["name"].tolist() == [*["Jörg Weiß"] * n_western, "Zoë Müller"] * 6
    assert table.cells["sales"].unique().tolist() == ["1.477,44 €", "8,50 €"]
    (severity,) = (finding.severity for finding in table.findings if finding.code == "encoding_guessed")
    assert severity == "warning"


def test_capitals_before_quotes_and_spaces_are_no_lines_in_utf8(tmp_path):
    lines = "".join(f"{number};«CAFÉ»;Ã\u00a0;déjà\n" for number in range(9))
    table = read(tmp_path, f"number;name;mark;note\n{lines}".encode("cp1252"))
    assert set(table.cells["name"]) == {"«CAFÉ»"}


def test_the_line_that_states_the_delimiter_is_no_header(tmp_path):
    table = read(tmp_path, "sep=;\nname;price\na;1,5\nb;2,5\nc;3,5\n")
    assert list(table.cells.columns) == ["name", "price"]
    assert table.cells["price"].tolist() == ["1,5", "2,5", "3,5"]


def test_empty_columns_without_a_name_at_the_right_are_left_out_and_said(tmp_path):
    table = read(tmp_path, "a,b,c,,,\n1,2,x,,,\n2,3,y,,,\n3,4,z,,,\n,,,,,\n")
    assert list(table.cells.columns) == ["a", "b", "c"]
    assert {"ragged_rows", "footer_skipped"} <= codes(table)


def test_a_german_export_with_title_and_total(tmp_path):
    rows = "".join(f"{day:02d}.01.2024;Köln;1.{day:03d},50\n" for day in range(1, 29))
    text = f"Umsatzbericht;;\nErstellt am 01.02.2024;;\n;;\nDatum;Filiale;Umsatz\n{rows}Summe;;28.420,00\n"
    table = read(tmp_path, text.encode("cp1252"))
    assert table.cells.shape == (28, 3)
    assert {"preamble_skipped", "footer_skipped", "encoding_guessed"} <= codes(table)


def test_an_unquoted_comma_in_some_numbers_moves_no_cell(tmp_path):
    rows = [f"{number},Town{number},{number * 7 + 100},{number}.5" for number in range(1, 40)]
    rows[9] = "10,Town10,1,204,10.5"
    table = read(tmp_path, "\n".join(["id,city,people,area", *rows]) + "\n")
    assert table.cells.iloc[9].tolist() == ["10", "Town10", "1,204", "10.5"]
    assert "repaired_rows" in codes(table)


def test_a_quote_that_is_never_closed_swallows_no_row(tmp_path):
    rows = [f'{number},"fine, {number}",{number}' for number in range(20)]
    rows[10] = '10,"never closed,10'
    table = read(tmp_path, "\n".join(["id,text,value", *rows]) + "\n")
    assert len(table.cells) == 20
    assert "unbalanced_quotes" in codes(table)


def test_a_row_of_units_belongs_to_the_header(tmp_path):
    rows = "".join(f"{number},{number / 2},{number * 2}\n" for number in range(20))
    table = read(tmp_path, f"time,speed,mass\n[s],[m/s],[kg]\n{rows}")
    assert list(table.cells.columns) == ["time [s]", "speed [m/s]", "mass [kg]"]
    assert "several_header_rows" in codes(table)


def test_a_preamble_with_commas_is_no_table(tmp_path):
    rows = "".join(f"{number},north,{number * 1.5}\n" for number in range(25))
    table = read(
        tmp_path, f"Report, by ACME, Inc., on May 3, 2024\nFilters: region=all, year=2024\n\nid,region,amount\n{rows}"
    )
    assert list(table.cells.columns) == ["id", "region", "amount"]
    assert len(table.cells) == 25


def test_line_ends_of_three_sorts_in_one_file_end_rows(tmp_path):
    table = read(tmp_path, b"a,b,c\r\n1,2,3\r\n4,5,6\r\n7,8,9\r1,2,3\n")
    assert table.cells.to_numpy().tolist() == [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], ["1", "2", "3"]]


def test_delimiters_at_the_end_of_some_lines_add_no_column(tmp_path):
    rows = "".join(f"{number},x,{number}{',' * (number % 3 == 0)}\n" for number in range(20))
    table = read(tmp_path, f"a,b,c\n{rows}")
    assert table.cells.shape == (20, 3)
    assert "ragged_rows" in codes(table)


def test_two_stray_quotes_in_one_column_of_a_large_file_join_no_rows(tmp_path):
    rows = [f"{number},part {number % 7},{number * 3}.5" for number in range(20_000)]
    rows[15_000] = '15000,"part 6,45000.5'
    rows[15_010] = '15010,part 2",45030.5'
    table = read(tmp_path, "\n".join(["id,name,price", *rows]) + "\n")
    assert len(table.cells) == 20_000
    assert table.cells["id"].tolist() == [str(number) for number in range(20_000)]
    assert codes(table) == {"unbalanced_quotes"}


def test_lines_in_a_quoted_cell_that_are_no_rows_stay_in_it(tmp_path):
    note = '"see\nfirst, again, more\nsecond, again, more\nthird, again, more\nend"'
    rows = [f"{number},{note if number == 12_000 else 'fine'},{number * 3}.5" for number in range(20_000)]
    table = read(tmp_path, "\n".join(["id,note,price", *rows]) + "\n")
    assert len(table.cells) == 20_000
    assert table.cells["note"][12_000] == note.strip('"')


def test_a_file_that_goes_on_in_zero_bytes_is_one_clear_error(tmp_path):
    path = tmp_path / "sparse.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 40_000)
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    with pytest.raises(DataError, match="zero bytes in a row"):
        read_table(path)
    with pytest.raises(DataError, match="zero bytes in a row"):
        list(read_blocks(path))


def test_a_large_file_reads_as_a_small_one_does(tmp_path, monkeypatch):
    content = "\ufefftitle\n\nid;näme\n" + "".join(f'{number};"ö; {number}"\n' for number in range(40_000))
    small = read(tmp_path, content)
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 1_000)
    large = read(tmp_path, content)
    assert large.cells.equals(small.cells)
    assert large.cells.iloc[0].tolist() == ["0", "ö; 0"]
    assert codes(large) == codes(small) == {"preamble_skipped"}


def numbered_rows(count, end=""):
    return "".join(f"{number};Town {number};{number * 7 + 100};{number},5{end}\n" for number in range(count))


def test_settings_filled_up_to_the_width_of_the_table_are_no_header(tmp_path):
    text = f"Account;DE12 3456;;\nPeriod;2023;;\n;;;\nid;city;people;area\n{numbered_rows(12)}"
    table = read(tmp_path, text)
    assert list(table.cells.columns) == ["id", "city", "people", "area"]
    assert len(table.cells) == 12
    assert "preamble_skipped" in codes(table)


def test_notes_filled_up_to_the_width_below_an_empty_row_are_no_rows(tmp_path):
    notes = ";;;\nNotes:;;;\n1. Areas are estimates.;;;\nSource: the office;;;\n"
    table = read(tmp_path, f"id;city;people;area\n{numbered_rows(12)}{notes}")
    assert len(table.cells) == 12
    assert "footer_skipped" in codes(table)


def test_empty_columns_at_the_right_stay_away_though_a_row_has_a_cell_too_many(tmp_path):
    rows = numbered_rows(12, end=";;").splitlines()
    rows[5] = rows[5].replace(";Town 5", ";;Town 5")
    table = read(tmp_path, "\n".join(["id;city;people;area;;", *rows]) + "\n")
    assert list(table.cells.columns) == ["id", "city", "people", "area"]
    assert table.cells.iloc[5].tolist() == ["5", "Town 5", "135", "5,5"]


def test_an_empty_column_at_the_left_is_left_out_and_said(tmp_path):
    rows = "".join(f",{number},north,{number * 1.5}\n" for number in range(12))
    table = read(tmp_path, f",id,region,amount\n{rows}")
    assert list(table.cells.columns) == ["id", "region", "amount"]
    assert "blank_columns" in codes(table)


def test_an_unnamed_column_with_a_cell_stays(tmp_path):
    rows = "".join(f"{'x' if number == 7 else ''},{number},north,{number * 1.5}\n" for number in range(12))
    table = read(tmp_path, f",id,region,amount\n{rows}")
    assert table.cells.shape == (12, 4)


def test_names_over_several_columns_are_not_spread_over_a_column_without_a_name(tmp_path):
    text = f"Place;;Figures;;\nid;city;people;area;\n{numbered_rows(12, end=';')}"
    assert list(read(tmp_path, text).cells.columns) == ["Place id", "Place city", "Figures people", "Figures area"]


def test_names_over_the_names_of_a_table_below_settings_belong_to_it(tmp_path):
    text = f"Account;1\nPeriod;2\n\nPlace;;Figures;\nid;city;people;area\n{numbered_rows(12)}"
    assert list(read(tmp_path, text).cells.columns) == ["Place id", "Place city", "Figures people", "Figures area"]


def test_a_header_that_comes_again_below_a_comment_on_top_goes_on_with_the_table(tmp_path):
    rows = numbered_rows(16).splitlines(keepends=True)
    header = "id;city;people;area\n"
    table = read(tmp_path, "# exported\n" + header + "".join(rows[:8]) + header + "".join(rows[8:]))
    assert len(table.cells) == 16
    assert "repeated_header" in codes(table)


def test_the_mark_of_the_end_of_a_file_is_no_cell(tmp_path):
    table = read(tmp_path, f"id;city;people;area\n{numbered_rows(12)}\x1a")
    assert len(table.cells) == 12
    assert table.cells.iloc[-1].tolist() == ["11", "Town 11", "177", "11,5"]


LATIN = {
    "cp1250": [
        "Łukasz;Gałązka;Kraków;źródło;mężczyzna",
        "Příliš;žluťoučký;kůň;Plzeň;Jiří",
        "Árvíztűrő;Győr;Pécs;űr;őz",
    ],
    "cp1252": ["São Paulo;Köln;García;Øster;Zoë", "São Paulo;Rio;Lima;Quito;Bogota", "12 m³;£5.00;Nº 4;½ cup;5 µm"],
    "cp1254": ["İstanbul;Şişli;Güngören;Kadıköy;Beyoğlu"],  # noqa: RUF001
}


@pytest.mark.parametrize(("encoding", "words"), [(name, words) for name, all_ in LATIN.items() for words in all_])
def test_the_code_page_in_which_words_are_words_is_found(tmp_path, encoding, words):
    words = words.split(";")
    lines = "".join(f"{number},{words[number % 5]}\n" for number in range(20))
    table = read(tmp_path, f"id,word\n{lines}".encode(encoding))
    assert table.cells["word"].tolist()[:5] == words


def test_sentences_with_commas_below_a_table_are_notes_where_a_blank_line_parts_them_from_it(tmp_path):
    rows = "".join(f"2021-03-{day:02d},{day}.5,{day},ok\n" for day in range(1, 20))
    table = read(tmp_path, f"day,temperature,humidity,flag\n{rows}\n* preliminary values\nSource: our own, 2023\n")
    assert len(table.cells) == 19
    assert "footer_skipped" in codes(table)


def test_the_total_below_a_table_whose_header_comes_again_is_left_out(tmp_path):
    rows = [f"C-{number},{number},{number}.5\n" for number in range(1, 30)]
    text = "code,count,price\n" + "".join(rows[:15]) + "code,count,price\n" + "".join(rows[15:]) + "Total,,420.5\n"
    table = read(tmp_path, text)
    assert len(table.cells) == 29
    assert {"repeated_header", "footer_skipped"} <= codes(table)


@pytest.mark.parametrize("delimiter", ["^", "~", ":", "\x01"])
def test_rare_delimiters_are_found_between_titles_and_notes(tmp_path, delimiter):
    rows = [delimiter.join((f"K{number}", f"name {number}", f"{number}.25", "x")) for number in range(12)]
    header = delimiter.join(("key", "name", "price", "flag"))
    table = read(tmp_path, "\n".join(["Report of the day", "", header, *rows, "", "* end", "Printed by us"]) + "\n")
    assert list(table.cells.columns) == ["key", "name", "price", "flag"]
    assert len(table.cells) == 12


def test_numbers_that_an_unquoted_decimal_comma_cut_are_put_together(tmp_path):
    rows = "".join(f"K{number},{number},{number * 37 % 100:02d},{number}.5,ok\n" for number in range(1, 30))
    table = read(tmp_path, f"key,price,weight,flag\n{rows}")
    assert table.cells["price"].tolist()[:3] == ["1,37", "2,74", "3,11"]
    assert table.cells["flag"].unique().tolist() == ["ok"]
    assert "unquoted_decimals" in codes(table)


def test_two_columns_of_whole_numbers_under_row_names_stay_two(tmp_path):
    rows = "".join(f"r{number},{number},{20 + number}\n" for number in range(1, 30))
    table = read(tmp_path, f"visits,age\n{rows}")
    assert list(table.cells.columns) == ["col_0", "visits", "age"]


@pytest.mark.parametrize("keys", [["2024-01-05", "2024-01-06", "2024-01-07"], ["Nord", "Nord", "Sur"]])
def test_decimals_without_a_leading_zero_are_put_together_where_the_first_column_is_no_row_name(tmp_path, keys):
    table = read(
        tmp_path, "zona,peso,nota\n" + "".join(f"{key},{at + 2},{at}5,bien\n" for at, key in enumerate(keys, 3))
    )
    assert table.cells.columns.tolist() == ["zona", "peso", "nota"]
    assert table.cells["peso"].tolist() == ["5,35", "6,45", "7,55"]
    assert "unquoted_decimals" in codes(table)


@pytest.mark.parametrize(
    ("rows", "names"),
    [("r1,4,x\nr2,5,y\nr3,6,x\n", ["col_0", "a", "b"]), ("1.5,4,x\n2.5,5,y\n2.5,6,x\n", ["a", "b", "col_2"])],
)
def test_a_header_of_one_name_too_few_is_told(tmp_path, rows, names):
    table = read(tmp_path, f"a,b\n{rows}")
    assert table.cells.columns.tolist() == names
    assert "short_header" in codes(table)


def test_whole_numbers_beside_each_other_are_no_halves_where_other_numbers_have_a_decimal_point(tmp_path):
    rows = [f"{number}.5,{number},{number + 20},Graz" for number in range(1, 9)]
    table = read(tmp_path, "\n".join(["size,visits,age", *rows]) + "\n")
    assert "short_header" in codes(table)
    assert table.cells["age"].tolist() == [str(number + 20) for number in range(1, 9)]


def test_a_short_row_above_a_whole_one_is_no_piece_of_it(tmp_path):
    rows = [f"Town {number},{number * 1000}" for number in range(1, 40)]
    rows[9] = "Town 10"
    table = read(tmp_path, "\n".join(["town,people", *rows]) + "\n")
    assert table.cells.iloc[9].tolist() == ["Town 10", ""]
    assert "ragged_rows" in codes(table)


def test_pieces_of_a_record_are_joined_by_the_line_break_that_stood_there(tmp_path):
    rows = [f"SO-{number},2020-01-{number:02d},Anna Berg {number},{number}.50,ok" for number in range(1, 29)]
    rows[11] = "SO-12,2020-01-12,upper part\nlower part,12.50,ok"
    table = read(tmp_path, "\n".join(["order,day,customer,price,state", *rows]) + "\n")
    assert table.cells.iloc[11].tolist() == ["SO-12", "2020-01-12", "upper part\nlower part", "12.50", "ok"]
    assert "rejoined_rows" in codes(table)


def test_a_row_of_units_below_the_names_belongs_to_the_header(tmp_path):
    table = read(tmp_path, "term,meaning,source\n[-],[text],[name]\n" + "ann,ok,Oslo\nbob,late,Rome\n" * 5)
    assert list(table.cells.columns) == ["term [-]", "meaning [text]", "source [name]"]


def test_settings_above_a_blank_line_are_no_header_of_a_table_without_one(tmp_path):
    rows = "".join(f"2021-03-01 {hour:02d}:00:00;{hour}.5;{hour};{hour + 900};OK\n" for hour in range(20))
    table = read(tmp_path, f"Account;DE12 3456\nFrom;01.01.2022\nBalance;1 200;EUR\n\n{rows}")
    assert table.cells.shape == (20, 5)
    assert {"preamble_skipped", "no_header"} <= codes(table)


@pytest.mark.parametrize(
    ("label", "cells"), [("TOPLAM", ";1.655,50;60"), ("Totais", ";x;60"), ("", ";1.655,50;60"), ("Suma", ";x;60")]
)
def test_a_last_row_that_adds_up_those_above_is_no_row(tmp_path, label, cells):
    rows = "".join(f"Town {number};{number}{number}1,10;{number * 4}\n" for number in range(1, 6))
    table = read(tmp_path, f"place;sales;count\n{rows}{label}{cells}\n")
    assert len(table.cells) == 5
    assert "footer_skipped" in codes(table)


def test_a_last_row_that_adds_up_under_a_name_like_the_others_stays(tmp_path):
    rows = "".join(f"Town {number};{number}0\n" for number in range(1, 6))
    assert len(read(tmp_path, f"place;sales\n{rows}Town 15;150\n").cells) == 6


def test_a_source_below_a_table_is_no_row(tmp_path):
    rows = "".join(f"Town {number};{number}0;{number}5\n" for number in range(1, 6))
    table = read(tmp_path, f"place;men;women\n{rows}Fonte: ISTAT;;\nNote\nfirst estimates\n")
    assert len(table.cells) == 5


def test_words_tell_the_code_page_of_polish_and_thai(tmp_path):
    polish = "imię;opłata\n" + "".join(f"Wójcik Łęcki {number};{number},50 zł\n" for number in range(5))
    assert read(tmp_path, polish.encode("cp1250")).cells["imię"][0] == "Wójcik Łęcki 0"
    thai = "ชื่อ,จำนวน\n" + "".join(f"{name},{at}\n" for at, name in enumerate(["เชียงใหม่", "ลำปาง", "ตราด", "ภูเก็ต"]))
    assert read(tmp_path, thai.encode("cp874")).cells["ชื่อ"].tolist() == ["เชียงใหม่", "ลำปาง", "ตราด", "ภูเก็ต"]


def test_a_second_row_of_names_fills_the_columns_without_one(tmp_path):
    rows = "".join(f"{number},2024-03-0{number},{'yes' if number % 2 else ''},no,{number}\n" for number in range(1, 7))
    table = read(tmp_path, f"key,day,Which do you like?,,How many?\n,,yes,no,\n{rows}")
    assert list(table.cells.columns)[2:4] == ["Which do you like? yes", "Which do you like? no"]
    assert len(table.cells) == 6


def test_the_name_of_an_index_stands_below_the_other_names(tmp_path):
    rows = "".join(f"2024-03-0{number},{number}.5,{number}.25\n" for number in range(1, 7))
    table = read(tmp_path, f",low,high\nday,,\n{rows}")
    assert list(table.cells.columns) == ["day", "low", "high"]
    assert len(table.cells) == 6
