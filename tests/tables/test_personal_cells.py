"""What identifies a person is taken out of cells and lines before any of them is shown."""

import pytest

from automl.tables import infer_schema, parse_kinds, read_table
from automl.tables.doubts import typing_findings
from automl.tables.personal_cells import identifies_someone, without_personal_parts


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Questions: anna.muster@firma.de.", "Questions: (not shown)."),
        ("Call +49 170 0107962 or (030) 123 45 67", "Call (not shown) or (not shown)"),
        ("Tel. 030 1234567", "Tel.(not shown)"),
        ("Account DE89 3704 0044 0532 0130 00 EUR", "Account (not shown)"),
        ("Card 4111 1111 1111 1111", "Card (not shown)"),
    ],
)
def test_what_identifies_a_person_is_not_shown(line, shown):
    assert without_personal_parts(line) == shown


@pytest.mark.parametrize(
    "cell",
    [
        "12,345.67",
        "2024-01-31 00:00:00",
        "-0.0012345678",
        "+1.5",
        "4111 1111 1111 1112",
        "DE99 3704 1144 0532 0130 11",
        "1234567890123456",
        "Total (2019) 1,204,500",
        "@home",
        "telephones 12",
    ],
)
def test_other_cells_are_shown(cell):
    assert not identifies_someone(cell)


def footer_of(tmp_path, *lines):
    rows = "".join(f"{row},{row * 2},{row % 7}\n" for row in range(30))
    path = tmp_path / "noted.csv"
    path.write_text("a,b,c\n" + rows + "\n" + "".join(f"{line}\n" for line in lines))
    (footer,) = (each for each in read_table(str(path)).findings if each.code == "footer_skipped")
    return footer


def test_a_quoted_line_below_the_table_has_no_address(tmp_path):
    footer = footer_of(tmp_path, "Questions? Ask anna.muster@firma.de", "Made in May")
    assert footer.message == (
        "2 lines below the table are notes, totals or empty rows, such as 'Questions? Ask (not shown)'."
    )


def test_one_line_below_the_table_is_spoken_of_as_one(tmp_path):
    footer = footer_of(tmp_path, "Made in May")
    assert footer.message == "1 line below the table is a note, a total or an empty row: 'Made in May'."
    assert footer.action.startswith("It was left out;")


@pytest.mark.parametrize(("others", "told"), [(("soon",), ", such as 'soon'."), ((), "; they look personal")])
def test_no_address_is_an_example_of_cells_that_are_no_numbers(tmp_path, others, told):
    cells = ["anna@firma.de", "bernd@firma.de", *others, *map(str, range(200))]
    path = tmp_path / "incomes.csv"
    path.write_text("income\n" + "\n".join(cells) + "\n")
    table = read_table(str(path))
    (found,) = typing_findings(table, infer_schema(table, kinds=parse_kinds(("income=numeric",))))
    assert told in found.message
    assert "@" not in found.message
