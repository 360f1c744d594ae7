from __future__ import annotations

from dataclasses import asdict, replace

from report_facts_examples import bare_facts, binary_facts, multiclass_facts, regression_facts

from automl.evaluation.calibration import Calibration
from automl.evaluation.isotonic import RisingCurve
from automl.report import render
from automl.report.card import render_card
from automl.report.facts import CurvePoints, EstimateFact, FeatureFact, ReportFacts
from automl.report.formatting import ABSENT
from automl.report.summary import summary_points
from automl.report.verdict import baseline_verdict
from automl.report.wording import Command, Name, Sentence


def words(sentence: Sentence) -> str:
    parts = (f"“{part}”" if isinstance(part, Name) else getattr(part, "text", part) for part in sentence)
    return "".join(str(part) for part in parts).replace("\u00a0", " ")


def answer(facts: ReportFacts, question: str) -> str:
    return " ".join(
        words(sentence) for point in summary_points(facts) if point.question == question for sentence in point.sentences
    )


def with_estimate(facts: ReportFacts, value: float, low: float, high: float) -> ReportFacts:
    return replace(facts, estimate=replace(facts.estimate, value=value, interval=(low, high)))


def with_candidates(facts: ReportFacts, amount: int) -> ReportFacts:
    return replace(facts, candidates=tuple(facts.candidates[place % len(facts.candidates)] for place in range(amount)))


def test_the_summary_names_target_classes_and_source() -> None:
    said = answer(binary_facts(), "What was predicted")
    assert "“Churn” (“Yes” against “No”)" in said
    assert "“churn.csv.gz”" in said
    assert "7,043 rows" in said


def test_a_clear_gain_is_told_as_a_share_of_the_way_to_a_perfect_score() -> None:
    said = answer(binary_facts(), "How good it is")
    assert "roc_auc of about 0.846" in said
    assert "covers 69 % of the distance from that baseline to a perfect score (1)" in said


def test_for_an_error_metric_smaller_is_the_gain() -> None:
    verdict = baseline_verdict(regression_facts())
    assert verdict is not None
    assert verdict.better
    assert verdict.certain
    assert verdict.share is not None
    assert round(verdict.share, 3) == round(1 - 41.8213 / 128.774, 3)


def test_an_interval_that_reaches_the_baseline_claims_nothing() -> None:
    said = answer(with_estimate(binary_facts(), 0.53, 0.48, 0.58), "How good it is")
    assert "these rows do not show that the model is of use" in said
    assert "covers" not in said


def test_a_model_that_is_worse_than_the_baseline_is_not_recommended() -> None:
    assert "do not use this model" in answer(with_estimate(binary_facts(), 0.47, 0.4, 0.49), "How good it is")


def test_a_metric_without_a_known_best_gets_no_share() -> None:
    facts = binary_facts(metric="profit", estimate=EstimateFact("profit", 120.0, (110.0, 130.0), "holdout", 500))
    assert "covers" not in answer(replace(facts, baseline_score=90.0), "How good it is")


def test_how_good_it_is_is_told_in_rows_out_of_a_hundred_or_in_the_target_s_units() -> None:
    facts = binary_facts()
    assert "Of 100 rows it gives about 8" in answer(facts, "How good it is")
    assert f"always saying “{facts.labels[0]}” would get" in answer(facts, "How good it is")
    numbers = {"median_absolute_error": (21.37, 20.1, 22.6), "mae": (29.94, 28.8, 31.2)}
    said = answer(replace(regression_facts(), metrics=numbers), "How good it is")
    assert "Half of its predictions miss by less than 21.4, and on average they miss by 29.9." in said


def test_what_always_saying_one_label_would_get_is_told_of_the_rows_that_were_scored() -> None:
    facts = binary_facts(
        target_counts=(("No", 90), ("Yes", 10)), precision_recall=(CurvePoints("Yes", (0, 1), (1, 0.65)),)
    )
    assert "always saying “Yes” would get 65 right" in answer(facts, "How good it is")
    assert "right label." in answer(replace(facts, precision_recall=()), "How good it is")


def test_columns_that_were_not_ranked_in_time_are_said_to_be_unmeasured() -> None:
    facts = binary_facts()
    unranked = tuple(replace(each, importance=0.0, spread=0.0) for each in facts.features)
    assert "ended before it had measured" in answer(replace(facts, features=unranked), "What drives it")


def test_the_summary_points_to_the_pages_on_curves_and_on_groups() -> None:
    facts = binary_facts(model="churn.automl")
    assert "automl explain churn.automl DATA.csv --output explanation.html" in answer(facts, "What drives it")
    assert "automl evaluate churn.automl LABELLED.csv --fairness COLUMN" in answer(facts, "What next")
    assert "--fairness" not in answer(regression_facts(), "What next")


def test_the_selection_score_is_never_offered_as_an_estimate() -> None:
    said = answer(binary_facts(), "How sure that is")
    assert "The selection score (out-of-fold) is 0.851." in said
    assert "quote the estimate" in said


def test_a_single_column_that_carries_most_of_the_importance_is_a_caution() -> None:
    features = tuple(
        FeatureFact(name, "numeric", importance, 0.001, selected=True)
        for name, importance in (("refund_date", 0.4), ("a", 0.02), ("b", 0.01))
    )
    assert "“refund_date” alone carries 93 %" in answer(binary_facts(features=features), "What to beware of")


def test_importance_within_its_own_spread_is_not_called_a_driver() -> None:
    features = tuple(FeatureFact(name, "numeric", 0.001, 0.01, selected=True) for name in "abc")
    assert "No single column stands out" in answer(binary_facts(features=features), "What drives it")


def test_importance_of_one_fold_is_said_to_be_that() -> None:
    features = tuple(FeatureFact(name, "numeric", 0.2, None, selected=True) for name in "abc")
    facts = binary_facts(features=features)
    assert "carry 100 % of the total importance, measured on one fold alone." in answer(facts, "What drives it")
    assert 'data-key="None"' not in render(facts, "html")
    assert f"| a | numeric | 0.200 | {ABSENT} | yes |" in render(facts, "md")


def test_rare_classes_and_few_rows_are_cautions() -> None:
    facts = replace(multiclass_facts(30), estimate=EstimateFact("log_loss", 0.5, (0.4, 0.6), "holdout", 120))
    said = answer(facts, "What to beware of")
    assert "rests on 120 rows only" in said
    assert "have fewer than 30 rows" not in answer(multiclass_facts(3), "What to beware of")


def test_a_search_that_still_improved_at_the_end_is_advised_more_time() -> None:
    many = with_candidates(binary_facts(), 40)
    assert "A longer search (--time-budget) may still help" in answer(many, "What next")
    counted = replace(many, stopped_by="trials", seconds=68.0, progress=((2.0, 0.5), (64.0, 0.85)))
    assert "A longer search (--trials) may still help" in answer(counted, "What next")
    early = replace(counted, progress=((2.0, 0.5), (4.0, 0.85)))
    assert "More search is unlikely to help much" in answer(early, "What next")


def test_a_search_of_a_few_candidates_is_advised_more_unless_there_is_nothing_more_to_find() -> None:
    few = replace(with_candidates(binary_facts(), 2), stopped_by="trials", progress=((0.5, 0.85),))
    assert "Only 2 candidates were tried: more may help (--trials)." in answer(few, "What next")
    ended = replace(few, stopped_by="exhausted")
    assert "More search is unlikely to help: there was nothing left to try." in answer(ended, "What next")


def test_a_model_that_is_no_better_than_the_baseline_is_not_told_how_to_score_rows() -> None:
    useless = with_estimate(binary_facts(), 0.47, 0.4, 0.49)
    said = answer(useless, "What next")
    assert "score no rows with it" in said
    assert "automl predict" not in said
    assert "model.predict" not in render_card(useless)
    assert "model.predict" in render_card(binary_facts())


def test_the_command_to_type_next_survives_a_strange_file_name() -> None:
    facts = binary_facts(model="--a 'b.automl")
    commands = [
        part.text
        for point in summary_points(facts)
        for sentence in point.sentences
        for part in sentence
        if isinstance(part, Command)
    ]
    predict = next(text for text in commands if text.startswith("automl predict"))
    assert predict.startswith("""automl predict './--a '"'"'b.automl' """)


def test_an_incomplete_fit_is_told_with_its_reason() -> None:
    assert "it was asked to end (SIGTERM)" in answer(bare_facts(), "What to beware of")


def test_the_score_on_the_test_data_stands_beside_the_estimate_and_repeated_rows_are_a_caution() -> None:
    said = answer(regression_facts(), "How good it is")
    assert "On 2,280 rows of separate test data it is 42.9 (95 % interval 40.1 to 45.8)." in said
    cautions = answer(regression_facts(), "What to beware of")
    assert "12 rows of the test data stand in the training data too; its score leaves them out." in cautions


def test_warnings_about_the_data_are_said_in_full() -> None:
    assert "Column 'customerID' is different on every row." in answer(binary_facts(), "What to beware of")


def test_what_calibration_brought_is_told_in_figures() -> None:
    made = Calibration("temperature", 0.7, 0.0, 0.4142, 0.4361, 0.011, 0.043, 7043)
    said = answer(binary_facts(postprocessing={"calibration": asdict(made)}), "Are its probabilities right")
    assert "nearer to one another (temperature)" in said
    assert "log loss is 0.4142 with it and 0.4361 without" in said
    assert "1.1 % on average instead of 4.3 %" in said


def test_a_curve_is_told_as_such() -> None:
    made = Calibration("isotonic", 1.0, 0.0, 0.4142, 0.4361, 0.011, 0.043, 7043, RisingCurve((0.0,), (0.5,)))
    said = answer(binary_facts(postprocessing={"calibration": made.summary()}), "Are its probabilities right")
    assert "bent along a curve that only rises, so that rows keep their order (isotonic)" in said


def test_probabilities_that_were_left_as_they_are_are_told_with_their_error() -> None:
    said = answer(multiclass_facts(), "Are its probabilities right")
    assert "not shown to bring anything" in said
    assert not answer(regression_facts(), "Are its probabilities right")


def test_a_linear_model_within_the_interval_of_the_winner_is_named() -> None:
    facts = binary_facts()
    rival = replace(facts.candidates[0], family="linear", score=0.8301, weight=0.0)
    near = replace(facts, candidates=(replace(facts.candidates[0], family="catboost"), rival))
    assert "a linear model alone scores 0.8301" in answer(near, "Is a simpler model enough")
    far = replace(near, candidates=(near.candidates[0], replace(rival, score=0.81)))
    assert not answer(far, "Is a simpler model enough")


def test_a_small_tree_within_the_interval_of_the_winner_is_named_beside_the_linear_model() -> None:
    facts = binary_facts()
    winner, rival = replace(facts.candidates[0], family="catboost"), replace(facts.candidates[0], weight=0.0)
    tree, line = replace(rival, family="small_tree", score=0.8302), replace(rival, family="linear", score=0.8301)
    said = answer(replace(facts, candidates=(winner, tree, line)), "Is a simpler model enough")
    assert "a small tree alone scores 0.8302 and a linear model alone scores 0.8301" in said
    assert "--families small_tree" in said
    worse = replace(facts, candidates=(winner, line, replace(tree, score=0.7)))
    assert "small tree" not in answer(worse, "Is a simpler model enough")


def test_a_model_that_is_simple_itself_has_no_simpler_rival() -> None:
    facts = binary_facts()
    alone = replace(facts, candidates=(replace(facts.candidates[0], family="linear", weight=1.0),))
    assert not answer(alone, "Is a simpler model enough")


def test_for_an_error_a_simple_model_must_not_be_above_the_interval() -> None:
    facts = regression_facts()
    rival = replace(facts.candidates[0], family="linear", score=44.0, weight=0.0)
    pair = (replace(facts.candidates[0], family="catboost"), rival)
    assert answer(replace(facts, candidates=pair), "Is a simpler model enough")
    assert not answer(replace(facts, candidates=(pair[0], replace(rival, score=46.0))), "Is a simpler model enough")


def test_a_model_that_may_be_no_better_than_one_answer_is_said_to_be_driven_by_nothing() -> None:
    facts = binary_facts()
    chance = replace(facts, estimate=replace(facts.estimate, value=0.51, interval=(0.47, 0.55)), selection_score=0.52)
    one = (replace(facts.features[0], importance=0.9, spread=0.01), *facts.features[1:])
    chance = replace(chance, features=one)
    assert "Nothing that can be shown" in answer(chance, "What drives it")
    assert "alone carries" in answer(replace(facts, features=one), "What to beware of")
    assert "alone carries" not in answer(chance, "What to beware of")
    rival = replace(facts.candidates[0], family="linear", score=0.51, weight=0.0)
    pair = (replace(facts.candidates[0], family="catboost"), rival)
    assert not answer(replace(chance, candidates=pair), "Is a simpler model enough")
