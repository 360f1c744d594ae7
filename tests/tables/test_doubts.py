"""Guesses about columns that are reported."""

import pandas as pd

from automl.tables import Table, infer_schema, typing_findings


def findings(cells):
    table = Table(pd.DataFrame({"value": pd.array(cells, dtype="str")}), "test", "")
    return {finding.code: finding for finding in typing_findings(table, infer_schema(table))}


def test_dates_that_fit_both_orders_are_reported():
    assert findings(["01/02/2024", "03/04/2024"])["ambiguous_date_order"].columns == ("value",)


def test_dates_that_fit_one_order_are_not():
    assert not findings(["01/02/2024", "31/03/2024", "30/04/2024"])


def test_numbers_among_words_are_reported():
    assert "70%" in findings(["1", "2", "3", "4", "5", "6", "7", "few", "some", "many"])["mixed_types"].message


def test_a_stray_word_among_numbers_is_reported():
    finding = findings([str(i % 50) for i in range(99)] + ["oops"])["unparsed_cells"]
    assert finding.message.startswith("1 cells")
    assert "oops" in finding.message


def test_a_clean_column_raises_no_doubt():
    assert not findings(["1", "2", "2"])
    assert not findings(["a", "b", "a"])
