"""Contributions of the original columns to a prediction."""

import numpy as np
import pandas as pd
import pytest
from small_models import fitted, mixed_table

from automl.evaluation.calibration import Calibration
from automl.evaluation.isotonic import RisingCurve
from automl.evaluation.postprocessing import Postprocessing
from automl.explanation import explain_rows
from automl.explanation.additive import exact_contributions
from automl.explanation.shapley import sampled_contributions, spread_background
from automl.explanation.wording import row_in_words

ROWS = tuple(range(10))


@pytest.fixture(scope="module", params=["line", "mixed", "three", "boosted"])
def explained(request):
    known = request.getfixturevalue(request.param)
    return known, explain_rows(known.path, known.table, ROWS)


def test_contributions_add_up_to_the_prediction(explained):
    for row in explained[1].rows:
        assert sum(row.contributions.values()) == pytest.approx(row.prediction - row.base, abs=1e-9)


def test_the_prediction_is_what_the_model_predicts(explained):
    known, explanation = explained
    predicted = known.subject.model.predict_table(known.table)
    for row in explanation.rows:
        if row.label is None:
            expected = predicted.values[row.row]
        else:
            expected = predicted.probabilities[row.row, predicted.labels.index(row.label)]
            assert row.predicted == predicted.values[row.row]
        assert row.prediction == pytest.approx(expected, abs=1e-6)


def test_the_base_is_near_the_average_prediction_over_the_data(explained):
    known, explanation = explained
    outcomes = known.subject.outcomes(known.subject.read(known.table))
    labels = known.subject.model.labels
    for row in explanation.rows:
        outcome = 0 if outcomes.shape[1] == 1 else labels.index(row.label)
        assert abs(row.base - outcomes[:, outcome].mean()) < 0.1 * outcomes[:, outcome].std()


class Formula:
    """A subject whose prediction is known: 2 a + 3 b c, and nothing from d."""

    columns = ("a", "b", "c", "d")
    space = "target"

    def outcomes(self, frame):
        return (2 * frame["a"] + 3 * frame["b"] * frame["c"]).to_numpy()[:, np.newaxis]


@pytest.fixture(scope="module")
def formula():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 4)), columns=list("abcd"))
    return frame, sampled_contributions(Formula(), frame.iloc[:20], frame)


def test_a_column_that_the_model_ignores_contributes_nothing(formula):
    assert not formula[1].values[:, 3].any()
    assert not formula[1].errors[:, 3].any()


def test_the_intervals_hold_the_exact_values(formula):
    """Against one background row z, b contributes 3 (b - zb) (c + zc) / 2 (Shapley 1953), and a 2 (a - za)."""
    frame, found = formula
    usual = spread_background(Formula(), frame, 64)
    rows = frame.iloc[:20]
    exact = [
        (3 * (row["b"] - usual["b"]) * (row["c"] + usual["c"]) / 2).mean() - value
        for (_, row), value in zip(rows.iterrows(), found.values[:, 1, 0], strict=True)
    ]
    assert np.mean(np.abs(exact) <= 2 * found.errors[:, 1, 0] + 1e-9) >= 0.9
    expected = 2 * (rows["a"].to_numpy() - usual["a"].mean())
    assert np.allclose(found.values[:, 0, 0], expected)


def test_over_many_rows_a_column_of_noise_contributes_nothing(mixed):
    """One row's noise can move a forest that fitted it; on average over new rows it says nothing."""
    rows = explain_rows(mixed.path, mixed.table, range(60)).rows
    noise = np.array([row.contributions["nothing"] for row in rows])
    half = 2 * noise.std(ddof=1) / np.sqrt(len(noise))
    assert noise.mean() - half <= 0 <= noise.mean() + half


@pytest.mark.parametrize(("position", "name", "slope"), [(0, "a", 3), (1, "b", -2)])
def test_linear_truths_are_recovered(line, position, name, slope):
    """Both ways find a line of the true slope; the fit's own penalty shrinks it by one percent."""
    subject, frame = line.subject, line.subject.read(line.table)
    for found in (exact_contributions(subject, frame, frame), sampled_contributions(subject, frame[:20], frame)):
        values = found.values[:, position, 0]
        fitted, start = np.polyfit(line.new[name][: len(values)], values, 1)
        assert fitted == pytest.approx(slope, rel=0.03)
        assert start == pytest.approx(-slope * line.new[name].mean(), abs=1)


def test_a_blend_of_boosters_and_linear_models_is_explained_exactly(boosted):
    explanation = explain_rows(boosted.path, boosted.table, ROWS)
    assert (explanation.method, explanation.space) == ("exact", "target")
    assert all(not any(row.errors.values()) for row in explanation.rows)
    assert len({row.base for row in explanation.rows}) == 1


def test_exact_and_sampled_contributions_agree(boosted):
    """TreeSHAP follows the trees' own paths, sampling mixes rows: near each other, not equal."""
    subject, frame = boosted.subject, boosted.subject.read(boosted.table)
    exact = exact_contributions(subject, frame[:40], frame).values[..., 0]
    sampled = sampled_contributions(subject, frame[:40], frame).values[..., 0]
    assert np.corrcoef(exact.ravel(), sampled.ravel())[0, 1] > 0.98


def test_features_of_two_columns_are_not_explained_as_if_each_belonged_to_one(boosted, monkeypatch):
    subject = boosted.subject
    frame = subject.read(boosted.table)
    assert exact_contributions(subject, frame[:5], frame) is not None
    encoder = next(part.encoder for part in subject.model.parts() if part.encoder is not None)
    monkeypatch.setattr(encoder, "name", "generated")
    assert exact_contributions(subject, frame[:5], frame) is None


BROUGHT = {"log_loss": 0.4, "log_loss_before": 0.5, "error": 0.01, "error_before": 0.02, "rows": 2_000}
CALIBRATIONS = {
    "as they are": None,
    "stretched and moved": Calibration("sigmoid", 1.3, 0.2, **BROUGHT),
    "bent": Calibration("isotonic", 1.0, curve=RisingCurve((-1.0, 1.0), (-0.5, 1.5)), **BROUGHT),
}


def classifier(folder, families, calibration):
    made = Postprocessing(calibration=CALIBRATIONS[calibration])
    return fitted(folder, mixed_table, "bad", families, "roc_auc", postprocessing=made)


@pytest.mark.parametrize(
    ("name", "calibration"),
    [
        ("lightgbm", "as they are"),
        ("lightgbm", "stretched and moved"),
        ("xgboost", "as they are"),
        ("catboost", "as they are"),
        ("linear", "stretched and moved"),
    ],
)
def test_one_model_of_two_classes_is_explained_exactly_in_log_odds(name, calibration, tmp_path):
    known = classifier(tmp_path, (name,), calibration)
    explanation = explain_rows(known.path, known.table, ROWS)
    assert (explanation.method, explanation.space) == ("exact", "log_odds")
    predicted = known.subject.model.predict_table(known.table).probabilities[:, 1]
    for row in explanation.rows:
        assert row.label == "yes"
        assert sum(row.contributions.values()) == pytest.approx(row.prediction - row.base, abs=1e-9)
        assert row.probability == pytest.approx(predicted[row.row], abs=1e-9)
        assert 1 / (1 + np.exp(-row.prediction)) == pytest.approx(predicted[row.row], abs=1e-9)
        assert not any(row.errors.values())
        assert f"{row.probability:.2f} for yes (log-odds {row.prediction:+.2f}" in row_in_words(row)


def test_the_log_odds_of_a_model_that_is_nearly_certain_are_explained_too(tmp_path):
    """Stretched fifty times, most probabilities are 0 or 1 but for what floating point leaves of them."""
    sure = Postprocessing(calibration=Calibration("temperature", 50.0, **BROUGHT))
    known = fitted(tmp_path, mixed_table, "bad", ("lightgbm",), "roc_auc", postprocessing=sure)
    explanation = explain_rows(known.path, known.table, ROWS)
    assert explanation.method == "exact"
    assert max(abs(row.prediction) for row in explanation.rows) > 40
    for row in explanation.rows:
        assert sum(row.contributions.values()) == pytest.approx(row.prediction - row.base, abs=1e-9)


@pytest.mark.parametrize(("families", "calibration"), [(("lightgbm", "linear"), "as they are"), (("linear",), "bent")])
def test_where_log_odds_do_not_add_up_the_probability_is_sampled(families, calibration, tmp_path):
    known = classifier(tmp_path, families, calibration)
    explanation = explain_rows(known.path, known.table, (0,))
    assert (explanation.method, explanation.space) == ("sampled_shapley", "probability")
    assert explanation.rows[0].probability == explanation.rows[0].prediction


def test_class_probabilities_and_forests_are_sampled(mixed, three):
    for known in (mixed, three):
        assert explain_rows(known.path, known.table, (0,)).method == "sampled_shapley"


def test_two_classes_are_explained_by_the_positive_one_and_more_by_the_predicted_one(mixed, three):
    assert {row.label for row in explain_rows(mixed.path, mixed.table, ROWS).rows} == {"yes"}
    assert all(row.label == row.predicted for row in explain_rows(three.path, three.table, ROWS).rows)


def test_the_stated_error_is_that_of_repeated_estimates(mixed):
    """Ten estimates with other draws differ from one another by about the error that each states."""
    subject = mixed.subject
    frame = subject.read(mixed.table)
    runs = [sampled_contributions(subject, frame.iloc[:5], frame, seed) for seed in range(10)]
    spread = np.std([run.values for run in runs], axis=0, ddof=1)
    stated = np.mean([run.errors for run in runs], axis=0)
    assert np.mean(spread) < 1.5 * np.mean(stated)


def test_the_same_rows_get_the_same_contributions(mixed):
    first, second = (explain_rows(mixed.path, mixed.table, (3,)).rows for _ in range(2))
    assert first == second


def test_a_single_row_without_other_data_is_explained_against_the_golden_rows(mixed):
    alone = explain_rows(mixed.path, mixed.with_rows(mixed.new.iloc[:1]).table, (0,))
    assert "drawn column by column" in alone.background
    (row,) = alone.rows
    assert sum(row.contributions.values()) == pytest.approx(row.prediction - row.base, abs=1e-9)
    assert alone.importance.measure == "stored"


def test_the_background_is_spread_over_the_predictions(line):
    frame = line.subject.read(line.table)
    chosen = spread_background(line.subject, frame, 20)
    every, some = (line.subject.outcomes(each)[:, 0] for each in (frame, chosen))
    assert len(chosen) == 20
    assert abs(some.mean() - every.mean()) < 0.05 * every.std()


def grouped_table(rows, seed):
    """Return two classes that rest on a number written with a decimal comma and dots between thousands."""
    rng = np.random.default_rng(seed)
    sales, nothing = rng.integers(100, 9000, rows), rng.normal(size=rows).round(3)
    written = [f"{value:,.2f}".translate(str.maketrans(",.", ".,")) for value in sales]
    size = np.where(sales + rng.normal(0, 100, rows) > 4500, "large", "small")
    return pd.DataFrame({"sales": written, "nothing": nothing, "size": size})


def test_a_row_is_read_as_it_is_in_its_table_and_not_by_itself(tmp_path):
    """By themselves the first two cells are numbers as programs write them; among the others they are unreadable."""
    known = fitted(tmp_path, grouped_table, "size", ("lightgbm",), "roc_auc")
    known.new.loc[:1, "sales"] = ["120.5", "8000.5"]
    explained = explain_rows(known.path, known.table, (0, 1, 2)).rows
    assert [row.unread for row in explained] == [("sales",), ("sales",), ()]
    assert [row.predicted for row in explained] == known.subject.model.predict_table(known.table).values[:3].tolist()
    assert explained[0].predicted == explained[1].predicted
