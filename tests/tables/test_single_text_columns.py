"""A column of texts is not split at the spaces between their words, however many each has."""

import pytest

from automl.tables import ReadOptions, read_table

WORDS = ("long", "stars", "shipping", "good", "far", "the", "was", "not")


def sentences(count, template="{} {} {} {}"):
    return [template.format(*(WORDS[(number * step + step) % 8] for step in (1, 3, 5, 7))) for number in range(count)]


def read(tmp_path, *lines, columns=()):
    path = tmp_path / "texts.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path, ReadOptions(columns=columns))


@pytest.mark.parametrize("columns", [(), ("text",), ("text", "y")])
@pytest.mark.parametrize("lines", [sentences(60), [f"good nice thing {number}" for number in range(60)]])
def test_sentences_of_equally_many_words_below_one_name_are_one_column(tmp_path, columns, lines):
    table = read(tmp_path, "text", *lines, columns=columns)
    assert list(table.cells.columns) == ["text"]
    assert table.cells["text"].tolist() == lines


def test_a_text_below_a_name_that_a_model_knows_is_not_split_at_any_mark(tmp_path):
    lines = [f"{line}: 3 of {number}, 7" for number, line in enumerate(sentences(60))]
    table = read(tmp_path, "text", *lines, columns=("text", "y"))
    assert table.cells["text"].tolist() == lines


def test_marks_before_the_sentences_of_a_known_column_are_no_comments(tmp_path):
    lines = [f"{'# ' if number % 5 == 0 else ''}{line}" for number, line in enumerate(sentences(60))]
    assert read(tmp_path, "text", *lines, columns=("text", "y")).cells["text"].tolist() == lines


def test_the_delimiter_is_the_one_that_makes_known_names_of_the_header(tmp_path):
    table = read(tmp_path, "unit price;y", *(f"{n},5;{n % 2},1" for n in range(60)), columns=("unit price", "y"))
    assert list(table.cells.columns) == ["unit price", "y"]
    assert table.dialect.delimiter == ";"


def test_numbers_between_spaces_below_fewer_names_are_still_columns(tmp_path):
    table = read(tmp_path, "x y", *(f"place{n} {n}.5 {n}7" for n in range(60)))
    assert table.cells.shape[1] == 3
