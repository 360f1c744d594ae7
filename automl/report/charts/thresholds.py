"""Charts of what another threshold for the positive class would bring."""

from __future__ import annotations

from collections.abc import Sequence

from automl.report.charts.svg import Chart, Frame, Scale, axes, document, line, path, span, text, thin
from automl.report.facts import ReportFacts
from automl.report.formatting import concise, number
from automl.report.judged import Judged

__all__ = ["threshold_chart", "threshold_score_chart"]

_WIDTH, _HEIGHT = 460, 300
_LEFT, _RIGHT, _BOTTOM, _TOP = 54, _WIDTH - 12, _HEIGHT - 64, 28
_FIGURES = ("recall", "precision", "f1")
_TABLE_ROWS = 21
_HALF = 0.5


def threshold_chart(facts: Judged, threshold: float | None) -> Chart | None:
    """Draw recall, precision and F1 over the thresholds, and mark the one in use (None for one half)."""
    if not facts.trade_offs:
        return None
    used = _HALF if threshold is None else threshold
    frame = Frame(Scale(0, 1, _LEFT, _RIGHT), Scale(0, 1, _BOTTOM, _TOP), "threshold", "share")
    shapes = [*axes(frame), *_mark(frame, used)]
    for place, name in enumerate(_FIGURES):
        points = [(frame.x(row[0]), frame.y(row[place + 1])) for row in facts.trade_offs]
        shapes.append(path(points, f"curve c{place}"))
        at = _LEFT + 112 * place
        shapes.append(line((at, _HEIGHT - 8), (at + 24, _HEIGHT - 8), f"curve c{place}"))
        shapes.append(text((at + 30, _HEIGHT - 4), name, "legend"))
    title = "What other thresholds would bring"
    caption = (
        "Recall: share of the positive rows that are found; precision: share of the rows predicted positive that are "
        f"so; F1: both in one. The dashed line is the threshold in use, {concise(used, 3)}."
    )
    rows = tuple(tuple(number(value, 3) for value in row) for row in thin(facts.trade_offs, _TABLE_ROWS))
    picture = document("thresholds", title, caption, (_WIDTH, _HEIGHT), shapes)
    return Chart("thresholds", title, caption, picture, ("threshold", *_FIGURES), rows)


def threshold_score_chart(facts: ReportFacts) -> Chart | None:
    """Draw what the threshold was chosen by; nothing where that is one of the figures of the other chart."""
    chosen = facts.postprocessing.get("threshold")
    if chosen is None or chosen["by"] in _FIGURES or not chosen["curve"]:
        return None
    what = "cost of a row" if chosen["by"] == "costs" else str(chosen["by"])
    curve: Sequence[tuple[float, float]] = [(cut, score) for cut, score in chosen["curve"]]
    low, high = span([score for _, score in curve])
    frame = Frame(Scale(0, 1, _LEFT, _RIGHT), Scale(low, high, _BOTTOM, _TOP), "threshold", what)
    points = [(frame.x(cut), frame.y(score)) for cut, score in curve]
    better = "lower" if chosen["by"] == "costs" else "higher"
    title = f"{what[0].upper()}{what[1:]} by threshold"
    caption = f"Out-of-fold, {better} is better. The dashed line is the threshold chosen, {number(chosen['value'])}."
    shapes = [*axes(frame), *_mark(frame, chosen["value"]), path(points, "curve c0")]
    picture = document("threshold-score", title, caption, (_WIDTH, _HEIGHT), shapes)
    rows = tuple((number(cut, 3), number(score)) for cut, score in thin(curve, _TABLE_ROWS))
    return Chart("threshold-score", title, caption, picture, ("threshold", what), rows)


def _mark(frame: Frame, threshold: float) -> list[str]:
    at = frame.x(threshold)
    return [line((at, frame.y.start), (at, frame.y.stop), "reference")]
