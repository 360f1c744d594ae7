"""An explanation in words."""

from __future__ import annotations

from automl.explanation.facts import Counterfactual, RowExplanation, Space
from automl.report.formatting import shorten

__all__ = [
    "counterfactual_in_words",
    "number_in_words",
    "row_in_words",
    "signed_in_words",
    "space_in_words",
]

_TOLD = 5
_LONGEST_CELL = 30
# A contribution below this share of the largest one is told among the others.
_WORTH_TELLING = 0.05


def space_in_words(space: Space) -> str:
    """Say what contributions add up to."""
    match space:
        case "probability":
            return "the probability of the class"
        case "log_odds":
            return "the log-odds of the class, which are 0 where its probability is one half"
        case "target":
            return "the prediction"


def row_in_words(row: RowExplanation) -> str:
    """Say why a row got its prediction: ``0.81 for yes (average 0.27): contract month-to-month +0.22, tenure 2 +0.15``.

    Of log-odds: ``0.81 for yes (log-odds +1.45, average -0.99): contract month-to-month +1.32``. The largest
    contributions are told one by one, the rest as a sum.
    """
    digits = _digits(row)
    largest = max((abs(value) for value in row.contributions.values()), default=0.0)
    told = {
        name: value
        for name, value in list(row.contributions.items())[:_TOLD]
        if value and abs(value) >= _WORTH_TELLING * largest
    }
    parts = [f"{name} {_cell(row.shown(name))} {signed_in_words(value, digits)}" for name, value in told.items()]
    rest = [value for name, value in row.contributions.items() if name not in told and value]
    if rest:
        others = "1 other" if len(rest) == 1 else f"{len(rest)} others"
        parts.append(f"{others} {signed_in_words(sum(rest), digits)}")
    label = f" for {row.label}" if row.label is not None else ""
    reasons = ", ".join(parts) or "no column changes it"
    if row.space == "log_odds" and row.probability is not None:
        odds, average = signed_in_words(row.prediction, digits), signed_in_words(row.base, digits)
        return f"{number_in_words(row.probability, 2)}{label} (log-odds {odds}, average {average}): {reasons}"
    average = number_in_words(row.base, digits)
    return f"{number_in_words(row.prediction, digits)}{label} (average {average}): {reasons}"


def counterfactual_in_words(found: Counterfactual) -> str:
    """Say what would flip a decision: ``No (0.42) if contract were one year, not month-to-month``."""
    changes = " and ".join(
        f"{each.column} were {_cell(each.after)}, not {_cell(each.before)}" for each in found.changes
    )
    return f"{found.label} ({number_in_words(found.probability, 2)}) if {changes}"


def number_in_words(value: float, digits: int) -> str:
    """Write a number with ``digits`` decimals, without a minus before zero."""
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def signed_in_words(value: float, digits: int) -> str:
    """Write a difference with its sign."""
    return f"{round(value, digits) + 0.0:+,.{digits}f}"


def _digits(row: RowExplanation) -> int:
    """Return as many decimals as show the largest contribution: two digits of a number, one of a probability."""
    largest = max((abs(value) for value in row.contributions.values()), default=0.0)
    least, shown = (2, 1) if row.label is not None else (0, 10)
    return next((digits for digits in range(least, 8) if largest * 10**digits >= shown), 2)


def _cell(text: str) -> str:
    return shorten(text.strip(), _LONGEST_CELL) or "(missing)"
