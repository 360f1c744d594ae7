"""A retraining as written text, shared by the formats."""

from __future__ import annotations

from automl.report.comparison_views import told_comparison
from automl.report.formatting import count, measured, number, plural
from automl.report.lineage_views import lineage_section
from automl.report.retraining_facts import RetrainingFacts
from automl.report.sections import Section
from automl.report.telling import Told

__all__ = ["told_retraining"]


def told_retraining(facts: RetrainingFacts) -> Told:
    """Say whether the challenger took the champion's place, and why."""
    sections = (_guards(facts), *_of_comparison(facts), lineage_section(facts.lineage))
    done = "was promoted" if facts.verdict.promoted else "was not promoted"
    return Told(
        eyebrow=f"{facts.task} retraining",
        heading=f"The challenger {done}",
        lead=f"A is the champion, {facts.champion}. B is the challenger, {facts.written}, fitted on "
        f"{plural(facts.fitted_rows, 'row')} to predict {facts.target}.",
        created=facts.created,
        sentences=_sentences(facts),
        sections=tuple(section for section in sections if section.rows),
    )


def _sentences(facts: RetrainingFacts) -> tuple[str, ...]:
    verdict, promised = facts.verdict, facts.promised
    lines = [verdict.why]
    if verdict.champion is not None:
        own, bounds = measured(promised.value, *promised.interval)
        lines.append(
            f"On the rows held back the champion reaches {number(verdict.champion)} {verdict.metric}, the challenger "
            f"{number(verdict.challenger)}, a constant answer {number(verdict.baseline)}; the champion's own estimate "
            f"is {own}, 95 % interval {bounds}."
        )
    lines.append(f"Held back: {facts.held_back}. Neither model was fitted on them.")
    learned = f"{count(facts.new_rows)} new rows in {facts.source}"
    if facts.added:
        learned += f", and {count(facts.earlier_rows)} earlier ones"
    lines.append(f"There are {learned}.")
    return (*lines, *facts.notes)


def _guards(facts: RetrainingFacts) -> Section:
    rows = tuple((guard.question, f"{'Yes' if guard.passed else 'No'}. {guard.answer}") for guard in facts.guards)
    note = "The comparison counts only where these are answered with yes."
    return Section("guards", "Can these rows judge", note, ("Question", "Answer"), rows)


def _of_comparison(facts: RetrainingFacts) -> tuple[Section, ...]:
    """Return the tables of the comparison, in which A is the champion and B the challenger."""
    if facts.comparison is None:
        return ()
    return told_comparison(facts.comparison).sections
