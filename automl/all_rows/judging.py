"""Which models predict rows best that none of them learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from automl.bundle.writing import BlendMember
from automl.ensemble.greedy import Blend, blend_predictions, greedy_selection
from automl.evaluation.estimate import Estimate, estimate_from_holdout
from automl.evaluation.postprocessing import Postprocessing
from automl.evaluation.thresholds import judged_by
from automl.features import read_encoder
from automl.labelled import LabelledRows
from automl.models.registry import family
from automl.outcome import blend_members
from automl.preparation.independence import independent_rows
from automl.search.board import Evidence, Trial
from automl.search.loop import SearchOutcome
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
    mixed, places = _with(found, again)
    pairs = zip(found.blend.members, found.blend.weights, strict=True)
    alone = [(place, weight) for place, weight in pairs if place in places]
    if len(alone) in (0, len(found.blend.members)):
        return (mixed,)
    total = sum(weight for _, weight in alone)
    return mixed, _blended(mixed, [place for place, _ in alone], [weight / total for _, weight in alone], evidence)


def _with(found: SearchOutcome, again: Sequence[Trial]) -> tuple[SearchOutcome, frozenset[int]]:
    """Return the outcome with these trials in the place of those of the same numbers, and their places."""
    new = {trial.number: trial for trial in again}
    places = frozenset(place for place, trial in enumerate(found.members) if trial.number in new)
    return replace(found, members=tuple(new.get(trial.number, trial) for trial in found.members)), places


def _blended(
    found: SearchOutcome, places: Sequence[int], weights: Sequence[float], evidence: Evidence
) -> SearchOutcome:
    predictions = [np.asarray(found.members[place].prediction) for place in places]
    loss = evidence.loss(blend_predictions(predictions, weights), evidence.rows)
    return replace(found, blend=Blend(tuple(places), tuple(weights), loss))


class Judge:
    """Scores outcomes on labelled rows; what a model predicts for them is found out once.

    Parameters
    ----------
    rows : LabelledRows
    schema : Schema
        Of the features.
    evidence : Evidence
        Of the search.
    group : str or None
        The column whose rows are not independent of each other.
    seed : int
    """

    def __init__(self, rows: LabelledRows, schema: Schema, evidence: Evidence, group: str | None, seed: int) -> None:
        self._rows, self._evidence, self._group, self._seed = rows, evidence, group, seed
        self._schema = schema
        self._frame = apply_schema(rows.table, schema, schema.names).frame
        self._encoded = {"": np.empty((len(self._frame), 0), dtype=np.float32)}
        self._predictions: dict[tuple[int, int | None], NDArray[np.float64]] = {}

    def score(self, found: SearchOutcome, finish: Postprocessing) -> float:
        """Return the metric's value; ``finish`` is applied to what is predicted."""
        return self._evidence.metric.score(self._rows.target, self._answers(found, finish), self._rows.weight)

    def estimate(self, found: SearchOutcome, finish: Postprocessing) -> Estimate:
        """Return the score with its interval."""
        rows, metric = self._rows, self._evidence.metric
        groups = independent_rows(rows.table, self._schema, rows.target, self._group)
        answers = self._answers(found, finish)
        return estimate_from_holdout(rows.target, answers, metric, rows.weight, groups, "fresh_rows", self._seed)

    def weighed(self, found: SearchOutcome, again: Sequence[Trial]) -> SearchOutcome:
        """Return the outcome whose weights are chosen anew on these rows, by greedy ensemble selection.

        Parameters
        ----------
        found : SearchOutcome
        again : sequence of Trial
            Fitted again: in the blend or not, they may be chosen.
        """
        mixed, new = _with(found, again)
        places = sorted({*found.blend.members, *new})
        predictions = self._predicted(replace(mixed, blend=Blend(tuple(places), (1.0,) * len(places), float("nan"))))
        blend = greedy_selection(predictions, self._rows.target, self._evidence.metric, self._rows.weight)
        return _blended(mixed, [places[member] for member in blend.members], blend.weights, self._evidence)

    def _answers(self, found: SearchOutcome, finish: Postprocessing) -> NDArray[np.float64]:
        answers = finish.calibrated(blend_predictions(self._predicted(found), found.blend.weights))
        return np.asarray(judged_by(self._evidence.metric, answers, finish.threshold_value), dtype=np.float64)

    def _predicted(self, found: SearchOutcome) -> list[NDArray[np.float64]]:
        """Return what each of the blend's members predicts."""
        predicted = []
        for place, member in zip(found.blend.members, blend_members(found, self._evidence.folder), strict=True):
            trial = found.members[place]
            key = trial.number, None if trial.refit is None else trial.refit.fold
            if key not in self._predictions:
                self._predictions[key] = self._predict(member)
            predicted.append(self._predictions[key])
        return predicted

    def _predict(self, member: BlendMember) -> NDArray[np.float64]:
        n_classes = self._evidence.n_classes
        total = np.zeros((len(self._frame), n_classes) if n_classes else len(self._frame))
        for part in member.parts:
            name = "" if part.encoder is None else part.encoder_name
            if part.encoder is not None and name not in self._encoded:
                self._encoded[name] = read_encoder(part.encoder.read_bytes()).transform(self._frame).values
            model = family(member.family).implementation().load(part.model.read_bytes())
            total += model.predict(self._encoded[name], part.iterations or None) / len(member.parts)
        return total
