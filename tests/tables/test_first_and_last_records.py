"""What stands around the rows of a file: a record that is no header, names of one block, pairs, counts and balances."""

import pytest

from automl.tables import ReadOptions, read_table

COUNTRIES = ["aar||aa|Afar", "abk||ab|Abkhazian", "ace|||Achinese", "alb|sqi|sq|Albanian", "ang|||Old English"]
COUNTRIES += ["apa|||Apache", "arm|hye|hy|Armenian", "chu||cu|Slavonic"]


@pytest.fixture
def read(tmp_path):
    def _read(text, **options):
        path = tmp_path / "records.txt"
        path.write_text(text, encoding="utf-8", newline="")
        return read_table(path, ReadOptions(**options))

    return _read


def rows_of(table):
    return table.cells.to_numpy().tolist()


def test_a_first_record_of_codes_like_those_below_is_no_header(read):
    assert rows_of(read("\n".join(COUNTRIES))) == [line.split("|") for line in COUNTRIES]


def test_names_over_codes_are_a_header(read):
    table = read("\n".join(["bib|ter|iso|name", *COUNTRIES]))
    assert list(table.cells.columns) == ["bib", "ter", "iso", "name"]


def test_names_of_a_frame_whose_index_has_none_are_a_header_over_codes(read):
    table = read("\n".join([",US,UK", *(f"{at},{'AB'[at % 2]}X,C{'YZ'[at % 2]}" for at in range(9))]))
    assert len(table.cells) == 9


def votes(header, n_blocks):
    lines = [header]
    for at in range(1, 9):
        blocks = [f"{number};Party {'abc'[number - 1]};{at * number * 31}" for number in range(1, n_blocks + 1)]
        lines.append(";".join([f"0{at}", f"Town {at}", *blocks]))
    return "\n".join(lines)


def test_names_of_the_first_block_stand_over_it_and_further_blocks_have_none(read):
    table = read(votes("Code;Town;No;Party;Votes", 3))
    names = ["Code", "Town", "No", "Party", "Votes"]
    assert list(table.cells.columns) == [*names, *(f"col_{at}" for at in range(5, 11))]
    assert table.cells["Votes"].tolist() == [str(31 * at) for at in range(1, 9)]


def test_a_title_above_rows_that_do_not_come_again_in_blocks_names_nothing(read):
    rows = [f"0{at};Town {at};{at};{at * 7};{at * 31};{at * 11}" for at in range(1, 9)]
    assert len(read("\n".join(["Votes;provisional", *rows])).cells) == 8


def test_keys_in_capitals_before_their_values_are_no_names(read):
    rows = [f"HL{at};GP;Toys;7{at}.5" for at in range(9)]
    table = read("\n".join(["VESSEL;ALINA;VOY;412W", "Bill No;Size;Goods;Weight", *rows]))
    assert list(table.cells.columns) == ["Bill No", "Size", "Goods", "Weight"]
    assert len(table.cells) == 9


def test_what_ends_at_the_line_that_says_so_is_no_part_of_the_table(read):
    settings = [
        "Channels\t2\t\t",
        "Samples\t9\t9\t",
        "Unit\tVolts\tDeg C\t",
        "X0\t0.0\t0.0\t",
        "***End_of_Header***\t\t\t",
    ]
    rows = [f"0.{at}\t-0.{at}4\t22.{at}" for at in range(9)]
    table = read("\n".join(["Writer\t2", "***End_of_Header***\t", "\t", *settings, "X\tVoltage\tHeat\tComment", *rows]))
    assert list(table.cells.columns) == ["X", "Voltage", "Heat", "Comment"]
    assert len(table.cells) == 9


def test_the_rows_stand_below_the_line_that_counts_them(read):
    rows = [f"{51 + at}.1,-1.{at},{at},0{at + 1}-Jan-20" for at in range(8)]
    table = read("\n".join(["Track file", "0,2,255,Sunday walk,0,2", "8", *rows]))
    assert rows_of(table) == [row.split(",") for row in rows]


@pytest.mark.parametrize("notes", ["", "\nThis document needs no signature.\n"])
def test_a_balance_below_the_last_columns_is_no_row(read, notes):
    rows = [f"2026-08-0{at};card;{'-' if at % 2 else ''}{at}8,74;{at}67,10;food" for at in range(1, 10)]
    table = read("\n".join(["Day;Kind;Amount;Balance;Group", *rows, ";;Closing balance;195,00 EUR;", notes]))
    assert len(table.cells) == 9
    assert "footer" in " ".join(finding.code for finding in table.findings)


def test_a_last_row_without_some_cells_stays_one(read):
    rows = [f"2026-08-0{at};card;{at}8,74;{at}67,10;food" for at in range(1, 9)]
    assert len(read("\n".join(["Day;Kind;Amount;Balance;Group", *rows, "2026-08-09;;;195,00;"])).cells) == 9


def test_subtotals_between_pages_are_no_rows(read):
    page = "Day;Call;Price\n" + "".join(f"0{at}.05.2024;602 11{at};{at},47\n" for at in range(1, 8))
    table = read(f"Bill\n\n{page}Subtotal page 1;;28,29\n{page}Subtotal page 2;;28,29\n")
    assert len(table.cells) == 14


@pytest.mark.parametrize("mark", ["\uff0c", "\uff1b"])
def test_full_width_marks_delimit_where_every_line_has_as_many(read, mark):
    lines = [
        ["姓名", "班级", "数学", "备注"],
        *(["王小明", f"三({at})班", str(70 + at), "转学, 补录" if at % 3 else ""] for at in range(9)),
    ]
    table = read("\n".join(mark.join(line) for line in lines))
    assert [list(table.cells.columns), *rows_of(table)] == lines


def test_full_width_marks_inside_cells_are_text(read):
    lines = [["编号", "说明"], *([str(at), "转学\uff0c补录"] for at in range(9))]
    table = read("\n".join(",".join(line) for line in lines))
    assert [list(table.cells.columns), *rows_of(table)] == lines


def test_an_escaped_line_end_in_quotes_goes_on_with_the_cell(read):
    notes = ['"plain"', '"line one\\\nline two"']
    lines = [f'{at},"O\\"Brien",\\N,{notes[at % 2]}\n' for at in range(1, 13)]
    table = read("".join(["id,name,born,note\n", *lines]))
    assert rows_of(table)[0] == ["1", 'O"Brien', "\\N", "line one\nline two"]
    assert len(table.cells) == 12


def test_an_empty_cell_beside_a_name_that_is_repeated_has_no_name(read):
    head = [["", "Rain", "Rain", "Wind", "Wind", "Wind"], ["", "", "", "from", "from", ""]]
    head.append(["Hour", "mm", "grade", "degrees", "grade", "m/s"])
    rows = [[f"2024/2/1 {at}:00", f"0.{at}", "8", str(at * 30), "8", f"{at}.5"] for at in range(1, 9)]
    table = read("\n".join(",".join(row) for row in [*head, *rows]))
    assert list(table.cells.columns)[-3:] == ["Wind from degrees", "Wind from grade", "Wind m/s"]
