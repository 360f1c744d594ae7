"""Personal data is found, and no profile or cleaning log cites a cell of it."""

import json
import random

import pytest

from automl.preparation import profile
from automl.preparation.cleaning import clean
from automl.report.profile_page import render_profile

ROWS = 300
GIVEN = (
    "Anna",
    "Bernd",
    "Clara",
    "Dieter",
    "Elif",
    "Franz",
    "Greta",
    "Hans",
    "Ines",
    "Jonas",
    "Karla",
    "Luis",
    "Mona",
    "Nils",
    "Olga",
    "Peter",
    "Rosa",
    "Sven",
)
FAMILY = (
    "Albrecht",
    "Becker",
    "Conrad",
    "Dietz",
    "Ebert",
    "Fischer",
    "Gruber",
    "Hofmann",
    "Iversen",
    "Jansen",
    "Krause",
    "Lehmann",
    "Maier",
    "Pohl",
)
DRAW = random.Random(7)


def some(*choices, rows=ROWS):
    return [DRAW.choice(choices) for _ in range(rows)]


def account(*, is_right):
    digits = "".join(DRAW.choice("0123456789") for _ in range(18))
    check = 98 - int(f"{digits}131400") % 97
    return f"DE{check if is_right else (check + 1) % 97:02d}{digits}"


def in_groups(text):
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


PEOPLE = [f"{given} {family}" for given, family in zip(some(*GIVEN), some(*FAMILY), strict=True)]
REVERSED = [", Dr. ".join(reversed(person.split())) for person in PEOPLE]


@pytest.fixture
def personal_in(make_table):
    """Profile one column beside a number, and return whether it was found to be personal."""

    def run(name, cells):
        found = profile(*make_table({"age": [DRAW.randint(18, 80) for _ in cells], name: cells})).findings
        return any(each.code == "personal_data" and each.columns == (name,) for each in found)

    return run


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("name", PEOPLE),
        ("full_name", [person.lower() for person in PEOPLE]),
        ("Name", REVERSED),
        ("customerName", PEOPLE),
        ("name_of_patient", some(*FAMILY)),
        ("FIRST NAME", some(*GIVEN)),
        ("last_name", some(*FAMILY)),
        ("surname", ["O'Neill", "Smith-Jones", "de la Cruz", "Müller", "李", *FAMILY]),
        ("Vorname", some(*GIVEN)),
        ("Nachname", some(*FAMILY)),
        ("name", ["Alice", "Bob", "Carol", "Dave"]),
    ],
)
def test_names_of_people_are_personal(personal_in, name, cells):
    assert personal_in(name, cells)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        *((f"{thing}_name", PEOPLE) for thing in ("product", "city", "file", "column", "event", "host")),
        ("team name", PEOPLE),
        ("first_name", some("Anna", "Bernd", "Clara")),
        ("last_name", [f"L-{number}" for number in range(ROWS)]),
        ("name", [f"{first} {second}" for first, second in zip(some("Red", "Old"), some(*FAMILY), strict=True)]),
        ("name", [f"{maker} {model}" for maker, model in zip(some("Ford", "Mazda"), range(ROWS), strict=True)]),
        ("customer_name", [f"{family} {kind}" for family, kind in zip(some(*FAMILY), some("AG", "KG"), strict=True)]),
        ("name", [f"a note on {person}" for person in PEOPLE]),
    ],
)
def test_names_of_things_and_of_few_people_are_not(personal_in, name, cells):
    assert not personal_in(name, cells)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("iban", [in_groups(account(is_right=True)) for _ in range(ROWS)]),
        ("konto", [account(is_right=True) for _ in range(ROWS)]),
        ("konto", [account(is_right=True).lower() if row % 9 else "unknown" for row in range(ROWS)]),
        ("made_up", [account(is_right=False) for _ in range(ROWS)]),
        ("made_up", [in_groups(account(is_right=False)) for _ in range(ROWS)]),
        ("iban", [f"NO{DRAW.randint(10**12, 10**13 - 1)}" for _ in range(ROWS)]),
        ("payee", ["DE89 3704 0044 0532 0130 00"] * ROWS),
        ("payee", some("DE89 3704 0044 0532 0130 00", "DE89370400440532013000")),
    ],
)
def test_account_numbers_are_personal_however_they_are_written(personal_in, name, cells):
    assert personal_in(name, cells)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("serial", [f"AB{in_groups(account(is_right=True)[2:])}" for _ in range(ROWS)]),
        ("order", [f"NO{DRAW.randint(10**12, 10**13 - 1)}" for _ in range(ROWS)]),
    ],
)
def test_numbers_of_articles_are_no_accounts(personal_in, name, cells):
    assert not personal_in(name, cells)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Telefonnummer", [f"0{DRAW.randint(150, 179)}/{DRAW.randint(10**6, 10**7)}" for _ in range(ROWS)]),
        ("phone", [f"212-555-{DRAW.randint(1000, 9999)} x{DRAW.randint(1, 999)}" for _ in range(ROWS)]),
        ("mail", ["anna@example.org"] * ROWS),
    ],
)
def test_phones_with_extensions_and_one_address_are_personal(personal_in, name, cells):
    assert personal_in(name, cells)


def planted():
    """Return personal columns whose cells give every part of a profile something to cite."""
    return {
        "phone": [f"+49 170 {row}{row + 1000000}" if row else "no number" for row in range(ROWS)],
        "mobile": [1700000000 + 7919 * row for row in range(ROWS)],
        "mail": [f" {person.lower().replace(' ', '.')}@example.org" for person in PEOPLE],
        "account": [in_groups(account(is_right=True)) for _ in range(ROWS)],
        "first_name": [given.upper() if row % 5 == 0 else given for row, given in enumerate(some(*GIVEN))],
        "last_name": [f"{family} " for family in some(*FAMILY)],
        "address": ["one@example.org"] * ROWS,
    }


@pytest.fixture
def told(make_table):
    """Profile the planted columns; return them, and the page, the JSON and the cleaning log as one text."""
    columns = planted()
    table, schema = make_table({**columns, "colour": some("red", "blue")})
    found = profile(table, schema)
    log = [change.to_dict() for change in clean(table, schema).changes]
    texts = json.dumps([found.to_dict(), log], ensure_ascii=False)
    return columns, found, log, texts + render_profile(found, "people.csv", None)


def test_no_value_of_a_personal_column_is_told(told):
    columns, found, _, text = told
    assert {each.name for each in found.columns if each.personal} == set(columns)
    shown = {str(cell).strip() for cells in columns.values() for cell in cells}
    assert not [cell for cell in shown if cell in text]
    assert text.count("values not shown: personal data") == len(columns)
    assert "red" in text


def test_counts_of_personal_columns_are_told(told):
    _, found, log, _ = told
    account = next(each for each in found.columns if each.name == "account")
    assert (account.missing, account.unique, account.examples) == (0, ROWS, ())
    trimmed = next(each for each in log if (each["step"], each["column"]) == ("trim", "last_name"))
    assert (trimmed["count"], trimmed["examples"]) == (ROWS, [])


def test_a_finding_cites_no_cell_of_a_personal_column(told):
    _, found, _, _ = told
    (spelled,) = (each.message for each in found.findings if each.code == "mixed_case_levels")
    assert spelled.endswith(" levels of 'first_name' are spelled in several ways, such as (not shown).")
    (constant,) = (each.message for each in found.findings if each.code == "constant_column")
    assert constant == "'address' says (not shown) on every row."


def test_cells_with_quotes_of_their_own_are_not_cited(make_table):
    names = [*FAMILY, "O'Neill", "o'neill"] * 20
    found = profile(*make_table({"last_name": names, "size": range(len(names))})).findings
    (spelled,) = (each.message for each in found if each.code == "mixed_case_levels")
    assert "neill" not in spelled.lower()


def test_columns_that_are_not_personal_are_told_as_before(make_table):
    table, schema = make_table({"colour": some("red", "blue"), "size": [row % 50 for row in range(ROWS)]})
    colour, size = profile(table, schema).columns
    assert {level for level, _ in colour.top_values} == {"red", "blue"}
    assert (size.minimum, size.maximum, size.personal) == ("0", "49", False)


def test_addresses_in_a_column_of_numbers_are_given_as_no_example(make_table):
    mails = [f"anna{row}@firma.de" for row in range(4)]
    cells = [*mails, *map(str, range(ROWS - len(mails)))]
    table, schema = make_table({"income": cells, "colour": [*mails[:1], *some("red", "blue", rows=ROWS - 1)]})
    found = profile(table, schema)
    assert not any(column.personal for column in found.columns)
    (unparsed,) = (each for each in found.findings if each.code == "unparsed_cells")
    assert "4 cells in 'income'" in unparsed.message
    log = [change.to_dict() for change in clean(table, schema).changes]
    assert sum(each["count"] for each in log if each["column"] == "income") == len(mails)
    assert "@firma" not in json.dumps([found.to_dict(), log]) + render_profile(found, "people.csv", None)
