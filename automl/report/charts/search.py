"""Charts about the search: the score over time, and where the final score stands."""

from __future__ import annotations

import math

from automl.report.charts.svg import (
    Bar,
    Chart,
    Frame,
    Scale,
    axes,
    bar_rows,
    circle,
    document,
    dots,
    line,
    path,
    rect,
    span,
    text,
)
from automl.report.facts import ReportFacts
from automl.report.formatting import duration, measured, number, percent, plural

__all__ = ["progress_chart", "standing_chart"]

_WIDTH, _HEIGHT = 460, 300
_TABLE_ROWS = 40
_MOST_MEMBERS = 8
_MIDDLE, _CLOSE, _EDGE = 42, 190, 80


def progress_chart(facts: ReportFacts) -> Chart | None:
    """Draw the blend's selection score as it improved, over the score of each candidate when it was found."""
    tried = [(each.found_at, each.score) for each in facts.candidates if _finite(each.score) and each.score is not None]
    progress = [(seconds, score) for seconds, score in facts.progress if _finite(score)]
    if not progress:
        return None
    end = max([facts.seconds, *(seconds for seconds, _ in (*tried, *progress))]) or 1.0
    unit, unit_name = _time_unit(end)
    low, high = _score_range([score for _, score in tried], [score for _, score in progress], facts.greater_is_better)
    time = Scale(0, end / unit, 54, _WIDTH - 12)
    frame = Frame(time, Scale(low, high, _HEIGHT - 46, 28), f"{unit_name} since the start", facts.metric)
    inside = [(frame.x(seconds / unit), frame.y(score)) for seconds, score in tried if frame.y.holds(score)]
    steps = [(frame.x(seconds / unit), frame.y(score)) for seconds, score in _steps(progress, end)]
    shapes = [*axes(frame), *dots(inside, "dot"), path(steps, "curve c0"), circle(steps[-1], 4, "end c0")]
    better = "up" if facts.greater_is_better else "down"
    caption = f"Line: selection score (out-of-fold) of the blend so far, better is {better}. Dots: single candidates."
    outside = len(tried) - len(inside)
    if outside:
        caption += f" {plural(outside, 'much weaker candidate')} not shown."
    title = "Score over time"
    return Chart(
        "progress",
        title,
        caption,
        document("progress", title, caption, (_WIDTH, _HEIGHT), shapes),
        ("after", "selection score (out-of-fold)"),
        tuple((duration(seconds), number(score)) for seconds, score in progress[-_TABLE_ROWS:]),
    )


def blend_chart(facts: ReportFacts) -> Chart | None:
    """Draw the weights of the candidates that make up the final blend."""
    members = sorted((each for each in facts.candidates if each.weight > 0), key=lambda each: -each.weight)
    if not members:
        return None
    bars = [Bar(f"{each.family} #{each.rank}", each.weight, percent(each.weight)) for each in members[:_MOST_MEMBERS]]
    if len(members) > _MOST_MEMBERS:
        rest = sum(each.weight for each in members[_MOST_MEMBERS:])
        bars.append(Bar(f"{len(members) - _MOST_MEMBERS} others", rest, percent(rest)))
    shapes, height = bar_rows(bars, _WIDTH)
    title = "Blend weights"
    caption = "What each candidate contributes to the final prediction; # is its rank on the leaderboard."
    rows = tuple((f"{each.family} #{each.rank}", percent(each.weight)) for each in members)
    picture = document("blend", title, caption, (_WIDTH, height), shapes)
    return Chart("blend", title, caption, picture, ("candidate", "weight"), rows)


def standing_chart(facts: ReportFacts) -> Chart | None:
    """Draw the estimate with its interval on one line with the baseline and the selection score."""
    low, high = facts.estimate.interval
    values = [facts.estimate.value, low, high, facts.baseline_score, facts.selection_score]
    if not all(map(_finite, values)):
        return None
    scale = Scale(*span(values, 0.12), 12, _WIDTH - 12)
    value_text, interval_text = measured(facts.estimate.value, low, high)
    shapes = [
        line((scale.start, _MIDDLE), (scale.stop, _MIDDLE), "axis"),
        rect((scale(low), _MIDDLE - 8), (scale(high) - scale(low), 16), "interval"),
        circle((scale(facts.baseline_score), _MIDDLE), 5, "baseline-mark"),
        circle((scale(facts.estimate.value), _MIDDLE), 6, "end c0"),
        circle((scale(facts.selection_score), _MIDDLE), 5, "selection-mark"),
        _mark_name(scale, facts.estimate.value, _MIDDLE - 20, f"estimate {value_text}", "estimate-name"),
        *_reference_names(facts, scale),
    ]
    title = "Where the score stands"
    better = "right" if facts.greater_is_better else "left"
    caption = (
        f"The {facts.metric} to expect on new rows with its 95\N{NO-BREAK SPACE}% interval (bar), "
        "beside what the search saw (ring) and the constant baseline. "
        f"Better is to the {better}."
    )
    rows = (
        ("estimate on new rows", value_text, interval_text),
        ("selection score (out-of-fold)", number(facts.selection_score), ""),
        ("constant baseline", number(facts.baseline_score), ""),
    )
    picture = document("standing", title, caption, (_WIDTH, 96), shapes)
    return Chart("standing", title, caption, picture, ("score", "value", "95\N{NO-BREAK SPACE}% interval"), rows)


def _reference_names(facts: ReportFacts, scale: Scale) -> list[str]:
    """Write the names of the baseline and the selection score below their marks, in two lines where they are close."""
    close = abs(scale(facts.baseline_score) - scale(facts.selection_score)) < _CLOSE
    baseline, selection = number(facts.baseline_score, 3), number(facts.selection_score, 3)
    return [
        _mark_name(scale, facts.selection_score, _MIDDLE + 28, f"selection score {selection}", "selection-name"),
        _mark_name(scale, facts.baseline_score, _MIDDLE + (46 if close else 28), f"baseline {baseline}", "tick"),
    ]


def _mark_name(scale: Scale, value: float, y: float, words: str, style: str) -> str:
    x = scale(value)
    anchor = "start" if x < _EDGE else "end" if x > _WIDTH - _EDGE else "middle"
    at = {"start": max(4.0, x - 8), "middle": x, "end": min(_WIDTH - 4.0, x + 8)}[anchor]
    return text((at, y), words, style, anchor)


def _time_unit(seconds: float) -> tuple[float, str]:
    """Return the unit in which a length of time reads best: its seconds and its name."""
    return (1.0, "seconds") if seconds < 600 else (60.0, "minutes") if seconds < 14_400 else (3600.0, "hours")


def _steps(progress: list[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    """Turn improvements into a staircase that reaches to the end of the fit."""
    corners = [progress[0]]
    for seconds, score in progress[1:]:
        corners += [(seconds, corners[-1][1]), (seconds, score)]
    return [*corners, (end, corners[-1][1])]


def _score_range(tried: list[float], progress: list[float], greater_is_better: bool) -> tuple[float, float]:
    """Return a range around the blend's scores and the better three quarters of the candidates."""
    ranked = sorted(tried, reverse=greater_is_better)
    kept = ranked[: max(1, math.ceil(len(ranked) * 0.75))] if ranked else []
    return span([*kept, *progress[len(progress) // 4 :]], 0.08)


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
