"""How good a model is in units that need no knowledge of metrics: rows out of a hundred, and the target's own units."""

from __future__ import annotations

from collections.abc import Iterable

from automl.report.facts import ReportFacts
from automl.report.formatting import measured
from automl.report.judged import class_shares
from automl.report.wording import Name, Sentence

__all__ = ["plain_sentences"]


def plain_sentences(facts: ReportFacts) -> Iterable[Sentence]:
    """Say how many of a hundred rows get the right label, or by how much predictions miss; nothing where not known."""
    yield from _labels(facts) if facts.labels else _numbers(facts)


def _labels(facts: ReportFacts) -> Iterable[Sentence]:
    if "accuracy" not in facts.metrics:
        return
    told = f"Of 100 rows it gives about {100 * facts.metrics['accuracy'][0]:.0f} the right label"
    shares = class_shares(facts)
    if not shares:
        yield (f"{told}.",)
        return
    label = max(shares, key=shares.__getitem__)
    yield (f"{told}; always saying ", Name(label), f" would get {100 * shares[label]:.0f} right.")


def _numbers(facts: ReportFacts) -> Iterable[Sentence]:
    if "median_absolute_error" not in facts.metrics or "mae" not in facts.metrics:
        return
    half, mean = measured(*facts.metrics["median_absolute_error"])[0], measured(*facts.metrics["mae"])[0]
    yield (f"Half of its predictions miss by less than {half}, and on average they miss by {mean}.",)
