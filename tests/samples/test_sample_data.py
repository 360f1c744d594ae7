"""The sample tables are what their generator writes, and what their README says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "sample_data"
TABLES = sorted(path.name for path in FOLDER.glob("*.csv"))
TARGETS = {
    "telecom_churn": "churn",
    "card_fraud": "is_fraud",
    "bike_demand": "rentals",
    "message_spam": "label",
}


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("regenerated")
    subprocess.run([sys.executable, str(FOLDER / "generate.py"), "--output", str(folder)], check=True)
    return folder


def read(name: str) -> pd.DataFrame:
    delimiter = ";" if name.startswith("bike") else ","
    return pd.read_csv(FOLDER / name, sep=delimiter, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def test_the_generator_writes_exactly_the_tables_of_the_folder(regenerated: Path) -> None:
    assert sorted(path.name for path in regenerated.iterdir()) == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_the_generator_writes_the_same_bytes_again(regenerated: Path, name: str) -> None:
    assert (regenerated / name).read_bytes() == (FOLDER / name).read_bytes()


def test_another_seed_gives_other_customers(regenerated: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "generate.py"), "--output", str(tmp_path), "--seed", "7"]
    subprocess.run(command, check=True)
    assert (tmp_path / "telecom_churn.csv").read_bytes() != (regenerated / "telecom_churn.csv").read_bytes()


@pytest.mark.parametrize("name", TABLES)
def test_the_readme_tells_of_every_table(name: str) -> None:
    assert f"`{name}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_folder_stays_below_two_megabytes() -> None:
    assert sum((FOLDER / name).stat().st_size for name in TABLES) < 2_000_000


@pytest.mark.parametrize(("stem", "target"), TARGETS.items())
def test_new_rows_have_one_column_more_and_no_target(stem: str, target: str) -> None:
    known, new = read(f"{stem}.csv"), read(f"{stem}_new.csv")
    assert set(known.columns) - set(new.columns) == {target}
    assert len(set(new.columns) - set(known.columns)) == 1


@pytest.mark.parametrize(
    ("stem", "column"),
    [
        ("telecom_churn", "plan"),
        ("card_fraud", "merchant_category"),
        ("bike_demand", "condition"),
        ("message_spam", "sender"),
    ],
)
def test_new_rows_hold_a_level_never_seen_before(stem: str, column: str) -> None:
    assert set(read(f"{stem}_new.csv")[column]) - set(read(f"{stem}.csv")[column])


def test_the_churn_table_is_dirty_as_promised() -> None:
    table = read("telecom_churn.csv")
    assert len(table) == 3_000
    assert table.duplicated().sum() == 45
    assert set(table["churn"].str.strip()) == {"Yes", "yes", "YES", "No", "no", ""}
    assert set(table["currency"]) == {"USD"}
    assert table["customer_id"].nunique() == 2_955
    assert table["total_charges"].str.fullmatch(r"\$\d,\d{3}\.\d\d").any()
    assert {"N/A", ""} <= set(table["monthly_charge"])
    assert (table["contract"] != table["contract"].str.strip()).any()
    dates = table["signup_date"][table["signup_date"] != ""]
    assert dates.str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_about_one_payment_in_seventy_is_a_fraud() -> None:
    frauds = read("card_fraud.csv")["is_fraud"].value_counts()
    assert 0.012 < frauds["1"] / frauds.sum() < 0.018


def test_payments_hold_codes_that_a_careless_reader_destroys() -> None:
    table = read("card_fraud.csv")
    assert (table["home_country"] == "NA").sum() > 100
    assert table["post_code"].str.fullmatch(r"\d{5}").all()
    assert table["post_code"].str.startswith("0").any()


def test_demand_is_written_with_semicolons_and_decimal_commas() -> None:
    lines = (FOLDER / "bike_demand.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].count(";") == 7
    assert read("bike_demand.csv")["temperature"].str.fullmatch(r"-?\d+,\d").all()


def test_messages_hold_commas_quotes_and_line_breaks() -> None:
    messages = read("message_spam.csv")["message"]
    for mark in (",", '"', "\n"):
        assert messages.str.contains(mark, regex=False).any()


@pytest.mark.parametrize(
    ("name", "shape", "labels"),
    [
        ("breast_cancer.csv", (569, 31), {"malignant": 212, "benign": 357}),
        ("wine.csv", (178, 14), {"barolo": 59, "grignolino": 71, "barbera": 48}),
    ],
)
def test_the_classics_carry_their_labels_as_words(name: str, shape: tuple[int, int], labels: dict[str, int]) -> None:
    table = read(name)
    assert table.shape == shape
    assert table.iloc[:, -1].value_counts().to_dict() == labels


def test_the_diabetes_table_is_in_the_units_it_was_measured_in() -> None:
    table = read("diabetes.csv")
    assert table.shape == (442, 11)
    assert table["age_years"].astype(float).between(19, 79).all()
