"""Class labels: one label for all its spellings, in a natural order, the positive one last."""

import pandas as pd
import pytest

from automl.errors import UsageError
from automl.preparation.labels import count_labels, encode_labels, order_labels, sort_naturally
from automl.tables import infer_schema, table_from_frame


def column_of(values):
    table = table_from_frame(pd.DataFrame({"y": values}))
    return table.cells["y"], infer_schema(table).column("y")


def test_labels_that_differ_in_case_or_space_are_one_in_the_most_frequent_spelling():
    cells, column = column_of([" Yes", "Yes", "yes", "No", "no", "no "])
    assert count_labels(cells, column) == {"Yes": 3, "no": 3}


def test_numbers_of_one_value_are_one_label_that_stands_as_in_the_file():
    cells, column = column_of(["7", "7", "7.0", "3", "3", "5"])
    assert count_labels(cells, column) == {"7": 3, "3": 2, "5": 1}


def test_missing_cells_belong_to_no_label():
    cells, column = column_of(["a", "b", "", "N/A", "a"])
    assert count_labels(cells, column) == {"a": 2, "b": 1}


def test_labels_that_are_numbers_are_sorted_by_value():
    assert sort_naturally(["10", "9", "-1", "2.5"]) == ("-1", "2.5", "9", "10")


def test_digits_inside_labels_are_sorted_by_value():
    assert sort_naturally(["grade 10", "grade 9", "Grade 1", "other"]) == ("Grade 1", "grade 9", "grade 10", "other")


@pytest.mark.parametrize("pair", [("1", "0"), ("Yes", "No"), ("true", "false"), ("Y", "N"), ("T", "F")])
def test_the_affirmative_label_is_the_positive_one_however_frequent(pair):
    assert order_labels({pair[0]: 90, pair[1]: 10}, None) == (pair[1], pair[0])


@pytest.mark.parametrize(
    ("positive", "negative"),
    [("ja", "nein"), ("Oui", "Non"), ("sí", "no"), ("\u0434\u0430", "\u043d\u0435\u0442"), ("tak", "nie")],
)
def test_what_says_yes_in_another_language_beside_its_negative_is_positive(positive, negative):
    assert order_labels({positive: 90, negative: 10}, None) == (negative, positive)


def test_a_foreign_yes_without_its_negative_is_a_label_like_any_other():
    assert order_labels({"da": 90, "Rom": 10}, None) == ("da", "Rom")


def test_without_an_affirmative_label_the_rarer_one_is_positive():
    assert order_labels({"good": 90, "bad": 10}, None) == ("good", "bad")
    assert order_labels({"good": 10, "bad": 90}, None) == ("bad", "good")


def test_the_user_names_the_positive_label():
    assert order_labels({"yes": 1, "no": 9}, "no") == ("yes", "no")


def test_a_positive_label_that_is_not_there_is_wrong_usage_with_the_nearest_label():
    with pytest.raises(UsageError, match="'chrned' is not among") as raised:
        order_labels({"churned": 5, "stayed": 5}, "chrned")
    assert raised.value.hint == "Did you mean 'churned'?"


def test_a_positive_label_for_three_classes_is_wrong_usage():
    with pytest.raises(UsageError, match="has 3"):
        order_labels({"a": 1, "b": 1, "c": 1}, "a")


def test_unknown_and_missing_cells_are_encoded_as_minus_one():
    cells, column = column_of(["a", "b", "A ", "c", ""])
    assert encode_labels(cells, column, ("b", "a")).tolist() == [1, 0, 1, -1, -1]


def test_labels_in_new_rows_are_recognised_in_any_spelling_of_the_training_labels():
    _, column = column_of(["0", "1"] * 5)
    assert encode_labels(pd.Series(["1", "1.0", " 0 ", "2"], dtype="str"), column, ("0", "1")).tolist() == [1, 1, 0, -1]


def test_labels_of_thousands_of_digits_are_sorted_by_value():
    long, longer = "a" + "9" * 5_000, "a1" + "0" * 5_000
    assert sort_naturally([longer, "a10", long, "a9", "a010"]) == ("a9", "a010", "a10", long, longer)
