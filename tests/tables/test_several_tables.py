"""Several tables in one file: the longest is read, wherever it stands and however it is set apart."""

import itertools

import pytest

from automl.tables import read_table

TABLES = {
    "numbers": (["id", "name", "amount"], lambda i: [str(i), "abc"[i % 3] * 3, f"{i}.50"]),
    "wide": (["code", "city", "state", "qty", "price"], lambda i: [f"X{i}", "Oslo", "on", str(i), f"0.{i}"]),
    "texts": (["word", "colour", "shape"], lambda i: [f"w{i}", ["red", "blue"][i % 2], "round"]),
    "dates": (["day", "hours", "note"], lambda i: [f"2020-01-{i + 1:02d}", str(i), ["fine", "bad weather"][i % 2]]),
}
LAYOUTS = {
    "blank": "{0}\n{1}",
    "titles": "Summary\n{0}\nDetails of all\n{1}",
    "titles_apart": "Summary of the year\n\n{0}\nDetails of all\n\n{1}",
    "titles_only": "Summary\n{0}Details of all\n{1}",
    "marked_titles": "# Summary\n{0}\n# Details\n{1}",
    "total": "Summary\n{0}Total,,10\n\nDetails\n{1}",
}


def rows_of(kind, count):
    names, row = TABLES[kind]
    return [names, *(row(number) for number in range(count))]


def text_of(rows):
    return "".join(",".join(row) + "\n" for row in rows)


def read(tmp_path, text):
    path = tmp_path / "several.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(TABLES, 2)))
@pytest.mark.parametrize("counts", [(3, 8), (9, 5)])
def test_the_longest_of_two_tables_is_read_and_the_other_named(tmp_path, layout, first, second, counts):
    above, below = rows_of(first, counts[0]), rows_of(second, counts[1])
    table = read(tmp_path, LAYOUTS[layout].format(text_of(above), text_of(below)))
    expected = max(above, below, key=len)
    assert [list(table.cells.columns), *table.cells.to_numpy().tolist()] == expected
    (other,) = [finding for finding in table.findings if finding.code == "other_tables"]
    assert f"{min(counts)} rows" in other.message


def test_the_first_of_two_equally_long_tables_is_read(tmp_path):
    above, below = rows_of("numbers", 6), rows_of("dates", 6)
    table = read(tmp_path, f"Summary\n{text_of(above)}\nDetails\n{text_of(below)}")
    assert list(table.cells.columns) == above[0]


def test_tables_filled_up_to_one_width_with_empty_cells_are_told_apart(tmp_path):
    lines = [
        "Summary",
        *text_of(rows_of("numbers", 3)).splitlines(),
        "",
        "Details",
        *text_of(rows_of("dates", 9)).splitlines(),
    ]
    text = "".join(line + "," * (6 - line.count(",")) + "\n" for line in lines)
    table = read(tmp_path, text)
    assert table.cells.to_numpy().tolist() == rows_of("dates", 9)[1:]
    assert any(finding.code == "other_tables" for finding in table.findings)


@pytest.mark.parametrize("mark", ["", "# checked until here", "Region North"])
def test_a_row_of_texts_behind_a_break_begins_no_table_where_its_cells_came_before(tmp_path, mark):
    rows = rows_of("numbers", 40)
    rows[21] = ["unknown", "aaa", "see note"]
    lines = text_of(rows).splitlines()
    lines.insert(21, mark)
    table = read(tmp_path, "\n".join(lines) + "\n")
    assert len(table.cells) >= 40
    assert not any(finding.code == "other_tables" for finding in table.findings)


def test_a_single_row_of_another_width_above_or_below_a_table_is_no_table(tmp_path):
    rows = [f"0{day}.03.2024,Rent,{day}7.50" for day in range(1, 7)]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["opened,12", "", "day,text,amount", *rows, "", "debits,credits", "85.20,12"]) + "\n")
    table = read_table(path)
    assert len(table.cells) == 6
    found = {finding.code: finding.message for finding in table.findings}
    assert "other_tables" not in found
    assert {"preamble_skipped", "footer_skipped"} <= set(found)
    assert "debits,credits" in found["footer_skipped"]
