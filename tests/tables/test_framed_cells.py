"""A rare character around every cell is the quote, and what stands between two of them the delimiter."""

import csv

import pytest

from automl.tables import read_table, reading

NAMES = ["id", "from", "subject"]
ROWS = [[f"D{number}", "Roe, R; Poe, E", 'RE: "final"' if number % 3 else ""] for number in range(1, 30)]


def framed(quote, delimiter):
    return "".join(quote + f"{quote}{delimiter}{quote}".join(row) + quote + "\r\n" for row in [NAMES, *ROWS])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize(("quote", "delimiter"), [("þ", "\x14"), ("þ", ","), ("~", "\x1f"), ("^", ";"), ("|", ",")])
def test_the_marks_around_every_cell_are_found_in_a_short_and_in_a_large_file(
    tmp_path, monkeypatch, encoding, quote, delimiter
):
    path = tmp_path / "documents.dat"
    path.write_bytes(framed(quote, delimiter).encode(encoding))
    table = read_table(path)
    assert [list(table.cells.columns), *table.cells.to_numpy().tolist()] == [NAMES, *ROWS]
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 200)
    assert read_table(path).cells.equals(table.cells)


def test_a_letter_that_begins_and_ends_every_line_is_no_quote(tmp_path):
    path = tmp_path / "words.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["ä", "b", "ä"], ["ä1", "2", "3ä"], ["ä4", "5", "6ä"], ["ä7", "8", "9ä"]])
    assert read_table(path).cells.iloc[-1].tolist() == ["ä7", "8", "9ä"]
