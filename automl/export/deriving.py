"""From a model file's members to a formula, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.errors import UsageError
from automl.evaluation.calibration import Calibration
from automl.evaluation.isotonic import FLATTEST
from automl.export.featuring import Refused, features_of_encoder
from automl.export.formula import Calibrated, Constant, Formula, Linear, Member, Tree
from automl.export.modelling import FAMILIES, FormulaModel, model_of, narrowed, used_features
from automl.export.terms import DaysBetween, Feature, Lookup, Measured
from automl.features import Encoder

if TYPE_CHECKING:
    from automl.bundle.model import Model

__all__ = ["derive", "size_of"]


@dataclass(frozen=True)
class _Part:
    share: float
    encoder: Encoder | None
    model: FormulaModel


def derive(model: Model, what: str, most_numbers: int) -> Formula:
    """Return what a model computes.

    Parameters
    ----------
    model : Model
    what : str
        What it is wanted for, as in "a script".
    most_numbers : int
        How many numbers it may hold.

    Raises
    ------
    UsageError
        If a part of it is not said in a formula, or all of it in none of reasonable size.
    """
    parts = list(_parts(model, what))
    encoders = list({id(part.encoder): part.encoder for part in parts if part.encoder is not None}.values())
    features: list[tuple[Feature, ...]] = []
    models: dict[int, FormulaModel] = {}
    for encoder in encoders:
        made = features_of_encoder(encoder, model.schema)
        own = [part for part in parts if part.encoder is encoder]
        kept = sorted({place for part in own for place in used_features(part.model)})
        features.append(tuple(_accepted(made[place], what) for place in kept))
        models |= {id(part): narrowed(part.model, kept) for part in own}
    features.append(())
    places = {id(encoder): place for place, encoder in enumerate(encoders)}
    members = [
        Member(part.share, places.get(id(part.encoder), len(encoders)), models.get(id(part), part.model))
        for part in parts
    ]
    formula = Formula(
        columns=[model.schema.column(name).to_dict() for name in _columns(features, model)],
        labels=model.labels,
        threshold=model.postprocessing.threshold_value,
        features=tuple(features),
        members=tuple(members),
        calibration=_calibrated(model.postprocessing.calibration),
    )
    if (size := size_of(formula)) > most_numbers:
        raise UsageError(
            f"This model is too large for {what}: it holds {size:,} numbers, and {most_numbers:,} is the most.",
            "Fit a smaller one with 'automl fit --optimize size', or export it in another format.",
        )
    return formula


def size_of(formula: Formula) -> int:
    """Return about how many numbers a formula holds."""
    features = sum(_size_of_feature(feature) for each in formula.features for feature in each)
    models = sum(_size_of_model(member.model) for member in formula.members)
    curve = () if formula.calibration is None else formula.calibration.places
    return features + models + 2 * len(curve)


def _size_of_feature(feature: Feature) -> int:
    match feature:
        case Lookup(levels=levels):
            return len(levels)
        case Measured(finish=finish):
            return 10 + 2 * len(finish.quantiles)
        case _:
            return 10


def _size_of_model(model: FormulaModel) -> int:
    match model:
        case Constant(prior):
            return len(prior)
        case Linear(coefficients):
            return sum(1 + len(weights) for weights in coefficients)
        case _:
            return sum(map(_size_of_tree, model.trees))


def _size_of_tree(tree: Tree) -> int:
    return 4 * len(tree.left) + sum(map(len, tree.outputs)) + sum(map(len, tree.codes.values()))


def _parts(model: Model, what: str) -> Iterator[_Part]:
    for part in model.parts():
        made = model_of(part.fitted, part.iterations)
        if made is None:
            family = type(part.fitted).__module__.rpartition(".")[2]
            raise UsageError(
                f"This model cannot be written as {what}: a part of it is of the family {family}"
                f"{' and splits by categories' if family == 'catboost' else ''}.",
                f"Fit with '--families {','.join(FAMILIES)}', or export it in another format.",
            )
        yield _Part(part.share, part.encoder, made)


def _calibrated(calibration: Calibration | None) -> Calibrated | None:
    if calibration is None:
        return None
    if calibration.curve is None:
        return Calibrated(calibration.slope, calibration.intercept)
    # A curve that only rises is one that may be flat, and a line that rises a little.
    places, levels = calibration.curve.scores, calibration.curve.levels
    heights = tuple(level - FLATTEST * place for place, level in zip(places, levels, strict=True))
    return Calibrated(FLATTEST, 0.0, places, heights)


def _accepted(feature: Feature | Refused, what: str) -> Feature:
    if isinstance(feature, Refused):
        raise UsageError(
            f"This model cannot be written as {what}: it uses {feature}.",
            "Leave such columns out with 'automl fit --drop', or export it in another format.",
        )
    return feature


def _columns(features: list[tuple[Feature, ...]], model: Model) -> list[str]:
    """Return the columns that features are made of, in the order of the training file."""
    used: set[str] = set()
    for feature in (feature for each in features for feature in each):
        source = feature if isinstance(feature, Lookup) else feature.source
        used |= {source.first, source.second} if isinstance(source, DaysBetween) else {source.column}
    return [name for name in model.schema.names if name in used]
