"""Curves of a classifier's probabilities: ROC, precision-recall and calibration."""

from __future__ import annotations

from collections.abc import Sequence

from automl.report.charts.svg import Chart, Frame, Scale, axes, document, dots, line, path, text, thin
from automl.report.facts import CurvePoints, ReportFacts
from automl.report.formatting import count, number, percent, shorten

__all__ = ["calibration_chart", "precision_recall_chart", "roc_chart"]

_WIDTH, _PLOT_TOP, _PLOT_BOTTOM = 284, 26, 236
_MOST_POINTS = 150
_MOST_NAMED = 6
_MOST_DRAWN = 40
_TABLE_POINTS = 11
_LEGEND_ROW = 17


def roc_chart(facts: ReportFacts) -> Chart | None:
    """Draw the true positive rate against the false positive rate, one curve a class."""
    if not facts.roc:
        return None
    frame = _unit_frame("false positive rate", "true positive rate")
    return _curve_chart(
        "roc",
        "ROC curve",
        "Further up and left is better; the dashed diagonal is guessing. Area in brackets.",
        frame,
        facts.roc,
        [line((frame.x(0), frame.y(0)), (frame.x(1), frame.y(1)), "reference")],
    )


def precision_recall_chart(facts: ReportFacts) -> Chart | None:
    """Draw precision against recall, one curve a class; for two classes with the level of guessing."""
    if not facts.precision_recall:
        return None
    frame = _unit_frame("recall", "precision")
    reference, caption = [], "Further up and right is better. Average precision in brackets."
    share = _positive_share(facts)
    if share is not None:
        reference = [line((frame.x(0), frame.y(share)), (frame.x(1), frame.y(share)), "reference")]
        caption = (
            f"Further up and right is better; the dashed line is guessing ({percent(share)} of the rows are positive). "
            "Average precision in brackets."
        )
    return _curve_chart("precision-recall", "Precision and recall", caption, frame, facts.precision_recall, reference)


def calibration_chart(facts: ReportFacts) -> Chart | None:
    """Draw the observed share of a class against its predicted probability."""
    if not facts.calibration:
        return None
    frame = _unit_frame("predicted probability", "observed share")
    caption = (
        "On the dashed diagonal, predicted probabilities are what happens; below it they promise too much. "
        "Calibration error in brackets."
    )
    diagonal = line((frame.x(0), frame.y(0)), (frame.x(1), frame.y(1)), "reference")
    marks = [
        mark
        for position, curve in enumerate(_ordered(facts.calibration, worst_last=True)[:_MOST_NAMED])
        for mark in dots([(frame.x(x), frame.y(y)) for x, y in _pairs(curve)], f"mark c{position}")
    ]
    shapes = [diagonal, *marks]
    return _curve_chart("calibration", "Calibration", caption, frame, facts.calibration, shapes, worst_last=True)


def _unit_frame(x_name: str, y_name: str) -> Frame:
    return Frame(Scale(0, 1, 38, _WIDTH - 8), Scale(0, 1, _PLOT_BOTTOM, _PLOT_TOP), x_name, y_name)


def _curve_chart(
    identifier: str,
    title: str,
    caption: str,
    frame: Frame,
    curves: Sequence[CurvePoints],
    under: Sequence[str],
    worst_last: bool = False,
) -> Chart:
    ordered = _ordered(curves, worst_last)
    named, others = ordered[:_MOST_NAMED], ordered[_MOST_NAMED:_MOST_DRAWN]
    shapes = [*axes(frame), *under]
    shapes += [path(_drawn(frame, curve), "curve other") for curve in others]
    shapes += [path(_drawn(frame, curve), f"curve c{position}") for position, curve in enumerate(named)]
    shapes += _legend(named)
    if others:
        caption += f" Named are the {len(named)} classes with the weakest curves; the other {len(others)} are grey."
    if len(curves) > _MOST_DRAWN:
        caption += f" {count(len(curves) - _MOST_DRAWN)} more are not drawn."
    return Chart(
        identifier,
        title,
        caption,
        document(identifier, title, caption, (_WIDTH, _height(len(named))), shapes),
        ("class", frame.x_name, frame.y_name),
        _table(ordered),
    )


def _ordered(curves: Sequence[CurvePoints], worst_last: bool) -> list[CurvePoints]:
    """Put the curves that deserve attention first where they cannot all be named; else keep the order of the labels."""
    if len(curves) <= _MOST_NAMED:
        return list(curves)
    sign = -1.0 if worst_last else 1.0
    return sorted(curves, key=lambda curve: sign * (curve.summary or 0.0))


def _pairs(curve: CurvePoints) -> list[tuple[float, float]]:
    return list(zip(curve.x, curve.y, strict=True))


def _drawn(frame: Frame, curve: CurvePoints) -> list[tuple[float, float]]:
    return [(frame.x(x), frame.y(y)) for x, y in thin(_pairs(curve), _MOST_POINTS)]


def _height(entries: int) -> int:
    return _PLOT_BOTTOM + 46 + _LEGEND_ROW * ((entries + 1) // 2)


def _legend(curves: Sequence[CurvePoints]) -> list[str]:
    shapes = []
    for position, curve in enumerate(curves):
        x = 8 + (position % 2) * (_WIDTH // 2)
        y = _PLOT_BOTTOM + 54 + _LEGEND_ROW * (position // 2)
        shapes.append(line((x, y - 4), (x + 20, y - 4), f"curve c{position}"))
        area = f" ({number(curve.summary, 3)})" if curve.summary is not None else ""
        limit = 40 if len(curves) == 1 else 9
        shapes.append(text((x + 26, y), shorten(curve.label or "positive class", limit) + area, "legend"))
    return shapes


def _table(curves: Sequence[CurvePoints]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (curve.label or "positive class", number(x, 3), number(y, 3))
        for curve in curves[:_MOST_NAMED]
        for x, y in thin(_pairs(curve), _TABLE_POINTS)
    )


def _positive_share(facts: ReportFacts) -> float | None:
    total = sum(rows for _, rows in facts.target_counts)
    if facts.task != "binary" or len(facts.labels) != 2 or not total:
        return None
    return dict(facts.target_counts).get(facts.labels[1], 0) / total
