"""Workbooks as people leave them: merged headers, hidden rows and sheets, titles, and hostile packing."""

import io
import zipfile

import pytest

from automl.errors import DataError
from automl.tables import ReadOptions, read_table, unpacking
from automl.tables.formats.merged import fill_merged

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("python_calamine")


@pytest.fixture
def write(tmp_path):
    """Write the sheets of a workbook, each changed by a function where one is given."""

    def _write(change=None, **sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        if change is not None:
            change(book)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return _write


PEOPLE = [["name", "age", "town"], *([f"p{i}", 20 + i, f"t{i % 3}"] for i in range(8))]


def codes(table):
    return [finding.code for finding in table.findings]


def message(table, code):
    return next(finding.message for finding in table.findings if finding.code == code)


def test_a_header_over_two_rows_names_every_column_it_spans(write):
    rows = [
        ["who", "sales", None, "town"],
        [None, "may", "june", None],
        *([f"p{i}", i, i + 0.5, "x"] for i in range(6)),
    ]

    def merge(book):
        for cells in ("A1:A2", "B1:C1", "D1:D2"):
            book["data"].merge_cells(cells)

    table = read_table(write(merge, data=rows))
    assert list(table.cells.columns) == ["who", "sales may", "sales june", "town"]
    assert len(table.cells) == 6
    assert "1 merged cell" in message(table, "merged_cells")


def test_a_cell_merged_down_over_rows_holds_for_each_of_them(write):
    rows = [["region", "month", "sum"], *([f"r{i // 3}" if i % 3 == 0 else None, i, 10 * i] for i in range(9))]

    def merge(book):
        for top in (2, 5, 8):
            book["data"].merge_cells(f"A{top}:A{top + 2}")

    table = read_table(write(merge, data=rows))
    assert table.cells["region"].tolist() == ["r0"] * 3 + ["r1"] * 3 + ["r2"] * 3
    assert "3 merged cells" in message(table, "merged_cells")


def test_a_title_over_the_whole_width_stays_a_title(write):
    table = read_table(write(lambda book: book["data"].merge_cells("A1:C1"), data=[["People of May"], *PEOPLE]))
    assert list(table.cells.columns) == PEOPLE[0]
    assert "preamble_skipped" in codes(table)
    assert "merged_cells" not in codes(table)


def test_hidden_rows_are_read_and_said(write):
    def hide(book):
        for row in (3, 5):
            book["data"].row_dimensions[row].hidden = True

    table = read_table(write(hide, data=PEOPLE))
    assert len(table.cells) == 8
    assert "2 rows" in message(table, "hidden_rows")
    assert "line 3" in message(table, "hidden_rows")


def test_a_sheet_without_hidden_rows_and_merged_cells_says_nothing(write):
    assert not {"hidden_rows", "merged_cells", "other_sheets"} & set(codes(read_table(write(data=PEOPLE))))


def test_the_largest_sheet_that_is_shown_is_read(write):
    lookup = [["code", "text"], *([i, f"text {i}"] for i in range(50))]

    def hide(book):
        book["lookup"].sheet_state = "hidden"

    path = write(hide, notes=[["read me"]], data=PEOPLE, lookup=lookup)
    table = read_table(path)
    assert list(table.cells.columns) == PEOPLE[0]
    assert "lookup" in message(table, "other_sheets")
    assert len(read_table(path, ReadOptions(sheet="lookup")).cells) == 50
    assert len(read_table(write(data=PEOPLE, lookup=lookup)).cells) == 50


def open_document(path, rows):
    """Write an OpenDocument sheet of table rows as they stand in its XML."""
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    }
    spaces = " ".join(f'xmlns:{short}="{long}"' for short, long in names.items())
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="data">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        archive.writestr("content.xml", content)
    return path


def ods_row(*cells, attributes=""):
    def cell(value):
        text, _, spans = value.partition("|")
        return f'<table:table-cell office:value-type="string" {spans}><text:p>{text}</text:p></table:table-cell>'

    inner = "".join("<table:covered-table-cell/>" if each is None else cell(each) for each in cells)
    return f"<table:table-row {attributes}>{inner}</table:table-row>"


def test_an_open_document_sheet_knows_merged_cells_and_hidden_rows(tmp_path):
    rows = [
        ods_row("region", "month", "sum"),
        ods_row('north|table:number-rows-spanned="2"', "1", "10"),
        ods_row(None, "2", "20", attributes='table:visibility="filter"'),
        *(ods_row("south", str(i), str(10 * i)) for i in range(3, 7)),
    ]
    table = read_table(open_document(tmp_path / "t.ods", rows))
    assert table.cells["region"].tolist() == ["north", "north", *["south"] * 4]
    assert "line 3" in message(table, "hidden_rows")
    assert "1 merged cell" in message(table, "merged_cells")


def test_entities_in_a_workbook_are_refused(tmp_path):
    rows = [ods_row("a", "b", attributes='table:visibility="collapse"'), ods_row("1", "2"), ods_row("3", "4")]
    path = open_document(tmp_path / "t.ods", rows)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    declared = b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><office:document-content'
    members["content.xml"] = members["content.xml"].replace(b"<office:document-content", declared, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(DataError, match="cannot be read as a workbook"):
        read_table(path)


@pytest.mark.parametrize("n_members", [1, 4])
def test_a_workbook_that_unpacks_without_measure_is_refused(tmp_path, monkeypatch, n_members):
    monkeypatch.setattr(unpacking, "FREE_UNPACKED_BYTES", 1_000_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for member in range(n_members):
            archive.writestr(f"xl/worksheets/sheet{member}.xml", b" " * (2_400_000 // n_members))
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(stream.getvalue())
    with pytest.raises(DataError, match="unpacks"):
        read_table(path)


def test_ranges_beyond_the_cells_of_a_sheet_do_no_harm():
    rows = [["a", "b"], ["1", ""]]
    assert fill_merged(rows, [((1, 0), (9, 9)), ((5, 5), (6, 6)), ((-1, 0), (0, 1))], has_header=None) == 0
    assert rows == [["a", "b"], ["1", ""]]
