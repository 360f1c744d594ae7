"""An explanation as text: the columns that matter, then each row in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.cli.options import Common
from automl.cli.render.numbers import interval, score
from automl.cli.render.scoring import print_unfitting
from automl.cli.render.streams import print_result, say, visible
from automl.cli.render.tables import print_table
from automl.explanation.wording import counterfactual_in_words, row_in_words
from automl.report.importance_views import measure_in_words, spread_in_words

if TYPE_CHECKING:
    from automl.explanation.facts import Explanation
    from automl.report.importance_facts import Importance

__all__ = ["print_explanation"]

COLUMNS_SHOWN = 20


def print_explanation(explanation: Explanation, common: Common) -> None:
    """Print what matters to the model, and why each row got its prediction."""
    found = explanation.importance
    more = f", the first {COLUMNS_SHOWN} of {len(found.columns)}" if len(found.columns) > COLUMNS_SHOWN else ""
    print_table(
        f"Importance: {measure_in_words(found)}{more}",
        ("column", "importance", "interval" if found.measure != "stored" else spread_in_words(found)),
        [_line(each) for each in found.columns[:COLUMNS_SHOWN]],
        common,
        numeric=("importance",),
    )
    if found.groups:
        rows = [_line(each) for each in found.groups]
        title = "Columns that go together, shuffled as one"
        print_table(title, ("columns", "importance", "interval"), rows, common, numeric=("importance",))
    if explanation.rows:
        print_result(visible(f"Predictions of {explanation.target}: the average is over {explanation.background}"))
        for row in explanation.rows:
            print_result(visible(f"  row {row.row}: {row_in_words(row)}"))
            for nearest in row.counterfactuals[:1]:
                print_result(visible(f"    it would be {counterfactual_in_words(nearest)}"))
    if not common.quiet:
        for note in explanation.notes:
            say(visible(note))
        print_unfitting(explanation.unparsed, explanation.unseen)


def _line(importance: Importance) -> tuple[str, str, str]:
    bounds = (importance.low, importance.high)
    return " + ".join(importance.columns), score(importance.value), interval(bounds)
