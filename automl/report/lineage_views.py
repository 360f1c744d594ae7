"""Where a model comes from, as written text, shared by the formats."""

from __future__ import annotations

from automl.report.formatting import count, date, number, plural
from automl.report.lineage_facts import GenerationFact, VerdictFact
from automl.report.sections import Section

__all__ = ["lineage_section", "verdict_text"]

_SHOWN_OF_DIGEST = 12


def lineage_section(lineage: tuple[GenerationFact, ...]) -> Section:
    """Return a line of models as a table, the newest first; without rows for a model that was fitted anew."""
    rows = tuple(
        (
            date(each.created),
            count(each.rows),
            ", ".join(f"{data.name} ({data.sha256[:_SHOWN_OF_DIGEST]})" for data in each.data),
            f"{number(each.estimate)} {each.metric}",
            "" if each.verdict is None else verdict_text(each.verdict),
            each.sha256[:_SHOWN_OF_DIGEST] or "this one",
        )
        for each in lineage
    )
    note = (
        "Each model was fitted to take the place of the one below it. Files and data by the beginning of their SHA-256."
    )
    header = ("Fitted", "Rows", "Data", "Estimate", "Held against the one before", "File")
    return Section("lineage", "Lineage", note, header, rows, (1, 3))


def verdict_text(verdict: VerdictFact) -> str:
    """Say what came of holding a model against the one before it."""
    done = "promoted" if verdict.promoted else "not promoted"
    return f"{done}: {verdict.why} ({plural(verdict.rows, 'row')} held back)"
