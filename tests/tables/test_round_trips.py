"""Any table written in any dialect that is claimed comes back as it was."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from automl.tables import ReadOptions, read_table

WORDS = st.sampled_from(["red", "blue", "north", "Köln", "Łódź", "it's", 'a "b" c', "x, y", "5; 6", "a|b", "10:30"])
PIECES = st.text(st.sampled_from("abc xyz,;\t|:\"'\n\r.#-é"), max_size=12)
NUMBERS = st.one_of(st.integers(-999, 9999).map(str), st.floats(-99, 99).map("{:.3f}".format))
DATES = st.dates().map(str)
COLUMNS = (WORDS, PIECES, NUMBERS, NUMBERS, DATES, st.one_of(st.just(""), NUMBERS))
MARKS = st.sampled_from(",;\t|:")
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"])
PROPERTY = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def tables(draw, min_rows=5):
    kinds = draw(st.lists(st.sampled_from(COLUMNS), min_size=2, max_size=6))
    rows = draw(st.lists(st.tuples(*kinds).map(list), min_size=min_rows, max_size=20))
    assume(all(any(cell.strip() for cell in row) for row in rows))
    return [f"name{number}" for number in range(len(kinds))], rows


@st.composite
def styles(draw):
    return {
        "delimiter": draw(MARKS),
        "quote": draw(st.sampled_from("\"'")),
        "escape": draw(st.sampled_from(["", "\\"])),
        "end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "quotes_all": draw(st.booleans()),
    }


def written(rows, style):
    quote, escape = style["quote"], style["escape"]

    def cell(text):
        is_plain = text == text.strip() and not any(mark in text for mark in (style["delimiter"], quote, *"\r\n"))
        if is_plain and not style["quotes_all"]:
            return text
        return quote + text.replace(quote, escape + quote if escape else 2 * quote) + quote

    return "".join(style["delimiter"].join(map(cell, row)) + style["end"] for row in rows)


@PROPERTY
@given(table=tables(min_rows=1), style=styles(), encoding=ENCODINGS)
def test_a_table_comes_back_with_the_flags_of_its_dialect(tmp_path, table, style, encoding):
    names, rows = table
    path = tmp_path / "table.csv"
    path.write_bytes(written([names, *rows], style).encode(encoding))
    options = ReadOptions(
        delimiter=style["delimiter"], quote=style["quote"], encoding=encoding, has_header=True, skip_rows=0
    )
    read = read_table(path, options).cells
    assert list(read.columns) == names
    assert read.to_numpy().tolist() == rows


@PROPERTY
@given(table=tables(), style=styles(), encoding=ENCODINGS)
def test_a_table_comes_back_without_flags_or_the_reader_says_what_it_guessed(tmp_path, table, style, encoding):
    names, rows = table
    path = tmp_path / "table.csv"
    path.write_bytes(written([names, *rows], style).encode(encoding))
    read = read_table(path)
    assert read.findings or (list(read.cells.columns) == names and read.cells.to_numpy().tolist() == rows)


@pytest.mark.parametrize("delimiter", list(",;\t|:"))
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_ordinary_table_is_read_without_a_guess(tmp_path, delimiter, quote, end):
    rows = [[f"word {n}", f"it{quote}s{delimiter}{n}", f"{n / 7:.2f}", f"2024-01-{n + 1:02d}"] for n in range(20)]
    style = {"delimiter": delimiter, "quote": quote, "escape": "", "end": end, "quotes_all": False}
    path = tmp_path / "table.csv"
    path.write_bytes(written([["name", "text", "value", "day"], *rows], style).encode())
    read = read_table(path)
    assert read.cells.to_numpy().tolist() == rows
    assert not read.findings


def test_a_lone_accent_does_not_make_a_file_cyrillic(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"name,value\n" + "Café Orléans,1\nParis,2\n".encode("cp1252") * 6)
    assert read_table(path).cells["name"][0] == "Café Orléans"
