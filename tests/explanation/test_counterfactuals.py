"""What would have to be otherwise for another decision."""

import re

import numpy as np
import pandas as pd
import pytest
from small_models import dated_table, fitted, priced_table

from automl.errors import UsageError
from automl.explanation import explain_rows
from automl.explanation.cells import Spelling
from automl.explanation.counterfactuals import CounterfactualSearch
from automl.explanation.wording import counterfactual_in_words
from automl.tables import Column, ColumnKind, Schema


class Rule:
    """A subject that says yes where a > 0 and city is not Rom."""

    columns = ("a", "b", "city")

    class model:
        labels = ("no", "yes")

    def predict(self, frame):
        yes = np.where((frame["a"] > 0) & (frame["city"] != "Rom"), 0.9, 0.2 + 0.05 * (frame["city"] != "Rom"))
        return np.column_stack([1 - yes, yes])

    def outcomes(self, frame):
        return self.predict(frame)[:, 1:]

    def decisions(self, predicted):
        return [self.model.labels[code] for code in predicted.argmax(axis=1)]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    city = pd.Series(rng.choice(["Bern", "Oslo", "Rom"], 300), dtype="str")
    return pd.DataFrame({"a": rng.normal(size=300), "b": rng.normal(size=300), "city": city})


def test_truth_values_are_written_as_they_stand_in_the_file(data):
    words = Column("a", ColumnKind.BOOLEAN, true_values=("yes",), false_values=("no",))
    spelling = Spelling(Schema((words,)), ())
    search = CounterfactualSearch(Rule(), data.assign(a=(data["a"] > 0) * 1.0), ("b", "city"), spelling.text)
    (found,) = search.find(row(0.0, "Bern"))
    assert [(each.column, each.before, each.after) for each in found.changes] == [("a", "no", "yes")]


def row(a, city):
    return pd.DataFrame({"a": [a], "b": [0.0], "city": pd.Series([city], dtype="str")})


def test_the_nearest_value_that_flips_the_decision_is_found(data):
    (found, *_) = CounterfactualSearch(Rule(), data).find(row(-1.5, "Bern"))
    (change,) = found.changes
    assert (found.label, change.column) == ("yes", "a")
    assert 0 < float(change.after) < 0.2
    assert found.prediction == pytest.approx(0.9)


def test_two_columns_change_only_where_one_is_not_enough(data):
    (found, *_) = CounterfactualSearch(Rule(), data).find(row(-1.5, "Rom"))
    assert {change.column for change in found.changes} == {"a", "city"}


def test_a_fixed_column_is_left_as_it_is(data):
    search = CounterfactualSearch(Rule(), data, ["a"])
    assert search.find(row(-1.5, "Bern")) == ()
    (found, *_) = search.find(row(1.0, "Bern"))
    assert found.changes[0].column == "city"


def test_each_way_changes_other_columns(data):
    found = CounterfactualSearch(Rule(), data).find(row(1.0, "Bern"))
    assert {each.changes[0].column for each in found} == {"a", "city"}


def test_the_model_itself_decides_otherwise_then(mixed):
    """The changed row is predicted again, as a text table, as a user would."""
    explanation = explain_rows(mixed.path, mixed.table, range(10))
    flipped = 0
    for each in explanation.rows:
        for way in each.counterfactuals:
            cells = mixed.new.iloc[[each.row]].astype(str)
            for change in way.changes:
                cells[change.column] = change.after
            again = mixed.subject.model.predict_table(mixed.with_rows(cells).table)
            assert again.values[0] == way.label != each.predicted
            flipped += 1
    assert flipped > 0


@pytest.mark.parametrize("n_rows", [300, 5])
def test_numbers_are_written_as_their_column_writes_them(tmp_path, n_rows):
    """Of few rows the values come from the model file, which keeps them as they were written."""
    priced = fitted(tmp_path, priced_table, "left", ("linear",), "roc_auc")
    new = priced.new.head(n_rows)
    ways = [
        (row.row, way)
        for row in explain_rows(priced.path, priced.with_rows(new).table, range(5)).rows
        for way in row.counterfactuals
    ]
    assert ways
    for row, way in ways:
        (change,) = way.changes
        assert change.before == new["price"].iloc[row]
        assert re.fullmatch(r"[\d.]+,\d\d €", change.after)


def test_nobody_is_asked_to_have_come_on_another_day(tmp_path):
    dated = fitted(tmp_path, dated_table, "left", ("lightgbm",), "roc_auc")
    rows = explain_rows(dated.path, dated.table, range(40)).rows
    changed = {change.column for row in rows for way in row.counterfactuals for change in way.changes}
    assert changed == {"score"}


def test_a_number_has_no_decision_to_flip(line):
    assert not any(each.counterfactuals for each in explain_rows(line.path, line.table, (0,)).rows)


def test_a_fixed_column_that_is_not_used_is_named(mixed):
    with pytest.raises(UsageError, match="'aeg'"):
        explain_rows(mixed.path, mixed.table, (0,), fixed=("aeg",))


def test_a_number_is_told_to_its_last_digit(data):
    """It is what to type: rounded, it would not flip the decision."""
    salaries = data.assign(a=data["a"] + 1_250_650.25)

    class Salary(Rule):
        def predict(self, frame):
            return super().predict(frame.assign(a=frame["a"] - 1_250_650.25))

    (found, *_) = CounterfactualSearch(Salary(), salaries, ("b", "city")).find(row(1_250_649.25, "Bern"))
    (change,) = found.changes
    assert change.before == "1250649.25"
    assert float(change.after) in set(salaries["a"])
    assert float(change.after) > 1_250_650.25


def test_the_probability_beside_a_label_is_its_own(data):
    (found, *_) = CounterfactualSearch(Rule(), data, ["a"]).find(row(1.0, "Bern"))
    assert (found.label, found.prediction) == ("no", pytest.approx(0.2))
    assert counterfactual_in_words(found) == "no (0.80) if city were Rom, not Bern"
