"""Curves of a classifier's probabilities: ROC, precision-recall and calibration."""

from __future__ import annotations

from collections.abc import Sequence

from automl.report.charts.svg import Chart, Frame, Scale, axes, document, dots, line, path, text, thin
from automl.report.facts import CurvePoints
from automl.report.formatting import number, percent, shorten
from automl.report.judged import Judged, class_shares

__all__ = ["calibration_chart", "precision_recall_chart", "roc_chart"]

_WIDTH, _PLOT_TOP, _PLOT_BOTTOM = 284, 26, 236
_MOST_POINTS = 150
_MOST_NAMED = 8
_MOST_GREY = 40
_TABLE_POINTS = 11
_LEGEND_ROW = 17


def roc_chart(facts: Judged) -> Chart | None:
    """Draw the true positive rate against the false positive rate, one curve a class."""
    if not facts.roc:
        return None
    frame = _unit_frame("false positive rate", "true positive rate")
    return _curve_chart(
        "roc",
        "ROC curve",
        "Further up and left is better; the dashed diagonal is guessing. Area in brackets.",
        frame,
        facts,
        facts.roc,
        [line((frame.x(0), frame.y(0)), (frame.x(1), frame.y(1)), "reference")],
    )


def precision_recall_chart(facts: Judged) -> Chart | None:
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
    return _curve_chart(
        "precision-recall", "Precision and recall", caption, frame, facts, facts.precision_recall, reference
    )


def calibration_chart(facts: Judged) -> Chart | None:
    """Draw the observed share of a class against its predicted probability."""
    if not facts.calibration:
        return None
    frame = _unit_frame("predicted probability", "observed share")
    caption = (
        "On the dashed diagonal, predicted probabilities are what happens; below it they promise too much. "
        "Calibration error in brackets."
    )
    diagonal = line((frame.x(0), frame.y(0)), (frame.x(1), frame.y(1)), "reference")
    named = _named_labels(facts)
    marks = [
        mark
        for curve in facts.calibration
        if curve.label in named
        for mark in dots([(frame.x(x), frame.y(y)) for x, y in _pairs(curve)], f"mark c{named.index(curve.label)}")
    ]
    before = facts.calibration_before if len(facts.calibration) == 1 else ()
    if before:
        caption += f" The grey line is before calibration ({number(before[0].summary, 3)})."
    shapes = [diagonal, *(path(_drawn(frame, curve), "curve other") for curve in before), *marks]
    return _curve_chart("calibration", "Calibration", caption, frame, facts, facts.calibration, shapes)


def _unit_frame(x_name: str, y_name: str) -> Frame:
    return Frame(Scale(0, 1, 38, _WIDTH - 8), Scale(0, 1, _PLOT_BOTTOM, _PLOT_TOP), x_name, y_name)


def _curve_chart(
    identifier: str,
    title: str,
    caption: str,
    frame: Frame,
    facts: Judged,
    curves: Sequence[CurvePoints],
    under: Sequence[str],
) -> Chart:
    labels = _named_labels(facts)
    named = [(labels.index(curve.label), curve) for curve in curves if curve.label in labels]
    others = [curve for curve in curves if curve.label not in labels]
    shapes = [*axes(frame), *under]
    shapes += [path(_drawn(frame, curve), "curve other") for curve in others[:_MOST_GREY]]
    shapes += [path(_drawn(frame, curve), f"curve c{colour}") for colour, curve in named]
    shapes += _legend(named)
    if others:
        caption += f" Named are the {len(named)} classes that are hardest to tell apart; others are grey."
    size = (_WIDTH, _PLOT_BOTTOM + 46 + _LEGEND_ROW * len(named))
    picture = document(identifier, title, caption, size, shapes)
    return Chart(identifier, title, caption, picture, ("class", frame.x_name, frame.y_name), _table(named))


def _named_labels(facts: Judged) -> list[str]:
    """Return the labels whose curves are named: all of them, or those with the smallest ROC area if there are many.

    They are the same in every chart, so that a class keeps its colour.
    """
    curves = facts.roc or facts.precision_recall or facts.calibration
    if len(curves) <= _MOST_NAMED:
        return [curve.label for curve in curves]
    sign = 1.0 if facts.roc or facts.precision_recall else -1.0
    weakest = sorted(curves, key=lambda curve: sign * (curve.summary or 0.0))[:_MOST_NAMED]
    return [curve.label for curve in curves if curve in weakest]


def _pairs(curve: CurvePoints) -> list[tuple[float, float]]:
    return list(zip(curve.x, curve.y, strict=True))


def _drawn(frame: Frame, curve: CurvePoints) -> list[tuple[float, float]]:
    return [(frame.x(x), frame.y(y)) for x, y in thin(_pairs(curve), _MOST_POINTS)]


def _legend(named: Sequence[tuple[int, CurvePoints]]) -> list[str]:
    shapes = []
    for position, (colour, curve) in enumerate(named):
        y = _PLOT_BOTTOM + 54 + _LEGEND_ROW * position
        shapes.append(line((8, y - 4), (32, y - 4), f"curve c{colour}"))
        figure = f" ({number(curve.summary, 3)})" if curve.summary is not None else ""
        shapes.append(text((40, y), shorten(_class_name(curve), 24) + figure, "legend"))
    return shapes


def _class_name(curve: CurvePoints) -> str:
    return curve.label or "positive class"


def _table(named: Sequence[tuple[int, CurvePoints]]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (_class_name(curve), number(x, 3), number(y, 3))
        for _, curve in named
        for x, y in thin(_pairs(curve), _TABLE_POINTS)
    )


def _positive_share(facts: Judged) -> float | None:
    if facts.task != "binary" or len(facts.labels) != 2:
        return None
    return class_shares(facts).get(facts.labels[1])
