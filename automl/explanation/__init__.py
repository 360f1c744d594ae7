"""Why a model predicts what it predicts: which columns matter, and what each contributed to a row's prediction."""

from automl.explanation.behaviour import describe_behaviour
from automl.explanation.explaining import explain_rows, explain_without_data
from automl.explanation.facts import Explanation

__all__ = ["Explanation", "describe_behaviour", "explain_rows", "explain_without_data"]
