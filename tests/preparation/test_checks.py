"""The checks on columns, rows and classes: each finds what is planted, and is silent on its clean twin."""

import numpy as np
import pytest

from automl.preparation import profile
from automl.tables import infer_schema, parse_kinds

ROWS = 200


@pytest.fixture
def clean_columns(columns_of_noise, noisy_labels):
    """Columns in which nothing is wrong, with what is planted among them."""

    def make(rows=ROWS, **planted):
        return {**columns_of_noise(rows), "y": noisy_labels(rows), **planted}

    return make


def some(values, rows=ROWS, seed=11, shares=None):
    return np.random.default_rng(seed).choice(values, rows, p=shares)


def test_a_clean_table_has_no_finding(clean_columns, codes_found):
    assert codes_found(clean_columns()) == {}


def test_a_clean_regression_table_has_no_finding(columns_of_noise, codes_found):
    assert codes_found({**columns_of_noise(ROWS), "y": np.random.default_rng(2).normal(size=ROWS)}) == {}


def test_an_empty_column_is_found_and_left_out(clean_columns, prepare_columns):
    prepared = prepare_columns(clean_columns(notes=[""] * ROWS))
    assert [(f.code, f.columns) for f in prepared.findings] == [("empty_column", ("notes",))]
    assert "notes" not in prepared.frame


def test_a_constant_column_is_found_and_left_out(clean_columns, prepare_columns):
    prepared = prepare_columns(clean_columns(currency=["EUR"] * ROWS))
    assert [(f.code, f.columns) for f in prepared.findings] == [("constant_column", ("currency",))]
    assert "currency" not in prepared.frame


def test_a_column_constant_only_where_the_target_is_known_is_found(clean_columns, codes_found):
    columns = clean_columns()
    columns["y"][:20] = ""
    columns["batch"] = ["old"] * 20 + ["new"] * (ROWS - 20)
    assert codes_found(columns)["constant_column"] == ["batch"]


def test_a_column_with_one_level_and_gaps_is_no_constant(clean_columns, codes_found):
    assert codes_found(clean_columns(flag=some(["x", ""]))) == {}


@pytest.mark.parametrize("seed", range(4))
def test_many_levels_that_differ_by_chance_along_the_rows_are_no_drift(clean_columns, codes_found, seed):
    levels = np.random.default_rng(seed).integers(0, 48, ROWS).astype(str)
    assert "drift_along_rows" not in codes_found(clean_columns(shop=np.char.add("S", levels)))


def test_an_identifier_is_found_and_left_out(clean_columns, prepare_columns):
    prepared = prepare_columns(clean_columns(customer_id=[f"C-{number:04d}" for number in range(ROWS)]))
    assert [(f.code, f.columns) for f in prepared.findings] == [("identifier_column", ("customer_id",))]
    assert "customer_id" not in prepared.frame


@pytest.mark.parametrize("name", ["C-{}", "{}"])
def test_an_identifier_repeated_with_its_row_is_still_one(clean_columns, codes_found, name):
    columns = clean_columns(customer_id=[name.format(number * 7 + 100) for number in range(ROWS)])
    repeated = {key: [*values, *values[:30]] for key, values in columns.items()}
    found = codes_found(repeated)
    assert found["identifier_column"] == ["customer_id"]
    assert "duplicate_rows" in found


def test_an_id_that_many_rows_share_is_no_identifier(clean_columns, codes_found):
    assert codes_found(clean_columns(store_id=some(range(20)))) == {}


def test_a_copy_of_another_column_is_found_and_left_out(clean_columns, prepare_columns):
    columns = clean_columns()
    prepared = prepare_columns({**columns, "height_2": columns["height"], "paint": columns["colour"]})
    assert [f.columns for f in prepared.findings if f.code == "duplicate_column"] == [("height_2",), ("paint",)]
    assert set(prepared.frame) == {"height", "width", "colour"}


def test_a_copy_written_in_another_number_format_is_found(clean_columns, codes_found):
    columns = clean_columns(price=some(np.arange(50)), fee=[f"$ {value}.00" for value in some(np.arange(50))])
    assert codes_found(columns) == {"duplicate_column": ["fee"]}


def test_a_column_that_differs_in_one_cell_is_no_copy(clean_columns, codes_found):
    columns = clean_columns()
    nearly = columns["height"].copy()
    nearly[7] += 1
    assert set(codes_found({**columns, "nearly": nearly})) == {"correlated_columns"}


def test_two_rare_flags_on_the_same_row_are_no_copies(clean_columns, codes_found):
    flag = ["no"] * (ROWS - 1) + ["yes"]
    assert codes_found(clean_columns(broken=flag, returned=flag)) == {}


def test_repeated_rows_are_counted_and_kept(clean_columns, prepare_columns):
    columns = {key: [*values, *values[:12]] for key, values in clean_columns().items()}
    prepared = prepare_columns(columns)
    assert [(f.code, f.message) for f in prepared.findings] == [
        ("duplicate_rows", "12 rows of 212 repeat another row exactly.")
    ]
    assert len(prepared.frame) == ROWS + 12
    assert prepared.duplicate_groups[:12].tolist() == prepared.duplicate_groups[ROWS:].tolist()


def test_a_column_that_counts_the_rows_does_not_hide_repeats(clean_columns, codes_found):
    columns = {key: [*values, *values[:12]] for key, values in clean_columns().items()}
    assert "duplicate_rows" in codes_found({"": range(ROWS + 12), **columns})


def test_equal_rows_of_few_columns_with_few_values_are_no_repeats(noisy_labels, codes_found):
    columns = {"a": some(["x", "z"]), "b": some([1, 2, 3], seed=12), "y": noisy_labels(ROWS)}
    assert codes_found(columns) == {}


def test_a_column_mostly_missing_is_found_and_kept(clean_columns, prepare_columns):
    prepared = prepare_columns(clean_columns(pool=some(["", "big", "small"], shares=[0.7, 0.2, 0.1])))
    assert [(f.code, f.columns) for f in prepared.findings] == [("many_missing", ("pool",))]
    assert "pool" in prepared.frame


def test_a_column_missing_on_some_rows_is_not_worth_a_word(clean_columns, codes_found):
    assert codes_found(clean_columns(pool=some(["", "big", "small"], shares=[0.3, 0.4, 0.3]))) == {}


def test_a_category_with_very_many_levels_is_found(clean_columns, codes_found):
    street = [f"street{number % 150}" for number in range(600)]
    assert codes_found(clean_columns(600, street=street)) == {"high_cardinality": ["street"]}


def test_levels_in_several_spellings_are_found_with_an_example(clean_columns, prepare_columns):
    findings = prepare_columns(clean_columns(plan=some(["Basic", "basic", "Pro"]))).findings
    assert [(f.code, f.columns) for f in findings] == [("mixed_case_levels", ("plan",))]
    assert "'Basic'" in findings[0].message
    assert "'basic'" in findings[0].message


def test_labels_in_several_spellings_are_found(clean_columns, codes_found):
    assert codes_found(clean_columns(y=some(["Yes", "yes", "no"]))) == {"mixed_case_levels": ["y"]}


def test_stray_space_alone_is_no_other_spelling(clean_columns, codes_found):
    assert codes_found(clean_columns(plan=some(["Basic", " Basic ", "Pro"]))) == {}


def test_rows_in_order_of_a_date_are_found(clean_columns, codes_found):
    days = np.arange("2024-01-01", "2024-07-19", dtype="datetime64[D]").astype(str)
    assert codes_found(clean_columns(day=days)) == {"time_order": ["day"]}


def test_rows_in_order_of_time_are_no_news_where_the_user_named_the_time(clean_columns, codes_found):
    days = np.arange("2024-01-01", "2024-07-19", dtype="datetime64[D]").astype(str)
    assert codes_found(clean_columns(day=days), time="day") == {}


def test_dates_in_any_order_are_not_worth_a_word(clean_columns, codes_found):
    days = np.arange("2024-01-01", "2024-07-19", dtype="datetime64[D]").astype(str)
    assert codes_found(clean_columns(day=np.random.default_rng(0).permutation(days))) == {}


def test_a_class_with_one_row_is_named(columns_of_noise, prepare_columns):
    columns = {**columns_of_noise(101), "y": ["a", "b"] * 50 + ["rarity"]}
    findings = {finding.code: finding for finding in prepare_columns(columns).findings}
    assert findings["rare_class"].message == "Class 'rarity' of 'y' has only 1 row."


def test_five_rows_of_a_class_are_not_rare(columns_of_noise, codes_found):
    columns = {**columns_of_noise(65), "y": ["a", "b"] * 30 + ["c"] * 5}
    assert codes_found(columns) == {}


def test_an_imbalance_is_found(clean_columns, prepare_columns):
    labels = np.random.default_rng(0).permutation(["fraud"] * 6 + ["fine"] * (ROWS - 6))
    findings = prepare_columns(clean_columns(y=labels)).findings
    assert [finding.code for finding in findings] == ["class_imbalance"]
    assert "'fraud' stands on 6 rows" in findings[0].message


def test_one_in_ten_is_no_imbalance(clean_columns, codes_found):
    assert codes_found(clean_columns(y=np.random.default_rng(0).permutation(["a"] * 20 + ["b"] * 180))) == {}


def test_a_column_emptied_by_the_kind_that_was_stated_is_told_so(make_table):
    table, _ = make_table({"region": [*["north", "south"] * 20, ""], "size": range(41)})
    schema = infer_schema(table, kinds=parse_kinds(("region=numeric",)))
    (empty,) = (each.message for each in profile(table, schema).findings if each.code == "empty_column")
    assert empty == "'region' holds no numeric value on any row: 40 cells were made missing by the stated kind."
