"""What the commands say of a table of people: never a cell of a column found to hold personal data."""

import csv
import json
import random
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from automl.bundle import load_model, read_golden, read_manifest
from automl.cli.run import run
from automl.serving.fields import example_records, fields_of

ROWS = 160
GIVEN = (
    "Aloisia",
    "Bernhardine",
    "Crispin",
    "Dietlinde",
    "Eberhard",
    "Friedemann",
    "Gundula",
    "Hartwig",
    "Irmtraud",
    "Jobst",
    "Kunigunde",
)
FAMILY = (
    "Abendroth",
    "Birkenfeld",
    "Clausnitz",
    "Drachenfels",
    "Eichendorff",
    "Federspiel",
    "Grimmelshausen",
    "Hohenstein",
)
PERSONAL = ("mail", "phone", "iban", "full_name", "Vorname", "Nachname", "spare_mail")


def account(draw):
    digits = "".join(draw.choice("0123456789") for _ in range(18))
    text = f"DE{98 - int(f'{digits}131400') % 97:02d}{digits}"
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def people():
    """Return rows whose Vorname tells the target, so that a model has reason to use and show it."""
    draw = random.Random(3)
    made = []
    for row in range(ROWS):
        given, family, age = draw.choice(GIVEN), draw.choice(FAMILY), draw.randint(18, 80)
        bought = (given < "F") != (draw.random() < 0.2) or age > 70
        cells = {
            "age": age,
            "mail": f"{' ' * (row % 2)}{given}.{family}{row}@example.org".lower(),
            "phone": f"+49 30 {draw.randint(10**6, 10**7 - 1)}" if row % 30 else "not given",
            "iban": account(draw),
            "full_name": f"{given} {family}",
            "Vorname": given.upper() if row % 40 == 0 else f"{given} ",
            "Nachname": family,
            "spare_mail": f"spare{row}@example.net",
            "colour": draw.choice(["crimson", "turquoise"]) if row > 3 else "vermilion",
            "bought": "yes" if bought else "no",
        }
        made.append(cells)
    for row in (7, 80):
        made[row]["age"], made[row]["colour"] = "see Ledger", "crimsom"
    return made


def secrets(rows):
    """Return every personal cell, and the parts of names in any case."""
    cells = {str(row[name]).strip() for row in rows for name in PERSONAL} - {"not given"}
    return {cell.casefold() for cell in cells} | {"@example", "+49 30"}


def found_in(text, rows):
    text = text.casefold()
    return sorted(cell for cell in secrets(rows) if cell in text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Fit a model to the people, all reports of it beside it; one personal column is left out by the user."""
    place = tmp_path_factory.mktemp("people")
    with (place / "people.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(people()[0]))
        writer.writeheader()
        writer.writerows(people())
    fit = ["fit", str(place / "people.csv"), "--target", "bought", "--output", str(place / "m.automl")]
    bounds = ["--trials", "2", "--holdout", "0.3", "--families", "constant,linear", "--drop", "spare_mail", "--quiet"]
    assert run([*fit, *bounds]) == 0
    for ending in ("html", "md", "json"):
        assert run(["report", str(place / "m.automl"), "--output", str(place / f"again.{ending}"), "--quiet"]) == 0
    return place


def test_the_columns_are_found(folder):
    facts = json.loads(zipfile.ZipFile(folder / "m.automl").read("facts.json"))
    found = {name for each in facts["findings"] if each["code"] == "personal_data" for name in each["columns"]}
    assert found == set(PERSONAL) - {"spare_mail"}
    assert {column["name"] for column in facts["columns"] if column["personal"]} == set(PERSONAL)


@pytest.mark.parametrize("name", ["m.html", "again.html", "again.md", "again.json"])
def test_no_report_shows_a_personal_cell(folder, name):
    text = (folder / name).read_text()
    assert not found_in(text, people())
    assert "turquoise" in text
    assert ("values not shown: personal data" in text) == (not name.endswith("json"))


def test_the_stored_facts_hold_no_personal_cell(folder):
    archive = zipfile.ZipFile(folder / "m.automl")
    for member in ("facts.json", "manifest.json", "reference.json", "golden.json"):
        assert not found_in(archive.read(member).decode(), people())


def test_a_level_of_four_rows_is_named_nowhere_but_where_the_model_reads_it(folder):
    archive = zipfile.ZipFile(folder / "m.automl")
    named = {name for name in archive.namelist() if b"vermilion" in archive.read(name)}
    assert named <= {"schema.json", *(name for name in archive.namelist() if name.startswith("encoders/"))}
    assert b"turquoise" in archive.read("facts.json")
    assert b"turquoise" in archive.read("golden.json")


def test_a_cell_of_two_rows_is_shown_by_the_report_of_the_fit_and_kept_in_no_model_file(folder):
    archive = zipfile.ZipFile(folder / "m.automl")
    first, again = (folder / "m.html").read_text(), (folder / "again.html").read_text()
    for cell, read_by in (("see Ledger", ()), ("crimsom", ("schema.json", "encoders/"))):
        assert cell in first
        assert cell not in again
        named = [name for name in archive.namelist() if cell.encode() in archive.read(name)]
        assert all(name.startswith(read_by) for name in named)


def test_the_cleaning_log_keeps_its_counts(folder):
    facts = json.loads((folder / "again.json").read_text())
    trimmed = next(each for each in facts["changes"] if each["column"] == "Vorname")
    assert trimmed["count"]
    assert trimmed["message"]
    assert trimmed["examples"] == []


def test_the_model_uses_a_personal_column(folder):
    facts = json.loads((folder / "again.json").read_text())
    assert {each["name"] for each in facts["features"] if each["selected"]} & {"Vorname", "full_name"}


def test_a_profile_shows_no_personal_cell(automl, folder):
    for options in ((), ("--json",), ("--output", "page.html"), ("--target", "bought")):
        outcome = automl("profile", folder / "people.csv", *options)
        assert outcome.code == 0
        assert not found_in(outcome.out + outcome.err, people())
    page = Path("page.html").read_text()
    assert not found_in(page, people())
    assert "turquoise" in page


def test_the_log_of_clean_shows_no_personal_cell(automl, folder):
    outcome = automl("clean", folder / "people.csv", "--output", "clean.csv", "--log", "log.jsonl", "--json")
    assert outcome.code == 0
    assert not found_in(outcome.out + outcome.err + Path("log.jsonl").read_text(), people())
    assert found_in(Path("clean.csv").read_text(), people())


@pytest.mark.parametrize("options", [(), ("--json",), ("--output", "why.html"), ("--output", "why.md")])
def test_an_explanation_shows_no_personal_cell(automl, folder, options):
    outcome = automl("explain", folder / "m.automl", folder / "people.csv", "--rows", "0:3", *options)
    assert outcome.code == 0
    written = Path(options[1]).read_text() if "--output" in options else outcome.out
    assert not found_in(written + outcome.err, people())
    assert "(not shown)" in written


def test_an_explanation_shows_no_address_that_stands_in_another_column(automl, folder, tmp_path):
    first, *others = people()[:5]
    with (tmp_path / "rows.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerows([{**first, "colour": "stray@example.org"}, *others])
    outcome = automl("explain", folder / "m.automl", tmp_path / "rows.csv", "--rows", "0:2", "--json")
    assert outcome.code == 0
    assert "stray@example" not in outcome.out + outcome.err


def test_inspect_shows_no_personal_cell(automl, folder):
    for options in ((), ("--json",)):
        outcome = automl("inspect", folder / "m.automl", *options)
        assert outcome.code == 0
        assert not found_in(outcome.out, people())


@pytest.mark.parametrize("options", [("--json",), ("--output", "score.html")])
def test_an_evaluation_shows_no_personal_cell(automl, folder, options):
    outcome = automl("evaluate", folder / "m.automl", folder / "people.csv", *options)
    assert outcome.code == 0
    written = Path("score.html").read_text() if "--output" in options else outcome.out
    assert not found_in(written + outcome.err, people())


def test_what_a_server_tells_of_fields_has_no_personal_cell(folder):
    served = SimpleNamespace(
        model=load_model(folder / "m.automl"),
        manifest=read_manifest(folder / "m.automl"),
        golden=read_golden(folder / "m.automl"),
    )
    told = [*map(str, fields_of(served)), *map(str, example_records(served))]
    assert not found_in("".join(told), people())
    assert "turquoise" in "".join(told)


@pytest.mark.parametrize("options", [("--json",), ("--output", "by.html")])
def test_levels_of_personal_columns_are_numbered_groups_where_scores_are_told_by_them(automl, folder, options):
    by = ("--by", "mail", "--fairness", "Vorname,spare_mail")
    outcome = automl("evaluate", folder / "m.automl", folder / "people.csv", *by, *options)
    assert outcome.code == 0
    written = Path("by.html").read_text() if "--output" in options else outcome.out
    assert not found_in(written + outcome.err, people())
    assert "group 1" in written


def test_a_comparison_by_a_personal_column_tells_numbered_groups(automl, folder):
    model = folder / "m.automl"
    outcome = automl("compare", model, model, "--data", folder / "people.csv", "--by", "Vorname", "--json")
    assert not found_in(outcome.out, people())
    assert json.loads(outcome.out)["by"][0]["name"].startswith("group ")


def test_new_levels_of_a_personal_column_are_counted_and_not_named(automl, folder):
    changed = [{**row, "Vorname": f"{row['Vorname'].strip()}issima"} for row in people()]
    with Path("others.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(changed[0]))
        writer.writeheader()
        writer.writerows(changed)
    outcome = automl("monitor", folder / "m.automl", "others.csv")
    assert outcome.code == 1
    assert (
        "100\u00a0% of the values of 'Vorname' are no level of the training rows (not shown: personal data)."
        in outcome.out
    )
    assert "issima" not in outcome.out
    assert "'Vorname'" not in automl("monitor", folder / "m.automl", folder / "people.csv").out
