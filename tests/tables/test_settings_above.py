"""Settings and notes around a short table: they are none, however many lines they have."""

import pytest

from automl.tables import read_table

SETTINGS = ["Owner{0}B. Haas", "Account{0}AT61 1904", "From{0}2024-02-01", "To{0}2024-02-29", "Opened{0}1.204,10"]
SETTINGS += ["Closed{0}980,00", "Branch{0}Graz"]
NAMES = ["Day", "Text", "Amount", "Note"]
ROWS = [[f"2024-02-0{day}", "Rent" if day % 2 else "Food", f"-{day},50", "ok"] for day in range(1, 6)]


def read(tmp_path, lines):
    path = tmp_path / "settings.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path)


def codes(table):
    return {finding.code for finding in table.findings}


def content(table):
    return [list(table.cells.columns), *table.cells.to_numpy().tolist()]


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("padding", [0, 2])
def test_more_settings_than_rows_are_no_table(tmp_path, delimiter, padding):
    settings = [line.format(delimiter) + padding * delimiter for line in SETTINGS]
    table = read(tmp_path, [*settings, (padding and 3 * delimiter) or "", *map(delimiter.join, [NAMES, *ROWS])])
    assert content(table) == [NAMES, *ROWS]
    assert "preamble_skipped" in codes(table)
    assert "other_tables" not in codes(table)


def test_a_colon_in_a_cell_of_its_own_between_key_and_value_is_no_value(tmp_path):
    settings = ["Holder:;Mr. B", "Street:;Hill 1", "Town:;Rome", "Code:;X_1", "Branch:;West", "Balance;:;20,10"]
    table = read(tmp_path, [*settings, "", *map(";".join, [NAMES, *ROWS])])
    assert content(table) == [NAMES, *ROWS]


def test_a_section_of_rows_below_sections_of_settings_is_the_table(tmp_path):
    sections = [
        "[Run],,,",
        *(line.format(",") + ",," for line in SETTINGS[:4]),
        "[Cycles],,,",
        "36,,,",
        ",,,",
        "[Wells],,,",
    ]
    rows = [["A1", "P1", "GATC", "x"], ["A2", "P2", "CTTA", "y"], ["A3", "P3", "TTAG", "x"]]
    table = read(tmp_path, [*sections, "Well,Probe,Index,Set", *map(",".join, rows)])
    assert content(table) == [["Well", "Probe", "Index", "Set"], *rows]


def test_lines_of_text_around_a_short_table_do_not_make_it_one_column(tmp_path):
    above = ["Statement of the month", "issued by the bank", "for its customer", "========", "printed on request"]
    below = ["", "End of the list", "Ask us", "We are here", "Call any time", "or write"]
    table = read(
        tmp_path, [*above, *map(",".join, [NAMES, *([row[0], row[1], row[2][1], "ok"] for row in ROWS)]), *below]
    )
    assert list(table.cells.columns) == NAMES
    assert len(table.cells) == 5


def test_names_that_are_all_marked_are_no_comment(tmp_path):
    names = [f"#{name}" for name in NAMES]
    table = read(tmp_path, ["#Printed;", "", ";".join(names), *map(";".join, ROWS)])
    assert content(table) == [names, *ROWS]


def test_a_table_of_two_columns_stays_the_one_that_is_read(tmp_path):
    capitals = [["Country", "Capital"], *([f"Land {letter}", f"{letter}town"] for letter in "ABCDEFGH")]
    table = read(tmp_path, [*map(";".join, capitals), "", *map(";".join, [NAMES, *ROWS])])
    assert content(table) == capitals
    amounts = [["Day", "Amount"], *([f"2024-01-{day}", f"{day},5"] for day in range(10, 22))]
    table = read(tmp_path, [*map(";".join, amounts), "", *map(";".join, [NAMES, *ROWS])])
    assert content(table) == amounts
    assert "other_tables" in codes(table)
