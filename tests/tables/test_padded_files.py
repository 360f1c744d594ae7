"""Columns that a person or a printer lined up: with spaces, tabs and form feeds."""

import pytest

from automl.tables import ReadOptions, read_table

TOWNS = ("San Donà", "Forlì", "Reggio nell'Emilia")


@pytest.fixture
def read(tmp_path):
    def _read(text, **options):
        path = tmp_path / "padded.txt"
        path.write_text(text, encoding="utf-8", newline="")
        return read_table(path, ReadOptions(**options))

    return _read


def rows_of(table):
    return table.cells.to_numpy().tolist()


def test_a_comma_between_the_digits_of_aligned_numbers_is_a_decimal_mark(read):
    rows = [[TOWNS[at % 3], str(7 + 31 * at), f"{9 + 7 * at},{10 + at}%"] for at in range(12)]
    table = read(
        "\n".join(f"{town:<20}{votes:>8}{share:>10}" for town, votes, share in [["Town", "Votes", "%"], *rows])
    )
    assert rows_of(table) == rows


def test_a_comma_that_parts_aligned_cells_delimits_them(read):
    rows = [[f"A{at}", TOWNS[at % 3], str(at * 731)] for at in range(1, 13)]
    table = read("\n".join(f"{code:<6},{town:<20},{count:>8}" for code, town, count in [["Code", "Town", "N"], *rows]))
    assert [[cell.strip() for cell in row] for row in rows_of(table)] == rows


def test_a_printed_report_has_its_titles_and_names_once_however_many_pages(read):
    rows = [[f"{1009 * at}-{at}", "Clerk of the archive" if at % 4 else "Boss", f"{at}.901,22"] for at in range(1, 25)]
    lines = [f"{number:<10} {post:<20} {pay:>10}" for number, post, pay in rows]
    head = "TOWN HALL OF SANTANA, PAYROLL OF MAY   PAGE {}\n" + "=" * 42 + "\n"
    head += f"{'Number':<10} {'Post':<20} {'Pay':>10}\n" + "-" * 42 + "\n"
    pages = [head.format(1 + at // 8) + "\n".join(lines[at : at + 8]) + "\n" for at in (0, 8, 16)]
    table = read("\f".join(pages))
    assert list(table.cells.columns) == ["Number", "Post", "Pay"]
    assert rows_of(table) == rows


def padded(rows, stops=(0, 24, 40)):
    lines = []
    for row in rows:
        line = ""
        for cell, stop in zip(row, stops, strict=True):
            while len(line.expandtabs(8)) < stop:
                line += "\t"
            line += cell
        lines.append(line)
    return "\n".join(lines) + "\n"


def test_several_tabs_are_one_where_they_put_cells_below_each_other(read):
    rows = [
        ["Society", "Town", "Fee"],
        *([TOWNS[at % 3], "Ede" if at % 2 else "Leeuwarden", f"{at},50"] for at in range(9)),
    ]
    table = read(padded(rows))
    assert [list(table.cells.columns), *rows_of(table)] == rows
    assert "aligned_columns" in {finding.code for finding in table.findings}


def test_two_tabs_hold_an_empty_cell_where_tabs_delimit(read):
    rows = [
        ["id", "town", "note"],
        *([str(at), "" if at % 3 == 0 else "Ede", "x" if at % 2 else ""] for at in range(9)),
    ]
    table = read("\n".join("\t".join(row) for row in rows))
    assert [list(table.cells.columns), *rows_of(table)] == rows


def test_codes_of_one_length_one_space_before_the_next_column_are_cells(read):
    people = ["Ann van Ek", "Bo", "Carlsen, Magnus"]
    rows = [[people[at % 3], ("NOR", "IND", "MAS")[at % 2], "FM"[at % 2], str(1900 + 71 * at)] for at in range(12)]
    lines = [f"{name:<20}{country} {sex:<4} {rating:>6}" for name, country, sex, rating in rows]
    table = read("\n".join([f"{'Name':<20}{'Fed'} {'Sex':<4} {'Rating':>6}", *lines]))
    assert [list(table.cells.columns), *rows_of(table)] == [["Name", "Fed", "Sex", "Rating"], *rows]


def test_the_lines_of_a_log_are_cells_though_one_space_parts_most(read):
    rows = [
        ["QSO:", str(7001 + 1999 * at), "CW", f"2026-10-{at:02}", "2200", "KW9D", "599", "AB"[at % 2]]
        for at in range(1, 13)
    ]
    lines = [f"{row[0]} {row[1]:>5} {row[2]} {row[3]} {row[4]} {row[5]:<12} {row[6]} {row[7]}" for row in rows]
    table = read("\n".join(["START-OF-LOG: 3.0", "NAME: John Smith", *lines, "END-OF-LOG:", ""]))
    assert rows_of(table) == rows
