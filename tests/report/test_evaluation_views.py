"""What an evaluation says in sentences."""

import math
from dataclasses import replace

from evaluation_facts_examples import binary_evaluation

from automl.report.evaluation_views import verdict


def test_one_row_is_said_to_be_one_and_has_no_interval():
    facts = replace(binary_evaluation(), rows=1, within_estimate=None)
    scored = replace(facts, metrics={facts.metric: (0.9, math.nan, math.nan)})
    assert verdict(scored)[0].startswith(f"On 1 row the {facts.metric} is 0.9000; one answer for every row would score")
    assert verdict(replace(facts, metrics={}))[0] == f"{facts.metric} is not defined on this row."


def test_rows_of_one_class_are_said_to_be_why_a_score_is_not_defined():
    facts = replace(binary_evaluation(), metrics={}, rows=61, target_counts=(("No", 0), ("Yes", 61)))
    assert verdict(facts)[0] == f"{facts.metric} is not defined on these 61 rows: all are “Yes”."
