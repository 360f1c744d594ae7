"""Each format holds the same table; what is damaged or ambiguous in it is said in a sentence."""

import bz2
import contextlib
import gzip
import importlib.util
import io
import json
import lzma
import sqlite3
import zipfile

import pandas as pd
import pyarrow as pa
import pytest

from automl.errors import DataError
from automl.tables import ReadOptions, read_blocks, read_table
from automl.tables.formats import registry

ROWS = [["ann", "1", "2.5"], ["bob", "2", ""], ["cléo", "3", "4.25"]]
TEXT = "name,count,size\n" + "".join(",".join(row) + "\n" for row in ROWS)
FRAME = pd.DataFrame({"name": ["ann", "bob", "cléo"], "count": [1, 2, 3], "size": [2.5, None, 4.25]})
has_calamine = pytest.mark.skipif(importlib.util.find_spec("python_calamine") is None, reason="needs python-calamine")


def zstd(content):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def arrow_bytes(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def sqlite_file(path, **tables):
    connection = sqlite3.connect(path)
    for name, frame in tables.items():
        frame.to_sql(name, connection, index=False)
    connection.commit()
    connection.close()
    return path


def failure(source, options=None):
    with pytest.raises(DataError) as caught:
        read_table(source, options)
    assert caught.value.hint
    return caught.value


PACKED = {
    "t.csv.gz": gzip.compress(TEXT.encode()),
    "t.csv.bz2": bz2.compress(TEXT.encode()),
    "t.csv.xz": lzma.compress(TEXT.encode()),
    "t.csv.zst": zstd(TEXT.encode()),
    "t.zip": zipped(t__csv=TEXT),
}
RECORDS = [{"name": row[0], "count": int(row[1]), "size": float(row[2]) if row[2] else None} for row in ROWS]
HTML = "<html><body><p>x</p><table><tr><th>name<th>count<th>size</tr>" + "".join(
    "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS
)
XML = "<?xml version='1.0'?><all>" + "".join(
    f"<row><name>{a}</name><count>{b}</count><size>{c}</size></row>" for a, b, c in ROWS
)
OTHERS = {
    "t.json": json.dumps(RECORDS).encode(),
    "t.jsonl": "\n".join(json.dumps(record) for record in RECORDS).encode(),
    "columns.json": json.dumps({name: [record[name] for record in RECORDS] for name in RECORDS[0]}).encode(),
    "nested.json": json.dumps({"meta": "x", "data": RECORDS}, indent=1).encode(),
    "t.feather": arrow_bytes(pa.Table.from_pandas(FRAME)),
    "t.html": (HTML + "</table></body></html>").encode(),
    "t.xml": (XML + "</all>").encode(),
}


@pytest.mark.parametrize("name", [*PACKED, *OTHERS])
def test_the_same_table_comes_out_of_each_format(tmp_path, name):
    path = tmp_path / name
    path.write_bytes({**PACKED, **OTHERS}[name])
    table = read_table(path)
    assert list(table.cells.columns) == ["name", "count", "size"]
    assert table.cells.to_numpy().tolist() == ROWS
    blocks = [block.cells for block in read_blocks(path, rows=2)]
    assert pd.concat(blocks, ignore_index=True).equals(table.cells)


@pytest.mark.parametrize("name", [*PACKED, *OTHERS])
def test_half_a_file_is_an_error_or_fewer_rows_but_never_a_crash(tmp_path, name):
    content = {**PACKED, **OTHERS}[name]
    path = tmp_path / name
    path.write_bytes(content[: len(content) // 2])
    with contextlib.suppress(DataError):
        assert len(read_table(path).cells) <= len(ROWS)


def test_an_archive_of_several_files_asks_which_one(tmp_path):
    path = tmp_path / "two.zip"
    path.write_bytes(zipped(a__csv=TEXT, b__csv="x,y\n1,2\n"))
    assert "two.zip::a.csv" in failure(path).hint
    assert list(read_table(f"{path}::b.csv").cells.columns) == ["x", "y"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd, lambda c: zipped(a__csv=c)])
def test_a_bomb_is_refused_in_each_packing(tmp_path, pack, monkeypatch):
    monkeypatch.setattr("automl.tables.unpacking.FREE_UNPACKED_BYTES", 10_000)
    path = tmp_path / "bomb"
    path.write_bytes(pack(b"a,b\n" + b"0" * 5_000_000))
    assert "unpacks" in failure(path).message


def test_numbers_in_json_keep_their_digits_and_nested_names_are_joined(tmp_path):
    path = tmp_path / "t.json"
    path.write_text('[{"a": 1.10, "b": {"c": true, "d": [1, 2]}}, {"a": 20000000000000000001, "e": null}]')
    table = read_table(path)
    assert list(table.cells.columns) == ["a", "b.c", "b.d", "e"]
    assert table.cells.to_numpy().tolist() == [
        ["1.10", "true", "[1, 2]", ""],
        ["20000000000000000001", "", "", ""],
    ]


@pytest.mark.parametrize("rows", [slice(None), slice(1, None), slice(1)])
@pytest.mark.parametrize("layout", ["columns", "index", "split", "records"])
def test_each_layout_that_pandas_writes_holds_the_same_table(tmp_path, layout, rows):
    path = tmp_path / "t.json"
    FRAME.iloc[rows].to_json(path, orient=layout)
    cells = read_table(path).cells
    assert list(cells.columns) == ["name", "count", "size"]
    assert cells.to_numpy().tolist() == ROWS[rows]


def test_objects_by_name_that_have_one_shape_are_records(tmp_path):
    path = tmp_path / "t.json"
    path.write_text('{"ann": {"age": 3, "home": {"city": "Bern"}}, "bob": {"age": 4, "home": {"city": "Rome"}}}')
    assert read_table(path).cells.to_dict("list") == {"age": ["3", "4"], "home.city": ["Bern", "Rome"]}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"home": {"city": "Bern"}, "job": {"title": "cook"}}', ["home.city", "job.title"]),
        ('{"id": 1, "home": {"city": "Bern", "zip": 3010}}', ["id", "home.city", "home.zip"]),
        ('{"home": {"city": "Bern", "zip": 3010}}', ["home.city", "home.zip"]),
    ],
)
def test_a_single_record_with_nested_objects_is_one_row(tmp_path, text, names):
    path = tmp_path / "t.json"
    path.write_text(text)
    cells = read_table(path).cells
    assert (list(cells.columns), len(cells)) == (names, 1)


def test_an_empty_object_holds_no_records(tmp_path):
    path = tmp_path / "t.json"
    path.write_text("{}")
    assert "no records" in failure(path).message


def test_a_json_line_that_is_none_is_named(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n{"a": \n')
    assert "Line 2" in failure(path).message


def test_a_table_of_an_sqlite_file_is_named_behind_colons(tmp_path):
    path = sqlite_file(tmp_path / "t.sqlite", people=FRAME, other=pd.DataFrame({"x": [1]}))
    assert read_table(f"{path}::people").cells["name"].tolist() == ["ann", "bob", "cléo"]
    assert "people" in failure(path).message
    assert "people" in failure(f"{path}::poeple").hint


def test_the_only_table_of_an_sqlite_file_needs_no_name(tmp_path):
    assert len(read_table(sqlite_file(tmp_path / "t.db", people=FRAME)).cells) == 3


def test_entities_in_xml_are_refused(tmp_path):
    path = tmp_path / "t.xml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>')
    assert "entities" in failure(path).message


def test_spanning_cells_of_a_page_stand_in_each_place(tmp_path):
    path = tmp_path / "t.html"
    rows = "".join(f"<tr><td>{i}</td><td>{i}.5</td></tr>" for i in range(4))
    path.write_text(
        f"<table><tr><th>a</th><th>b</th><th>c</th></tr>"
        f"<tr><td rowspan=5>k</td><td>8</td><td>9.5</td></tr>{rows}</table>"
    )
    assert read_table(path).cells["a"].tolist() == ["k"] * 5


def test_a_missing_library_is_one_line_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "missing_libraries", lambda each: each.libraries)
    path = tmp_path / "t.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    error = failure(path)
    assert "python_calamine" in error.message
    assert "pip install 'automl-cli[excel]'" in error.hint


@has_calamine
def test_the_largest_sheet_of_a_workbook_is_read_below_its_title(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["only a note"])
    sheet = book.create_sheet("people")
    for row in (
        ["Report of May"],
        [],
        ["name", "count", "size"],
        *[[r["name"], r["count"], r["size"]] for r in RECORDS],
    ):
        sheet.append(row)
    path = tmp_path / "t.xlsx"
    book.save(path)
    table = read_table(path)
    assert table.cells.to_numpy().tolist() == ROWS
    assert {"other_sheets", "preamble_skipped"} <= {finding.code for finding in table.findings}
    assert len(read_table(path, ReadOptions(sheet="people")).cells) == 3
    assert "people" in failure(path, ReadOptions(sheet="pepole")).hint


@has_calamine
def test_a_damaged_workbook_is_a_data_error(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(zipped(**{"xl/workbook__xml": "<broken"}))
    assert "workbook" in failure(path).message
