"""The model that is to be replaced: its file, its settings as they hold for new rows, and its best candidates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

from automl.bundle import Archive, load_model, read_facts
from automl.bundle.model import Model
from automl.inputs import is_database_address
from automl.models.family import Parameter, contains
from automl.models.portfolio import LOG_TARGET_FAMILIES, PORTFOLIO, Candidate
from automl.models.registry import FAMILY_NAMES, family
from automl.report.facts import CandidateFact, ReportFacts
from automl.report.lineage_facts import DataFact, GenerationFact
from automl.settings import FitSettings

__all__ = ["Champion", "open_champion"]

_MOST_CANDIDATES = 8
#: Settings that belong to a run and not to the model: where things are and go, what may be replaced or reached.
_OF_THE_RUN = frozenset(("data", "output", "report", "test_data", "overwrite", "resume", "work_dir", "sign_key")) | {
    "stated_bounds",
    "allow_private_addresses",
}


@dataclass(frozen=True)
class Champion:
    """A model file that a challenger is fitted against.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of its bytes when it was opened.
    model : Model
    facts : ReportFacts
    signed : bool
    """

    path: Path
    sha256: str
    model: Model
    facts: ReportFacts
    signed: bool

    @property
    def is_unchanged(self) -> bool:
        """Whether its file is still the one that was opened."""
        try:
            return _digest(self.path) == self.sha256
        except OSError:
            return False

    @property
    def generation(self) -> GenerationFact:
        """It as one of a line of models."""
        facts = self.facts
        verdict = facts.lineage[0].verdict if facts.lineage else None
        return GenerationFact(
            facts.created, self.sha256, self.data, facts.rows, facts.metric, facts.estimate.value, verdict
        )

    @property
    def data(self) -> tuple[DataFact, ...]:
        """The tables that it was fitted on."""
        facts = self.facts
        return facts.lineage[0].data if facts.lineage else (DataFact(facts.source, facts.data_sha256, facts.rows),)

    def settings_for(self, data: str) -> dict[str, Any]:
        """Return its settings as raw options for a fit on new rows, without those of a single run.

        A query is asked of databases alone.
        """
        stored = self.facts.settings
        known = {each.name for each in fields(FitSettings)} - _OF_THE_RUN
        values = {name: value for name, value in stored.items() if name in known and value is not None}
        values["families"] = tuple(name for name in stored.get("families") or () if name in FAMILY_NAMES)
        if not is_database_address(data):
            values.pop("query", None)
        positive = {"positive": self.facts.labels[1]} if self.facts.task == "binary" else {}
        return {**values, **positive, "target": self.facts.target, "task": self.facts.task, "metric": self.facts.metric}

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Its best: the members of the blend, heaviest first, then the first of the leaderboard; eight at most.

        A model file may come from anywhere, so candidates that no search of ours could have proposed are left out.
        """
        scored = [each for each in self.facts.candidates if each.status == "ok"]
        # Sorting keeps the order of equals: behind the members stands the leaderboard as it is.
        possible = _possible(sorted(scored, key=lambda each: -each.weight))
        return tuple(islice(possible, _MOST_CANDIDATES))


def open_champion(path: Path) -> Champion:
    """Open the model that is to be replaced.

    Raises
    ------
    ModelFileError
        If it is missing, damaged, foreign or too new.
    """
    model, facts = load_model(path), read_facts(path)
    return Champion(path, _digest(path), model, facts, Archive(path).signature() is not None)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _possible(facts: Iterable[CandidateFact]) -> Iterator[Candidate]:
    """Yield each candidate once; the same may have been tried on all columns and on the useful ones."""
    seen: list[Candidate] = []
    for fact in facts:
        values = dict(fact.hyperparameters)
        candidate = Candidate(fact.family, str(values.pop("encoding", "")), values)
        if candidate not in seen and (candidate in PORTFOLIO or _is_possible(candidate)):
            seen.append(candidate)
            yield candidate


def _is_possible(candidate: Candidate) -> bool:
    """Whether a study could have proposed it: known names, values inside their bounds."""
    if candidate.family not in FAMILY_NAMES:
        return False
    described = family(candidate.family)
    space: Mapping[str, Parameter] = described.space
    own = {name: value for name, value in candidate.hyperparameters.items() if name != "log_target"}
    logs = candidate.hyperparameters.get("log_target", False)
    return (
        candidate.encoding in described.encodings
        and (logs is False or (logs is True and candidate.family in LOG_TARGET_FAMILIES))
        and all(name in space and contains(space[name], value) for name, value in own.items())
    )
