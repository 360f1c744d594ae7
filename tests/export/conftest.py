"""Small models of sample tables, fitted once for all tests of exporting."""

import csv
from itertools import islice
from pathlib import Path

import pytest

from automl.cli.run import run

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"


def fit(table: Path, target: str, output: Path, *options: str) -> Path:
    words = ("--trials", "1", "--folds", "2", "--no-report", "--quiet", "--no-log", "--output", str(output))
    assert run(["fit", str(table), "--target", target, *words, *options]) == 0
    return output


def first_rows(name: str, rows: int, folder: Path) -> Path:
    with (SAMPLES / f"{name}.csv").open(newline="") as source, (folder / f"{name}.csv").open("w", newline="") as made:
        csv.writer(made).writerows(islice(csv.reader(source), rows + 1))
    return folder / f"{name}.csv"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exported")


@pytest.fixture(scope="session")
def churn(folder):
    """Return a blend of a linear model and a small tree for two classes, with an ordered category and a date."""
    table = first_rows("telecom_churn", 800, folder)
    return fit(table, "churn", folder / "churn.automl", "--families", "linear,small_tree", "--trials", "2")


@pytest.fixture(scope="session")
def bikes(folder):
    """Return a linear model of a number, of a table with decimal commas, percentages and times of day."""
    return fit(SAMPLES / "bike_demand.csv", "rentals", folder / "bikes.automl", "--families", "linear")


@pytest.fixture(scope="session")
def wine(folder):
    """Return a small tree for three classes."""
    return fit(SAMPLES / "wine.csv", "cultivar", folder / "wine.automl", "--families", "small_tree")


@pytest.fixture(scope="session")
def boosted(folder):
    """Return boosted trees that split by categories."""
    table = first_rows("card_fraud", 1000, folder)
    options = ("--families", "lightgbm", "--optimize", "speed")
    return fit(table, "is_fraud", folder / "boosted.automl", *options)


@pytest.fixture(scope="session")
def boosted_by_xgboost(folder):
    """Return XGBoost's trees, of which some split by categories."""
    table = first_rows("card_fraud", 1000, folder)
    return fit(table, "is_fraud", folder / "by_xgboost.automl", "--families", "xgboost", "--optimize", "speed")


@pytest.fixture(scope="session")
def wine_by_xgboost(folder):
    """Return XGBoost's trees for three classes."""
    options = ("--families", "xgboost", "--optimize", "speed")
    return fit(SAMPLES / "wine.csv", "cultivar", folder / "wine_by_xgboost.automl", *options)


@pytest.fixture(scope="session")
def constant(folder):
    """Return a model that uses no column."""
    return fit(SAMPLES / "wine.csv", "cultivar", folder / "constant.automl", "--families", "constant")


def fit_columns(names: tuple[str, str, str], output: Path) -> Path:
    """Fit a small tree to two columns of numbers and one of cities."""
    table = output.with_suffix(".csv")
    with table.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*names, "target"])
        writer.writerows(
            [at % 53, at * 7 % 61, ("Rome", "Oslo", "Bonn")[at % 3], at % 53 + at * 7 % 61 + at % 3 > 60]
            for at in range(300)
        )
    return fit(table, "target", output, "--families", "small_tree")


@pytest.fixture(scope="session")
def twins(folder):
    """Return a model of columns whose names differ only in case."""
    return fit_columns(("Age", "age", "city"), folder / "twins.automl")


@pytest.fixture(scope="session")
def named_as_outputs(folder):
    """Return a model of columns that are called as what models give out."""
    return fit_columns(("prediction", "probabilities", "city"), folder / "named_as_outputs.automl")


@pytest.fixture(scope="session")
def symmetric(folder):
    """Return symmetric trees that split by numbers alone, of which some are missing."""
    table = first_rows("telecom_churn", 800, folder)
    return fit(table, "churn", folder / "symmetric.automl", "--families", "catboost", "--optimize", "speed")


@pytest.fixture(scope="session")
def symmetric_bikes(folder):
    """Return symmetric trees for a number."""
    options = ("--families", "catboost", "--optimize", "speed")
    return fit(SAMPLES / "bike_demand.csv", "rentals", folder / "symmetric_bikes.automl", *options)


@pytest.fixture(scope="session")
def symmetric_wine(folder):
    """Return symmetric trees whose leaves add to three scores."""
    options = ("--families", "catboost", "--optimize", "speed")
    return fit(SAMPLES / "wine.csv", "cultivar", folder / "symmetric_wine.automl", *options)


@pytest.fixture(scope="session")
def spam(folder):
    """Return a linear model of words."""
    table = first_rows("message_spam", 150, folder)
    return fit(table, "label", folder / "spam.automl", "--families", "linear")


@pytest.fixture(scope="session")
def marked(folder):
    """Return a linear model of a table that marks missing values as -999,0, 1900-01-01 and a question mark."""
    with first_rows("telecom_churn", 800, folder).open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    for at, row in enumerate(rows):
        row["monthly_charge"] = "-999,0" if at % 9 == 0 else row["monthly_charge"].replace(".", ",")
        row["signup_date"] = "1900-01-01" if at % 11 == 0 else row["signup_date"]
        row["payment_method"] = "?" if at % 7 == 0 else row["payment_method"]
    with (folder / "marked.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return fit(folder / "marked.csv", "churn", folder / "marked.automl", "--families", "linear")
