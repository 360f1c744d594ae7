"""Clean tables written as files, and every problem of reading that can be planted into such a file."""

import io

import numpy as np
import pandas as pd
from planted import clean_columns

CITIES = ("Köln", "Málaga", "Zürich", "São Paulo", "Århus")


def clean_lines(shape, seed):
    """Return the lines of a clean file: a header, and rows of names, numbers and levels."""
    stream = io.StringIO()
    pd.DataFrame(clean_columns(shape, seed)).to_csv(stream, index=False)
    return stream.getvalue().splitlines()


def content_of(lines, encoding="utf-8"):
    return ("\n".join(lines) + "\n").encode(encoding)


def _rows(lines, random, count=4):
    """Draw places of rows that no other row of the draw stands beside."""
    return sorted(random.choice(np.arange(10, len(lines) - 10, 3), count, replace=False).tolist())


def repeated_name(lines, random):
    names = lines[0].split(",")
    return content_of([",".join([*names[:2], names[0], *names[3:]]), *lines[1:]])


def short_rows(lines, random):
    for at in _rows(lines, random):
        lines[at] = lines[at].rsplit(",", 3)[0]
    return content_of(lines)


def other_delimiter(lines, random):
    for at in _rows(lines, random):
        lines[at] = lines[at].replace(",", ";")
    return content_of(lines)


def broken_rows(lines, random):
    texts = [f"{line},some words {number} here,{number}" for number, line in enumerate(lines[1:])]
    for at in _rows(texts, random):
        texts[at] = texts[at].replace("words ", "words\n")
    return content_of([f"{lines[0]},remark,number", *texts])


def cut_decimals(lines, random):
    rows = [f"{line},{random.integers(0, 900)},{random.integers(0, 100):02d}" for line in lines[1:]]
    return content_of([f"{lines[0]},price", *rows])


def nul_characters(lines, random):
    for at in _rows(lines, random):
        lines[at] = lines[at].replace(",", ",\0", 1)
    return content_of(lines)


def fewer_names(lines, random):
    marked = [f"{line},{mark}" for line, mark in zip(lines[1:], random.choice(CITIES, len(lines) - 1), strict=True)]
    return content_of([lines[0], *marked])


def open_quotes(lines, random):
    for at in _rows(lines, random):
        lines[at] = '"' + lines[at]
    return content_of(lines)


def other_encoding(lines, random):
    cities = random.choice(CITIES, len(lines)).tolist()
    return content_of(["city," + lines[0], *map(",".join, zip(cities, lines[1:], strict=False))], "cp1252")


def replaced_bytes(lines, random):
    content = other_encoding(lines, random)
    return content.replace(b"K\xf6ln", b"K\x81ln")


def preamble(lines, random):
    return content_of(["Report of the year", "", *lines])


def footer(lines, random):
    return content_of([*lines, "", "Source: our own survey"])


def total(lines, random):
    return content_of([*lines, "Total" + "," * lines[0].count(",")])


def comments(lines, random):
    for at in reversed(_rows(lines, random)):
        lines.insert(at, "# checked until here")
    return content_of(lines)


def blank_columns(lines, random):
    return content_of(["," + line for line in lines])


def aligned(lines, random):
    cells = [line.split(",") for line in lines]
    widths = [max(map(len, column)) + 3 for column in zip(*cells, strict=True)]
    filled = [[cell or "-" for cell in row] for row in cells]
    return content_of(["".join(map(str.ljust, row, widths)).rstrip() for row in filled])


def wrapped(lines, random):
    return content_of([f'"{line},""x, y"""' for line in lines])


def one_quoted(lines, random):
    (at,) = _rows(lines, random, 1)
    first, rest = lines[at].split(",", 1)
    lines[at] = f'"{first}",{rest}'
    return content_of(lines)


def two_delimiters(lines, random):
    cells = random.choice(CITIES, (len(lines), 3)).tolist()
    return content_of([f"{first};{second},{third}" for first, second, third in [("from", "by", "to"), *cells]])


def headless(lines, random):
    return content_of(lines[1:])


def units(lines, random):
    return content_of([lines[0], ",".join(["[-]"] * (lines[0].count(",") + 1)), *lines[1:]])


def header_again(lines, random):
    for at in reversed(_rows(lines, random)):
        lines.insert(at, lines[0])
    return content_of(lines)


def second_table(lines, random):
    return content_of([*lines, "", "Second", "code,share", *(f"K{number},{number}.5" for number in range(20))])


def table_above(lines, random):
    return content_of(["First", "code,share", *(f"K{number},{number}.5" for number in range(20)), "", "Second", *lines])


# The code, what plants its problem, in which shapes of table.
EVERY = ("binary", "multiclass", "regression", "small", "wide", "dated")
FILE_PLANTS = (
    ("duplicate_column_name", repeated_name, EVERY),
    ("ragged_rows", short_rows, EVERY),
    ("short_header", fewer_names, EVERY),
    ("repaired_rows", other_delimiter, EVERY),
    ("rejoined_rows", broken_rows, EVERY),
    ("unquoted_decimals", cut_decimals, EVERY),
    ("nul_characters", nul_characters, EVERY),
    ("unbalanced_quotes", open_quotes, EVERY),
    ("encoding_guessed", other_encoding, EVERY),
    ("undecodable_bytes", replaced_bytes, EVERY),
    ("preamble_skipped", preamble, EVERY),
    ("footer_skipped", footer, EVERY),
    ("footer_skipped", total, EVERY),
    ("comment_lines", comments, EVERY),
    ("ambiguous_quotes", one_quoted, EVERY),
    ("ambiguous_delimiter", two_delimiters, EVERY),
    ("blank_columns", blank_columns, EVERY),
    ("aligned_columns", aligned, ("binary", "multiclass", "regression", "small")),
    ("wrapped_lines", wrapped, EVERY),
    ("no_header", headless, EVERY),
    ("several_header_rows", units, EVERY),
    ("repeated_header", header_again, EVERY),
    ("other_tables", second_table, EVERY),
    ("other_tables", table_above, EVERY),
)
