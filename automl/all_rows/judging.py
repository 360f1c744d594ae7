"""Which models predict rows best that none of them learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.ensemble.greedy import Blend, blend_predictions
from automl.evaluation.estimate import Estimate, estimate_from_holdout
from automl.evaluation.metrics import Metric
from automl.evaluation.postprocessing import Postprocessing
from automl.evaluation.thresholds import judged_by
from automl.features import read_encoder
from automl.labelled import LabelledRows
from automl.models.registry import family
from automl.outcome import blend_members
from automl.search.board import Evidence, Trial
from automl.search.loop import SearchOutcome
from automl.search.tasks import WorkFolder
from automl.tables import Schema, apply_schema

__all__ = ["Judge", "outcomes"]


def outcomes(found: SearchOutcome, again: Sequence[Trial], evidence: Evidence) -> tuple[SearchOutcome, ...]:
    """Return what may predict instead of what the search found.

    That is its blend with the members that were fitted again in their new form, and these members alone.

    Parameters
    ----------
    found : SearchOutcome
    again : sequence of Trial
        At least one of its members.
    evidence : Evidence
        Of the search.
    """
    new = {trial.number: trial for trial in again}
    members = tuple(new.get(trial.number, trial) for trial in found.members)
    mixed = replace(found, members=members)
    pairs = zip(found.blend.members, found.blend.weights, strict=True)
    alone = [(place, weight) for place, weight in pairs if members[place].number in new]
    if len(alone) == len(found.blend.members):
        return (mixed,)
    total = sum(weight for _, weight in alone)
    places, weights = tuple(place for place, _ in alone), tuple(weight / total for _, weight in alone)
    predictions = [np.asarray(members[place].prediction) for place in places]
    loss = evidence.loss(blend_predictions(predictions, weights), evidence.rows)
    return mixed, replace(mixed, blend=Blend(places, weights, loss))


@dataclass(frozen=True)
class Judge:
    """Scores outcomes on labelled rows.

    Attributes
    ----------
    schema : Schema
        Of the features.
    folder : WorkFolder
        Where models and encoders lie.
    metric : Metric
    n_classes : int
        0 for regression.
    group : str or None
        The column whose rows are not independent of each other.
    seed : int
    """

    schema: Schema
    folder: WorkFolder
    metric: Metric
    n_classes: int
    group: str | None
    seed: int

    def loss(self, found: SearchOutcome, rows: LabelledRows, finish: Postprocessing) -> float:
        """Return the metric's loss; ``finish`` is applied to what is predicted."""
        return self.metric.loss(rows.target, self._answers(found, rows, finish), rows.weight)

    def estimate(self, found: SearchOutcome, rows: LabelledRows, finish: Postprocessing) -> Estimate:
        """Return the score with its interval."""
        answers = self._answers(found, rows, finish)
        groups = None if self.group is None else pd.factorize(rows.table.cells[self.group])[0]
        return estimate_from_holdout(rows.target, answers, self.metric, rows.weight, groups, "fresh_rows", self.seed)

    def _answers(self, found: SearchOutcome, rows: LabelledRows, finish: Postprocessing) -> NDArray[np.float64]:
        frame = apply_schema(rows.table, self.schema, self.schema.names).frame
        answers = finish.calibrated(self._predict(found, frame))
        return np.asarray(judged_by(self.metric, answers, finish.threshold_value), dtype=np.float64)

    def _predict(self, found: SearchOutcome, frame: pd.DataFrame) -> NDArray[np.float64]:
        total = np.zeros((len(frame), self.n_classes) if self.n_classes else len(frame))
        encoded: dict[str, NDArray[np.float32]] = {"": np.empty((len(frame), 0), dtype=np.float32)}
        for member in blend_members(found, self.folder):
            for part in member.parts:
                name = "" if part.encoder is None else part.encoder_name
                if part.encoder is not None and name not in encoded:
                    encoded[name] = read_encoder(part.encoder.read_bytes()).transform(frame).values
                model = family(member.family).implementation().load(part.model.read_bytes())
                share = member.weight / len(member.parts)
                total += share * model.predict(encoded[name], part.iterations or None)
        return total
