"""From blocks of rows to blocks of predictions."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl.bundle.model import Prediction
from automl.cli.render.scoring import print_notes
from automl.cli.scoring import Scoring
from automl.errors import UsageError
from automl.tables import ReadOptions, read_blocks, read_table
from automl.tables.guesses import ragged_rows
from automl.tables.schema import Schema, Task
from automl.tables.table import Table


def table(**columns):
    return Table(pd.DataFrame(columns, dtype="str"), "new.csv", "")


def classifier(probabilities, labels=("no", "yes"), task=Task.BINARY, **counts):
    probabilities = np.array(probabilities, dtype=float).reshape(-1, len(labels))
    values = np.array(labels, dtype=object)[probabilities.argmax(axis=1)]
    prediction = Prediction(values, probabilities, labels, **counts)
    return SimpleNamespace(schema=Schema((), "y", task, labels), predict_table=lambda _: prediction)


def regressor(*values):
    prediction = Prediction(np.array(values), None)
    return SimpleNamespace(schema=Schema((), "y", Task.REGRESSION), predict_table=lambda _: prediction)


def scoring(model, *, proba=False, threshold=None, keep=()):
    return Scoring(model, proba=proba, threshold=threshold, keep=keep)


TWO = classifier([[0.9, 0.1], [0.4, 0.6]])


def test_a_label_is_predicted():
    assert list(scoring(TWO).score(table(a=["1", "2"]))["prediction"]) == ["no", "yes"]


def test_each_class_has_a_probability_on_request():
    scored = scoring(TWO, proba=True).score(table(a=["1", "2"]))
    assert list(scored.columns) == ["prediction", "proba_no", "proba_yes"]
    assert list(scored["proba_yes"]) == [0.1, 0.6]


def test_a_threshold_decides_from_its_own_value_on():
    scored = scoring(TWO, threshold=0.1).score(table(a=["1", "2"]))
    assert list(scored["prediction"]) == ["yes", "yes"]


def test_numbers_are_predicted():
    scored = scoring(regressor(1.5, 2.5)).score(table(a=["1", "2"]))
    assert list(scored["prediction"]) == [1.5, 2.5]


def test_kept_columns_come_first_and_unchanged():
    scored = scoring(TWO, keep=("id",)).score(table(a=["1", "2"], id=["007", " x "]))
    assert list(scored.columns) == ["id", "prediction"]
    assert list(scored["id"]) == ["007", " x "]


def test_no_rows_give_the_columns_alone():
    empty = scoring(classifier([]), proba=True).score(table(a=[]))
    assert (len(empty), list(empty.columns)) == (0, ["prediction", "proba_no", "proba_yes"])


def test_counts_add_up_over_blocks():
    model = classifier([[0.9, 0.1]], unseen={"city": 1}, unparsed={"age": 2}, extra_columns=("z",))
    running = scoring(model)
    running.score(table(a=["1"]))
    running.score(table(a=["2"]))
    assert running.tally.to_dict() == {
        "rows": 2,
        "unparsed": {"age": 4},
        "unseen": {"city": 2},
        "extra_columns": ["z"],
        "missing_columns": [],
        "other_notation": [],
        "ragged_rows": {"short": 0, "long": 0, "repaired": 0},
        "lines_left_out": {"footer": 0, "comments": 0},
        "escaped": 0,
    }


def test_rows_with_too_few_or_too_many_cells_are_counted_over_all_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("automl.tables.reading._WHOLE_BYTES", 1000)
    path = tmp_path / "large.csv"
    path.write_text("a,b,c\n" + "1,2,3\n" * 300 + "1,2\n" + "1,2,3\n" * 300 + "1,2\n1,2,3,4,5\n")
    running = scoring(TWO)
    monkeypatch.setattr(running, "_answers", lambda _: pd.Series(dtype="str"))
    blocks = list(read_blocks(path, rows=200))
    for block in blocks:
        running.score(block)
    assert len(blocks) > 1
    assert running.tally.to_dict()["ragged_rows"] == {"short": 2, "long": 1, "repaired": 0}


def test_ragged_rows_of_several_files_are_added_up(tmp_path):
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("a,b,c\n" + "1,2,3\n" * 30 + "1,2\n1,2,3,4,5\n")
    assert ragged_rows(read_table(tmp_path).findings) == {"short": 2, "long": 2, "repaired": 0}


def test_lines_that_were_taken_for_notes_and_comments_are_counted_and_said(tmp_path, capsys):
    path = tmp_path / "notes.csv"
    path.write_text("a,b,c\n" + "1,2,3\n" * 30 + "# a remark\n" + "1,2,3\n" * 30 + "\nSource: the archive\n")
    running = scoring(classifier([[0.9, 0.1]] * 60))
    running.score(read_table(path, ReadOptions(columns=("a", "b", "c", "y"))))
    assert running.tally.to_dict()["lines_left_out"] == {"footer": 1, "comments": 1}
    print_notes(running.tally, None)
    said = capsys.readouterr().err
    assert "1 line around the table was taken for notes" in said
    assert "1 line between the rows was taken for comments" in said


def test_a_kept_column_that_is_missing_gets_the_nearest_one():
    with pytest.raises(UsageError, match=r"'Id' is not in new\.csv") as caught:
        scoring(TWO, keep=("Id",)).score(table(id=["1"]))
    assert "'id'" in caught.value.hint


@pytest.mark.parametrize("name", ["prediction", "proba_yes"])
def test_a_kept_column_named_like_an_output_column_is_refused(name):
    with pytest.raises(UsageError, match="name of an output column"):
        scoring(TWO, proba=True, keep=(name,))


def test_a_threshold_is_for_binary_tasks_only():
    with pytest.raises(UsageError, match="binary"):
        scoring(regressor(1.0), threshold=0.5)


def test_probabilities_are_for_classification_only():
    with pytest.raises(UsageError, match="classification"):
        scoring(regressor(1.0), proba=True)
