"""Where the columns are those of a model each line is owed an answer: what looks like a note or a gap is a row."""

import pytest

from automl.tables import ReadOptions, read_blocks, read_table, reading

FILMS = [f"Alpha {number} dogs,0.{number}46,19{number + 10},{number}38" for number in range(1, 40)]
NAMES = ("title", "x", "year", "votes", "y")


@pytest.fixture
def write(tmp_path):
    def write_lines(*lines):
        path = tmp_path / "rows.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write_lines


def codes(table):
    return {finding.code for finding in table.findings}


@pytest.mark.parametrize(
    "last",
    ["Total Recall,-1.065,1959,", "Mean Girls,,2004,5", "Total,,,912", "Note,,,", "Page 3,,,", "# not out,1,2,3"],
)
def test_a_last_line_as_wide_as_the_header_is_a_row_where_the_names_are_known(write, last):
    table = read_table(write("title,x,year,votes", *FILMS, last), ReadOptions(columns=NAMES))
    assert table.cells.iloc[-1].tolist() == last.split(",")
    assert len(table.cells) == len(FILMS) + 1
    assert "footer_skipped" not in codes(table)


def test_notes_and_padding_below_the_table_of_a_model_are_still_left_out_and_counted(write):
    path = write("title,x,year,votes", *FILMS, "", "Source: the archive", ",,,", ",,,")
    table = read_table(path, ReadOptions(columns=NAMES))
    assert len(table.cells) == len(FILMS)
    assert next(each.counts for each in table.findings if each.code == "footer_skipped") == (("footer", 1),)


@pytest.mark.parametrize("last", ["Total Recall,-1.065,1959,", "Mean Girls,,2004,5"])
def test_a_title_that_begins_as_a_total_does_is_a_row_without_known_names_too(write, last):
    assert len(read_table(write("title,x,year,votes", *FILMS, last)).cells) == len(FILMS) + 1


@pytest.mark.parametrize("last", ["Total,-1.065,1959,", "Total of films,,,912"])
def test_a_total_by_its_name_or_its_empty_cells_is_no_row_of_a_training_table(write, last):
    assert len(read_table(write("title,x,year,votes", *FILMS, last), ReadOptions(columns=("votes",))).cells) == len(
        FILMS
    )


def test_a_cell_in_quotes_is_no_comment(write):
    rows = [f'"# good, thing {number}"' if number % 5 == 0 else f"bad {number}" for number in range(50)]
    table = read_table(write("text", *rows))
    assert table.cells["text"].tolist() == [row.strip('"') for row in rows]


ONE_COLUMN = ["0.5", "", "-1.25", "", "", "2.5", "3.5", "0.25"]


def test_a_blank_line_above_the_last_row_of_a_single_known_column_is_an_empty_cell(write):
    table = read_table(write("x", *ONE_COLUMN, "", ""), ReadOptions(columns=("x", "y")))
    assert table.cells["x"].tolist() == ONE_COLUMN


def test_blank_lines_of_a_single_known_column_are_kept_in_a_file_that_passes_in_blocks(write, monkeypatch):
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 1000)
    path = write("x", *ONE_COLUMN * 100, "", "")
    blocks = list(read_blocks(path, ReadOptions(columns=("x", "y")), 300))
    assert [cell for block in blocks for cell in block.cells["x"]] == ONE_COLUMN * 100
