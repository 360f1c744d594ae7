"""Why a model predicts what it predicts: which columns matter, and what each contributed to a row's prediction."""

from automl.explanation.behaviour import describe_behaviour
from automl.explanation.explaining import contributions_of, explain_rows, explain_without_data, explained_label
from automl.explanation.facts import Explanation
from automl.explanation.subject import Subject

__all__ = [
    "Explanation",
    "Subject",
    "contributions_of",
    "describe_behaviour",
    "explain_rows",
    "explain_without_data",
    "explained_label",
]
