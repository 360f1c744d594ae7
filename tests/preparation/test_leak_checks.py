"""Leaks are found where they are planted, and nowhere else."""

import numpy as np
import pytest

ROWS = 400


@pytest.fixture
def leaky(columns_of_noise, noisy_labels):
    """Columns of noise with a yes/no target; what is given is planted among them."""

    def make(rows=ROWS, **planted):
        return {**columns_of_noise(rows), **planted, "y": noisy_labels(rows)}

    return make


def leaks_in(found):
    return {code: names for code, names in found.items() if code.startswith("target_leak")}


@pytest.mark.parametrize("seed", range(20))
def test_noise_holds_no_leak(columns_of_noise, noisy_labels, codes_found, seed):
    rows = (14, 40, 400)[seed % 3]
    columns = {**columns_of_noise(rows, seed), "y": noisy_labels(rows, seed + 100, share=0.5)}
    assert leaks_in(codes_found(columns)) == {}


def test_a_copy_of_a_class_target_is_found_and_is_no_feature(leaky, noisy_labels, prepare_columns):
    prepared = prepare_columns(leaky(outcome=noisy_labels(ROWS)))
    assert [f.columns for f in prepared.findings if f.code == "target_leak_copy"] == [("outcome",)]
    assert "outcome" not in prepared.frame
    assert [str(f.severity) for f in prepared.findings] == ["error"]


def test_a_copy_in_another_spelling_with_a_few_gaps_is_still_a_copy(leaky, noisy_labels, codes_found):
    outcome = np.char.upper(noisy_labels(ROWS))
    outcome[:10] = ""
    assert leaks_in(codes_found(leaky(outcome=outcome))) == {"target_leak_copy": ["outcome"]}


def test_a_copy_of_a_numeric_target_is_found(columns_of_noise, codes_found):
    price = np.random.default_rng(3).lognormal(size=ROWS).round(2)
    columns = {**columns_of_noise(ROWS), "paid": [f"{value:.3f} €" for value in price], "y": price}
    assert leaks_in(codes_found(columns)) == {"target_leak_copy": ["paid"]}


def test_few_rows_that_agree_by_chance_are_no_copy(codes_found):
    columns = {"a": ["yes", "no"] * 5, "b": np.arange(10) ** 2, "y": ["yes", "no"] * 5}
    assert leaks_in(codes_found(columns)) == {}


@pytest.mark.parametrize("rows", [60, ROWS, 30_000])
def test_a_number_that_gives_the_class_away_is_found_and_kept(leaky, noisy_labels, prepare_columns, rows):
    score = (noisy_labels(rows) == "yes") * 5 + np.random.default_rng(4).normal(size=rows).round(3)
    prepared = prepare_columns(leaky(rows, score=score))
    assert [f.columns for f in prepared.findings if f.code == "target_leak_one_column"] == [("score",)]
    assert "score" in prepared.frame


def test_levels_that_give_the_class_away_are_found(leaky, noisy_labels, codes_found):
    random = np.random.default_rng(5)
    status = np.where(noisy_labels(ROWS) == "yes", random.choice(["closed", "lost"], ROWS), "open")
    assert leaks_in(codes_found(leaky(status=status))) == {"target_leak_one_column": ["status"]}


def test_a_column_that_gives_three_classes_away_is_found(columns_of_noise, codes_found):
    random = np.random.default_rng(6)
    classes = random.choice(["a", "b", "c"], ROWS)
    codes = np.char.add(classes, random.choice(["1", "2"], ROWS))
    columns = {**columns_of_noise(ROWS), "code": codes, "y": classes}
    assert leaks_in(codes_found(columns)) == {"target_leak_one_column": ["code"]}


@pytest.mark.parametrize("words", [("P", "N"), ("1", "0"), ("ill", "well")])
def test_the_target_in_other_words_is_a_copy_and_left_out(leaky, noisy_labels, prepare_columns, words):
    renamed = np.where(noisy_labels(ROWS) == "yes", *words)
    prepared = prepare_columns(leaky(ROWS, outcome=renamed))
    assert [f.columns for f in prepared.findings if f.code == "target_leak_copy"] == [("outcome",)]
    assert "outcome" not in prepared.frame


def test_a_column_with_a_value_for_each_class_that_errs_once_is_no_copy(leaky, noisy_labels, prepare_columns):
    renamed = np.where(noisy_labels(ROWS) == "yes", "P", "N")
    renamed[0] = "N" if renamed[0] == "P" else "P"
    prepared = prepare_columns(leaky(ROWS, outcome=renamed))
    assert not [f for f in prepared.findings if f.code == "target_leak_copy"]


@pytest.mark.parametrize("seed", range(3))
def test_a_number_with_a_range_for_each_of_three_classes_is_found(columns_of_noise, codes_found, seed):
    random = np.random.default_rng([7, seed])
    codes = random.integers(0, 3, ROWS)
    columns = {**columns_of_noise(ROWS), "final": (codes * 10 + random.uniform(0, 9, ROWS)).round(3)}
    assert leaks_in(codes_found({**columns, "y": np.array(["a", "b", "c"])[codes]})) == {
        "target_leak_one_column": ["final"]
    }


def test_equal_numbers_in_a_file_that_is_sorted_by_class_are_no_leak(columns_of_noise, codes_found):
    classes = np.sort(np.random.default_rng(8).choice(["a", "b", "c"], ROWS))
    found = codes_found({**columns_of_noise(ROWS), "size": np.full(ROWS, 3.5) + np.arange(ROWS) % 2, "y": classes})
    assert leaks_in(found) == {}


@pytest.mark.parametrize("of_target", [np.sqrt, lambda price: 1.19 * price, lambda price: -np.log(price)])
def test_a_column_computed_from_a_numeric_target_is_found(columns_of_noise, codes_found, of_target):
    price = np.random.default_rng(3).lognormal(size=ROWS).round(4) + 0.01
    columns = {**columns_of_noise(ROWS), "net": of_target(price).round(5), "y": price}
    assert leaks_in(codes_found(columns)) == {"target_leak_one_column": ["net"]}


def test_a_good_but_honest_predictor_is_no_leak(leaky, noisy_labels, codes_found):
    score = (noisy_labels(ROWS) == "yes") * 2 + np.random.default_rng(4).normal(size=ROWS)
    assert leaks_in(codes_found(leaky(score=score.round(3)))) == {}


def test_a_trend_over_the_dates_is_no_leak(codes_found):
    days = np.arange("2020-01-01", "2021-02-04", dtype="datetime64[D]")
    trend = np.arange(len(days)) + np.random.default_rng(0).normal(size=len(days))
    noise = np.random.default_rng(1).normal(size=len(days))
    assert leaks_in(codes_found({"day": days.astype(str), "noise": noise, "y": trend})) == {}


def test_an_easy_task_in_which_every_column_tells_is_no_leak(noisy_labels, codes_found):
    y = noisy_labels(ROWS)
    columns = {f"x{n}": (y == "yes") * 6 + np.random.default_rng(n).normal(size=ROWS).round(3) for n in range(3)}
    assert leaks_in(codes_found({**columns, "y": y})) == {}


def test_a_column_filled_for_one_class_only_is_found_once(leaky, noisy_labels, prepare_columns):
    left_on = np.where(noisy_labels(ROWS) == "yes", "2024-03-05", "")
    left_on[np.flatnonzero(left_on != "")[0]] = "2024-03-06"
    prepared = prepare_columns(leaky(left_on=left_on))
    leaks = [finding for finding in prepared.findings if finding.code.startswith("target_leak")]
    assert [finding.code for finding in leaks] == ["target_leak_missing_pattern"]
    assert "'left_on' is filled exactly where 'y' is 'yes'" in leaks[0].message
    assert "left_on" in prepared.frame


def test_a_column_missing_where_a_number_is_zero_is_found(columns_of_noise, codes_found):
    random = np.random.default_rng(7)
    claim = np.where(random.random(ROWS) < 0.5, 0, random.gamma(2.0, size=ROWS).round(3))
    cause = np.where(claim > 0, random.choice(["hail", "fire"], ROWS), "")
    assert "target_leak_missing_pattern" in codes_found({**columns_of_noise(ROWS), "cause": cause, "y": claim})


def test_cells_missing_at_random_are_no_leak(leaky, codes_found):
    income = np.where(np.random.default_rng(8).random(ROWS) < 0.4, "", "1234")
    income[:200:2] = "999"
    assert leaks_in(codes_found(leaky(income=income))) == {}
