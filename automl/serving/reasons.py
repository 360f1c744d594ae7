"""Why: what each column contributed to the prediction of a row, as ``automl explain`` tells it for a few rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.serving.hosting import Served
from automl.serving.questions import Question
from automl.serving.refusals import TOO_LARGE, RefusedError

__all__ = ["MOST_EXPLAINED", "reasons"]

MOST_EXPLAINED = 100


def reasons(served: Served, question: Question) -> list[dict[str, Any]]:
    """Return, for each row, the class that is explained and in which space, the average there, and contributions.

    The contributions of a row add up to its prediction in that space less the average one over the golden rows.

    Raises
    ------
    RefusedError
        If there are too many rows: each costs as much as thousands of predictions.
    """
    from automl.explanation import Subject, contributions_of, explained_label

    rows = len(question.typed.frame)
    if rows > MOST_EXPLAINED:
        raise RefusedError(
            TOO_LARGE,
            f"Contributions are given for {MOST_EXPLAINED} rows of a request; this one brings {rows:,}.",
            "Send them in several requests, or use 'automl explain'.",
            "contributions",
        )
    if not rows:
        return []
    subject = Subject(served.model)
    _, found = contributions_of(subject, question.typed.frame[list(subject.columns)], subject.read(served.golden))
    told = []
    for position in range(rows):
        outcome = int(found.prediction[position].argmax())
        values = found.values[position, :, outcome]
        order = np.argsort(-np.abs(values), kind="stable")
        told.append(
            {
                "space": found.space,
                "label": explained_label(served.model.labels, outcome),
                "base": float(found.base[outcome]),
                "contributions": {subject.columns[number]: float(values[number]) for number in order},
            }
        )
    return told
