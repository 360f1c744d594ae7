"""The report as compact GitHub-flavoured Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from automl.report import views
from automl.report.behaviour_facts import Behaviour
from automl.report.bounds_views import bounds_sections
from automl.report.facts import ReportFacts
from automl.report.formatting import count, date, duration, number, percent, plural, visible
from automl.report.importance_facts import GlobalImportance, Importance
from automl.report.importance_views import importance_rows, measure_in_words, spread_in_words
from automl.report.lineage_views import lineage_section
from automl.report.summary import summary_points
from automl.report.wording import Command, Name, Sentence, stopped_because

__all__ = [
    "behaviour_parts",
    "code_span",
    "escaped",
    "fenced",
    "importance_table",
    "render_markdown",
    "sentence_text",
    "table",
]

_MOST_CANDIDATES = 30
_MOST_FEATURES = 50
_MOST_COLUMNS = 200
_MOST_LINES = 200
_SPECIAL = re.compile(r"([\\`*_\[\]|~$])")


def render_markdown(facts: ReportFacts) -> str:
    """Return the report as GitHub-flavoured Markdown."""
    parts = [
        *_opening(facts),
        *_findings(facts),
        *_cleaning(facts),
        *_columns(facts),
        *_candidates(facts),
        *_quality(facts),
        *_features(facts),
        *_reliance(facts),
        *behaviour_parts(facts.behaviour),
        *_reproduction(facts),
        *_lineage(facts),
    ]
    return "\n\n".join(parts) + "\n"


def escaped(words: object) -> str:
    """Return words that mean themselves in Markdown, also inside a table's cell.

    HTML, mentions and references to issues are written as character entities, control characters made visible.
    """
    shown = _SPECIAL.sub(r"\\\1", visible(str(words)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return shown.replace("#", "&#35;").replace("@", "&#64;").replace("://", ":&#47;/")


def code_span(code: str) -> str:
    """Return code within a line, between more backticks than stand in it."""
    fence = "`" * (_longest_run(code) + 1)
    space = " " if "`" in code else ""
    return f"{fence}{space}{visible(code)}{space}{fence}"


def fenced(code: str) -> str:
    """Return a code block whose fence is longer than any run of backticks in it."""
    fence = "`" * max(3, _longest_run(code) + 1)
    return f"{fence}sh\n{visible(code)}\n{fence}"


def _longest_run(code: str) -> int:
    return max((len(run) for run in re.findall(r"`+", code)), default=0)


def _part(part: str | Name | Command) -> str:
    if isinstance(part, Name):
        return f"“{escaped(part)}”"
    return code_span(part.text) if isinstance(part, Command) else escaped(part)


def sentence_text(sentence: Sentence) -> str:
    """Return a sentence of the summary, its names and commands set off."""
    return "".join(map(_part, sentence))


def table(header: Sequence[str], rows: Iterable[Sequence[object]], figures: Sequence[int] = ()) -> str:
    """Return a table; the columns at the positions ``figures`` are set to the right."""
    rule = ["---:" if position in figures else "---" for position in range(len(header))]
    lines = [header, rule, *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _left_out(amount: int, noun: str) -> list[str]:
    return [f"{plural(amount, noun)} more in the JSON report."] if amount > 0 else []


def _opening(facts: ReportFacts) -> list[str]:
    parts = [f"# Predicting “{escaped(facts.target)}”", f"{escaped(facts.task)} report, {escaped(date(facts.created))}"]
    if not facts.complete:
        parts.append(f"> **Not complete.** The fit ended early because {escaped(stopped_because(facts))}.")
    parts.append(table(("Key figure", "Value", "Note"), [(t.label, t.value, t.note) for t in views.tiles(facts)], (1,)))
    answers = (
        f"**{point.question}.** " + " ".join(sentence_text(sentence) for sentence in point.sentences)
        for point in summary_points(facts)
    )
    return [*parts, *answers]


def _findings(facts: ReportFacts) -> list[str]:
    findings = views.finding_order(facts)
    if not findings:
        return ["## Findings in the data", "Nothing out of the ordinary was found."]
    shown = findings[:_MOST_LINES]
    rows = [(each["severity"], each["code"], each["message"], each["action"]) for each in shown]
    listed = table(("Severity", "Code", "What was found", "What was done"), rows)
    return ["## Findings in the data", listed, *_left_out(len(findings) - _MOST_LINES, "finding")]


def _cleaning(facts: ReportFacts) -> list[str]:
    if not facts.changes:
        return ["## What was done to the data", "Nothing was changed."]
    rows = [
        (
            each["step"],
            "whole table" if each["column"] is None else each["column"],
            count(each["count"]),
            each["message"],
            ", ".join(f"“{before}” → “{after}”" for before, after in each["examples"]),
        )
        for each in facts.changes[:_MOST_LINES]
    ]
    header = ("Step", "Column", "Changed", "What and why", "Examples")
    listed = table(header, rows, (2,))
    return ["## What was done to the data", listed, *_left_out(len(facts.changes) - _MOST_LINES, "change")]


def _columns(facts: ReportFacts) -> list[str]:
    if not facts.columns:
        return []
    rows = [
        (each.name, each.kind, views.missing_text(each, facts.rows), count(each.unique), views.column_range(each))
        for each in facts.columns[:_MOST_COLUMNS]
    ]
    header = ("Column", "Kind", "Missing", "Distinct", "Range or most frequent")
    return ["## Columns", table(header, rows, (2, 3)), *_left_out(len(facts.columns) - _MOST_COLUMNS, "column")]


def _candidates(facts: ReportFacts) -> list[str]:
    shown = views.candidate_rows(facts, _MOST_CANDIDATES)
    rows = [
        (
            row.candidate.rank,
            row.candidate.family,
            row.score,
            row.spread,
            percent(row.candidate.weight) if row.candidate.weight > 0 else "",
            duration(row.candidate.seconds),
            duration(row.candidate.found_at),
            views.candidate_status(row.candidate),
        )
        for row in shown
    ]
    header = ("Rank", "Family", "Selection score (out-of-fold)", "± folds", "Weight", "Took", "Found at", "Status")
    parts = ["## Candidates", escaped(facts.split), table(header, rows, (0, 2, 3, 4, 5, 6))]
    return [*parts, *_left_out(len(facts.candidates) - len(shown), "candidate")]


def _quality(facts: ReportFacts) -> list[str]:
    rows = [(row.name, row.value, row.bounds, row.direction) for row in views.metric_rows(facts)]
    parts = [
        "## Quality",
        "Out-of-fold, for the final blend, which was chosen on these same predictions; quote the estimate above.",
        table(("Metric", "Value", "95\N{NO-BREAK SPACE}% interval", "Direction"), rows, (1, 2)),
    ]
    confusion = views.confusion_view(facts)
    if confusion:
        header = ("true \\ predicted", *(escaped(label) for label in confusion.labels))
        cells = [
            (label, *(f"{count(cell)} ({percent(share, 0)})" for cell, share in zip(counts, shares, strict=True)))
            for label, counts, shares in zip(confusion.labels, confusion.counts, confusion.shares, strict=True)
        ]
        parts += ["### Confusion matrix (out-of-fold)", table(header, cells, range(1, len(header)))]
    for section in bounds_sections(facts.postprocessing.get("coverage"), facts.labels):
        header = tuple(map(escaped, section.header))
        parts += [f"### {escaped(section.title)}", escaped(section.note), table(header, section.rows, section.figures)]
    return parts


def importance_table(found: GlobalImportance, entries: Sequence[Importance]) -> str:
    """Return a table of how much a model relies on columns, or on groups of columns."""
    return table(("column", "importance", spread_in_words(found)), importance_rows(entries), (1, 2))


def _reliance(facts: ReportFacts) -> list[str]:
    found = facts.reliance
    if found is None:
        return []
    told = f"The values say {measure_in_words(found)}; the rows are training rows."
    together = "Columns that go together, shuffled as one:"
    groups = [together, importance_table(found, found.groups)] if found.groups else []
    return ["### What the final model relies on", told, importance_table(found, found.columns), *groups]


def _features(facts: ReportFacts) -> list[str]:
    if not facts.features:
        return []
    rows = [
        (row.feature.name, row.feature.kind, row.importance, row.spread, "yes" if row.feature.selected else "no")
        for row in views.feature_rows(facts)[:_MOST_FEATURES]
    ]
    header = ("Column", "Kind", "Permutation importance", "± folds", "Used")
    return [
        "## Features",
        views.FEATURES_NOTE,
        table(header, rows, (2, 3)),
        *_left_out(len(facts.features) - _MOST_FEATURES, "column"),
    ]


def behaviour_parts(behaviour: Behaviour | None) -> list[str]:
    """Tell how the prediction depends on columns, one by one and together, and the small tree that imitates it."""
    if behaviour is None:
        return []
    parts = []
    if behaviour.curves:
        said = f"Average {escaped(behaviour.predicted)} with every row set to a value of the column."
        parts += ["## Dependence", said]
    for curve in behaviour.curves:
        rows = [(name, number(mean)) for name, mean in zip(curve.names, curve.mean, strict=True)]
        parts += [f"### {escaped(curve.column)}", table(("value", "average"), rows, (1,))]
    if behaviour.interactions:
        pairs = [(" and ".join(each.columns), percent(each.share)) for each in behaviour.interactions]
        parts += ["## Interactions", table(("columns", "share of the joint effect"), pairs, (1,))]
    if behaviour.surrogate is not None:
        tree = behaviour.surrogate
        rules = [
            (" and ".join(rule.conditions) or "everywhere", number(rule.prediction), percent(rule.share))
            for rule in tree.rules
        ]
        said = f"It explains {percent(tree.fidelity)} of the variance of the model's predictions."
        parts += ["## Small tree", said, table(("where", "average", "rows"), rules, (1, 2))]
    return parts


def _reproduction(facts: ReportFacts) -> list[str]:
    rows = [*views.run_rows(facts), *sorted(facts.versions.items())]
    parts = ["## Reproduction"]
    if facts.command:
        parts.append(fenced(facts.command))
    parts.append(table(("What", "Value"), rows))
    if facts.settings:
        parts.append(table(("Setting", "Value"), views.setting_rows(facts.settings)))
    return parts


def _lineage(facts: ReportFacts) -> list[str]:
    section = lineage_section(facts.lineage)
    if not section.rows:
        return []
    return [f"## {section.title}", section.note, table(section.header, section.rows, section.figures)]
