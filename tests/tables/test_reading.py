"""Reading delimited text: whole files and blocks."""

import gzip
import io
import sys

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl.errors import DataError, UsageError
from automl.tables import ReadOptions, read_blocks, read_table, reading


@pytest.fixture
def write(tmp_path):
    def _write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


def codes(table):
    return {finding.code for finding in table.findings}


def finding(table, code):
    return next(finding for finding in table.findings if finding.code == code)


def regular_text(rows):
    return "name,value\n" + "".join(f"row {i},{i}\n" for i in range(rows))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(write, delimiter):
    lines = [delimiter.join(cells) for cells in (["a", "b", "c"], ["1", "x y", "2.5"], ["2", "z", "3.5"])]
    table = read_table(write("\n".join(lines)))
    assert table.dialect.delimiter == delimiter
    assert table.cells.to_numpy().tolist() == [["1", "x y", "2.5"], ["2", "z", "3.5"]]


def test_decimal_commas_do_not_pass_for_the_delimiter(write):
    table = read_table(write("a;b;c\n1,5;2,5;x\n3,5;4,5;y\n"))
    assert table.dialect.delimiter == ";"
    assert list(table.cells["a"]) == ["1,5", "3,5"]


def test_a_one_column_file_is_a_table(write):
    table = read_table(write("price\n3,5\n4,5\n17,25\n"))
    assert list(table.cells["price"]) == ["3,5", "4,5", "17,25"]


def test_free_text_with_commas_is_one_column(write):
    table = read_table(write("review\nGood, cheap, near\nBad\nWell, it works\nFine, a, b, c, d\nOK\n"))
    assert list(table.cells.columns) == ["review"]
    assert table.cells["review"][0] == "Good, cheap, near"


def test_cells_stay_untrimmed_and_missing_words_stay_text(write):
    table = read_table(write("a,b\n x ,NA\n00501,\n"))
    assert table.cells.to_numpy().tolist() == [[" x ", "NA"], ["00501", ""]]


def test_quoted_newlines_and_delimiters_stay_in_their_cell(write):
    table = read_table(write('a,b\n"one\ntwo, three",1\n"say ""hi""",2\n'))
    assert list(table.cells["a"]) == ["one\ntwo, three", 'say "hi"']


def test_single_quotes_are_found_as_quotes(write):
    table = read_table(write("a,b\n'x, y',1\n'z',2\n'u, v',3\n"))
    assert table.dialect.quote == "'"
    assert list(table.cells["a"]) == ["x, y", "z", "u, v"]


def test_backslash_escaped_quotes_are_understood(write):
    table = read_table(write('a,b\n"say \\"hi\\" now",1\n"x",2\n'))
    assert list(table.cells["a"]) == ['say "hi" now', "x"]


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(write):
    table = read_table(write('a,b\nx,1\n"y,2\nz,3\nu,4\n'))
    assert len(table.cells) == 4
    assert "unbalanced_quotes" in codes(table)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_each_encoding_is_found(write, encoding):
    text = "name,town\nJosé,Málaga\nZoë,Köln\nRené,Orléans\nJürgen,Düsseldorf\n"
    table = read_table(write(text.encode(encoding)))
    assert list(table.cells.columns) == ["name", "town"]
    assert list(table.cells["town"]) == ["Málaga", "Köln", "Orléans", "Düsseldorf"]


def test_a_stated_encoding_that_does_not_fit_is_a_data_error(write):
    with pytest.raises(DataError, match="utf-8") as caught:
        read_table(write("a,b\né,1\n".encode("cp1252")), ReadOptions(encoding="utf-8"))
    assert "--encoding" in caught.value.hint


def test_an_unknown_encoding_is_a_data_error(write):
    with pytest.raises(DataError, match="klingon"):
        read_table(write("a,b\n1,2\n"), ReadOptions(encoding="klingon"))


def test_a_file_without_a_header_gets_numbered_names(write):
    table = read_table(write("1,2.5,x\n2,3.5,y\n3,4.5,x\n"))
    assert list(table.cells.columns) == ["col_0", "col_1", "col_2"]
    assert len(table.cells) == 3
    assert "no_header" in codes(table)


def test_year_names_over_numbers_are_a_header(write):
    table = read_table(write("country,2019,2020\nA,1.5,2.5\nB,3.5,4.5\n"))
    assert list(table.cells.columns) == ["country", "2019", "2020"]


def test_options_overrule_what_would_be_found(write):
    path = write("# note\n1;2\n3;4\n")
    table = read_table(path, ReadOptions(delimiter=";", has_header=True, skip_rows=1))
    assert list(table.cells.columns) == ["1", "2"]
    assert len(table.cells) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": "|||||"},
        {"delimiter": "a\n"},
        {"delimiter": ""},
        {"quote": "<>"},
        {"skip_rows": -1},
        {"decimal": "x"},
        {"decimal": ",", "thousands": ","},
    ],
)
def test_impossible_options_are_wrong_usage(options):
    with pytest.raises(UsageError):
        ReadOptions(**options)


def test_lines_before_the_table_are_skipped_and_reported(write):
    table = read_table(write("Report of May\n\ncreated by me\na,b,c\n1,2,3\n4,5,6\n7,8,9\n"))
    assert list(table.cells.columns) == ["a", "b", "c"]
    assert table.dialect.skip_rows == 3
    assert "preamble_skipped" in codes(table)


def test_lines_before_the_table_are_skipped_where_a_spreadsheet_padded_them(write):
    table = read_table(write("Report,,\n,,\na,b,c\n1,2,3\n4,5,6\n"))
    assert list(table.cells.columns) == ["a", "b", "c"]
    assert len(table.cells) == 2


def test_quotes_after_a_space_still_quote(write):
    table = read_table(write('a, b, c\n1, "x, y", 2\n3, "z", 4\n'))
    assert list(table.cells["b"]) == ["x, y", "z"]


def test_a_header_that_recurs_is_still_the_header(write):
    table = read_table(write("name,town\nx,y\nname,town\nu,v\n"))
    assert list(table.cells.columns) == ["name", "town"]


def test_ragged_rows_never_shift(write):
    table = read_table(write("a,b,c\n1,2,3\n4,5\n6,7,8,,\n9,10,11,12\n13,14,15\n"))
    expected = [["1", "2", "3"], ["4", "5", ""], ["6", "7", "8"], ["9", "10", "11,12"], ["13", "14", "15"]]
    assert table.cells.to_numpy().tolist() == expected
    assert finding(table, "ragged_rows").message.startswith("3 of 5 rows")


def test_one_extra_empty_cell_in_each_row_shifts_nothing(write):
    table = read_table(write("a,b\n1,2,\n3,4,\n5,6,\n"))
    assert list(table.cells["a"]) == ["1", "3", "5"]
    assert list(table.cells.columns) == ["a", "b"]


def test_row_names_without_a_name_get_one(write):
    table = read_table(write("a,b\nr1,1,2\nr2,3,4\nr3,5,6\n"))
    assert list(table.cells.columns) == ["col_0", "a", "b"]
    assert list(table.cells["b"]) == ["2", "4", "6"]


def test_repeated_and_empty_names_become_unique(write):
    table = read_table(write("a,a,,a_2\n1,2,3,4\n5,6,7,8\n"))
    assert list(table.cells.columns) == ["a", "a_3", "col_2", "a_2"]
    assert finding(table, "duplicate_column_name").columns == ("a",)


def test_nul_characters_are_removed_and_reported(write):
    table = read_table(write(b"name,value\nal\x00pha,1\nbeta,2\ngamma,3\n"))
    assert list(table.cells["name"]) == ["alpha", "beta", "gamma"]
    assert "nul_characters" in codes(table)


def test_a_header_alone_is_a_table_of_no_rows(write):
    path = write("a,b,c\n")
    assert read_table(path).cells.shape == (0, 3)
    assert [block.cells.shape for block in read_blocks(path)] == [(0, 3)]


def test_gzip_is_recognised_by_its_first_bytes(write):
    path = write(gzip.compress(b"a,b\n1,2\n"), "table.data")
    assert read_table(path).cells.to_numpy().tolist() == [["1", "2"]]


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n")))
    assert read_table("-").cells.to_numpy().tolist() == [["1", "2"]]


def test_a_large_regular_file_reads_as_a_small_one_does(write):
    table = read_table(write(regular_text(10_000)))
    assert table.cells.shape == (10_000, 2)
    assert list(table.cells.iloc[9_999]) == ["row 9999", "9999"]
    assert not table.findings


def test_a_large_file_with_one_ragged_row_keeps_every_row(write):
    table = read_table(write(regular_text(10_000) + "last,1,extra\n"))
    assert list(table.cells.iloc[-1]) == ["last", "1,extra"]
    assert finding(table, "ragged_rows").message.startswith("1 of 10,001 rows")


def test_blocks_hold_the_same_rows_as_the_whole_table(write):
    path = write('a,b\n"x\ny",1\n' + "".join(f"v{i},{i}\n" for i in range(100)))
    blocks = list(read_blocks(path, rows=7))
    assert max(len(block.cells) for block in blocks) == 7
    assert pd.concat([block.cells for block in blocks], ignore_index=True).equals(read_table(path).cells)
    assert blocks[-1].sha256 == read_table(path).sha256


def test_blocks_come_from_standard_input_larger_than_the_head(monkeypatch):
    content = "a,b\r\n" + "".join(f"{'x' * 50}{i},é\r\n" for i in range(40_000))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    blocks = list(read_blocks("-", rows=15_000))
    assert [len(block.cells) for block in blocks] == [15_000, 15_000, 10_000]
    assert list(blocks[-1].cells.iloc[-1]) == ["x" * 50 + "39999", "é"]


def test_blocks_survive_a_late_byte_that_is_not_utf8(write):
    path = write(b"a,b\n" + b"xxxxxxxxxxxxxxxxxxxx,1\n" * 60_000 + b"caf\xe9,2\n")
    last = list(read_blocks(path))[-1]
    assert list(last.cells.iloc[-1]) == ["café", "2"]


def test_the_findings_about_a_file_stand_with_its_first_block(write):
    blocks = list(read_blocks(write("a,b,c\n1,2,3\n4,5,6\n7,8\n9,10,11\n"), rows=2))
    assert [codes(block) for block in blocks] == [{"ragged_rows"}, set()]


def test_ragged_rows_of_a_very_large_file_are_counted_in_each_block(write, monkeypatch):
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 20)
    blocks = list(read_blocks(write("a,b,c\n1,2,3\n4,5,6\n7,8\n9,10,11\n"), rows=2))
    assert [codes(block) for block in blocks] == [set(), {"ragged_rows"}]


def test_blocks_of_a_small_file_survive_a_quote_that_is_never_closed(write):
    path = write('a,b\nx,1\n"y,2\nz,3\nu,4\n')
    blocks = list(read_blocks(path, rows=3))
    assert [len(block.cells) for block in blocks] == [3, 1]


names = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    header=st.lists(names, min_size=2, max_size=5, unique=True),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_a_frame_written_with_a_stated_delimiter_reads_back_cell_by_cell(tmp_path, data, header, delimiter):
    row = st.lists(words | st.just("line\nbreak"), min_size=len(header), max_size=len(header))
    rows = data.draw(st.lists(row, min_size=1, max_size=6))
    frame = pd.DataFrame(rows, columns=header, dtype="str")
    path = tmp_path / "round.csv"
    frame.to_csv(path, sep=delimiter, index=False, quoting=1)
    options = ReadOptions(delimiter=delimiter, quote='"', encoding="utf-8", has_header=True, skip_rows=0)
    assert read_table(path, options).cells.equals(frame)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), delimiter=st.sampled_from([",", ";", "\t", "|"]))
def test_a_frame_of_words_and_numbers_reads_back_in_any_delimiter_or_its_quotes_are_a_doubt(tmp_path, data, delimiter):
    word = st.text("abcdefgh ,;|'", min_size=1, max_size=10)
    row = st.tuples(word, st.integers(-999, 999).map(str), st.floats(-9, 9).map(str))
    rows = data.draw(st.lists(row, min_size=3, max_size=8))
    frame = pd.DataFrame(rows, columns=["label", "count", "size"], dtype="str")
    path = tmp_path / "round.csv"
    frame.to_csv(path, sep=delimiter, index=False)
    read = read_table(path)
    assert read.cells.equals(frame) or "ambiguous_quotes" in [finding.code for finding in read.findings]


def test_apostrophes_around_one_cell_that_needs_none_stay_and_are_a_finding(write):
    table = read_table(write("label,count\n';',1\nab,2\nc,3\nd,4\ne,5\n"))
    assert table.cells["label"].tolist() == ["';'", "ab", "c", "d", "e"]
    assert "ambiguous_quotes" in [finding.code for finding in table.findings]


def test_apostrophes_at_the_beginning_of_two_lines_with_as_many_cells_stay(write):
    table = read_table(write("label,count,size\n;,0,0.0\n';,0,0.0\n',0,0.0\n"))
    assert table.cells["label"].tolist() == [";", "';", "'"]
    assert "ambiguous_quotes" in [finding.code for finding in table.findings]


def test_quotes_around_one_cell_that_needs_none_are_taken_off_and_are_a_finding(write):
    table = read_table(write('label,count\n"ab",1\ncd,2\ne,3\nf,4\ng,5\n'))
    assert table.cells["label"].tolist() == ["ab", "cd", "e", "f", "g"]
    assert "ambiguous_quotes" in [finding.code for finding in table.findings]


def test_quotes_around_one_cell_that_holds_the_delimiter_are_no_doubt(write):
    assert not read_table(write('label,count\n"a,b",1\ncd,2\ne,3\nf,4\ng,5\n')).findings


def test_apostrophes_around_one_cell_that_holds_the_delimiter_are_quotes(write):
    table = read_table(write("label,count\n'a,b',1\ncd,2\ne,3\nf,4\ng,5\n"))
    assert table.cells["label"].tolist() == ["a,b", "cd", "e", "f", "g"]


def test_an_escaped_apostrophe_in_the_only_quoted_cell_is_read_by_the_stated_quote(write):
    table = read_table(write("label,what\nred,'it\\'s'\n"), ReadOptions(quote="'", has_header=True))
    assert table.cells.to_numpy().tolist() == [["red", "it's"]]


def test_a_hundred_thousand_columns_are_read(write):
    header = ",".join(f"c{i}" for i in range(100_000))
    table = read_table(write(f"{header}\n" + ",".join(["1"] * 100_000) + "\n"))
    assert table.cells.shape == (1, 100_000)


def test_more_cells_in_a_row_than_any_table_has_are_refused(write):
    with pytest.raises(DataError, match="cells in one row"):
        read_table(write("a," * 500_000))


def test_many_equal_names_become_unique(write):
    names = read_table(write(",".join(["a"] * 5_000) + "\n" + ",".join(["x"] * 5_000) + "\n")).cells.columns
    assert len(set(names)) == 5_000


def test_a_quote_opened_on_every_line_keeps_every_line(write):
    assert len(read_table(write("a,b\n" + '"x,1\n' * 3_000)).cells) == 3_000


def test_a_quote_opened_on_every_line_of_a_large_file_keeps_every_line(write):
    assert len(read_table(write("a,b\n" + '"x,1\n' * 60_000)).cells) == 60_000


def test_a_quote_opened_in_the_middle_of_every_line_is_part_of_its_cell(write):
    table = read_table(write("a,b,c\n" + 'x,"1 y,2\n' * 300))
    assert list(table.cells.columns) == ["a", "b", "c"]
    assert table.cells.to_numpy().tolist() == [["x", '"1 y', "2"]] * 300
    assert codes(table) == {"unbalanced_quotes"}


def test_rows_whose_every_cell_spans_lines_are_not_taken_for_stray_quotes(write):
    table = read_table(write("a,b,c\n" + '"x\ny","1\n2","u\nv"\n' * 300))
    assert table.cells.to_numpy().tolist() == [["x\ny", "1\n2", "u\nv"]] * 300


def test_rows_of_empty_cells_only_have_no_header(write):
    assert list(read_table(write(",,,\n" * 300)).cells.columns) == ["col_0", "col_1", "col_2", "col_3"]


def test_a_megabyte_in_one_cell_is_one_cell(write):
    table = read_table(write('a,b\n1,"' + "line\n" * 200_000 + '"\n2,y\n'))
    assert table.cells.shape == (2, 2)
    assert len(table.cells["b"][0]) == 1_000_000


def test_escape_sequences_and_markup_in_names_stay_what_they_are(write):
    table = read_table(write("\x1b[31mred,<b>bold</b>\n1,2\n3,4\n"))
    assert list(table.cells.columns) == ["\x1b[31mred", "<b>bold</b>"]
