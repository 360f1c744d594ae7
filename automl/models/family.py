"""What a model family is: a light description, a search space as data, and what passes in and out of a fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from automl.models.mapped_rows import MappedBytes
from automl.models.objectives import SQUARED_ERROR, Objective
from automl.tables.schema import Task

__all__ = [
    "STAGES",
    "Choice",
    "Device",
    "Family",
    "FitRequest",
    "FittedModel",
    "Implementation",
    "Integer",
    "Parameter",
    "Real",
    "contains",
    "counted_weight",
    "stages_up_to",
]

#: Boosting iterations at which validation predictions are kept: every iteration count the search may choose from.
STAGES: tuple[int, ...] = tuple(dict.fromkeys(round(6 * 1.18**power) for power in range(42)))


def stages_up_to(iterations: int) -> tuple[int, ...]:
    """Return the stages below ``iterations``, and ``iterations`` itself."""
    return (*(stage for stage in STAGES if stage < iterations), iterations)


@dataclass(frozen=True)
class Real:
    """A real-valued hyperparameter between two bounds; the default is what the family does where it is not given."""

    low: float
    high: float
    log: bool = False
    default: float | None = None


@dataclass(frozen=True)
class Integer:
    """An integer hyperparameter between two bounds, both included, with a default as for :class:`Real`."""

    low: int
    high: int
    log: bool = False
    default: int | None = None


@dataclass(frozen=True)
class Choice:
    """A hyperparameter that is one of a few values, the first of them the default."""

    options: tuple[str | int | float | bool, ...]


Parameter = Real | Integer | Choice

#: What a model is fitted on.
Device = Literal["cpu", "gpu"]


def contains(parameter: Parameter, value: Any) -> bool:
    """Whether a value lies inside what a hyperparameter may be."""
    if isinstance(parameter, Choice):
        return value in parameter.options
    numbers = int if isinstance(parameter, Integer) else int | float
    is_number = isinstance(value, numbers) and not isinstance(value, bool)
    return is_number and bool(parameter.low <= value <= parameter.high)


def counted_weight(weight: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """Return how much each row counts: None, for all alike, also where no row has any weight."""
    return weight if weight is not None and weight.sum() > 0 else None


@dataclass(frozen=True)
class FitRequest:
    """Everything one fit needs.

    Attributes
    ----------
    values : ndarray of shape (n_rows, n_features), float32
    categorical : tuple of int
        Features that hold category codes (native encodings only).
    target : ndarray of shape (n_rows,)
        float64, or int64 class codes.
    weight : ndarray of shape (n_rows,) or None
    valid_values, valid_target, valid_weight
        The fold's validation rows. Boosters watch them to know when more iterations are pointless; which iteration
        count is used for these rows is decided by *other* folds' rows (see ``automl.search.stages``).
    task : Task
    n_classes : int
        0 for regression.
    hyperparameters : mapping
    seed, threads : int
    seconds : float or None
        How long the fit may take; None where no clock may be read.
    objective : Objective
        What a regression is trained by. A family that cannot is trained by squared errors.
    monotone : tuple of int
        For each feature 1 where predictions may only rise with it, -1 where they may only fall, else 0; empty where
        they are free in every feature.
    device : {"cpu", "gpu"}
        What to fit on. A family that cannot do on a GPU what is asked of it fits on the processor all the same; what
        it fitted predicts on the processor in any case.
    scratch : Path or None
        A folder of a fit whose rows may be more than memory holds: they are mapped from the disk, and what is made of
        them may be kept there.
    """

    values: NDArray[np.float32]
    categorical: tuple[int, ...]
    target: NDArray[Any]
    weight: NDArray[np.float64] | None
    valid_values: NDArray[np.float32]
    valid_target: NDArray[Any]
    valid_weight: NDArray[np.float64] | None
    task: Task
    n_classes: int
    hyperparameters: Mapping[str, Any]
    seed: int = 0
    threads: int = 1
    seconds: float | None = None
    objective: Objective = SQUARED_ERROR
    monotone: tuple[int, ...] = ()
    device: Device = "cpu"
    scratch: Path | None = None

    @property
    def growing_objective(self) -> Objective:
        """What trees are grown by whose leaves are set to quantiles afterwards, which no constraint would survive."""
        return SQUARED_ERROR if self.monotone and self.objective.level is not None else self.objective

    def validation_loss(self, prediction: NDArray[np.float64]) -> float:
        """Return the mean loss of predictions of the validation rows, of shape (n_rows,) or (n_rows, n_classes)."""
        losses = self.objective.row_losses(prediction, self.valid_target)
        # Relative errors are divided by the target already; the weights would do so again.
        weights = None if self.objective.name == "relative_error" else self.valid_weight
        return float(np.average(losses, weights=counted_weight(weights)))


class FittedModel(Protocol):
    """A fitted model of any family.

    Attributes
    ----------
    iterations : int
        Boosting iterations that were fitted; 0 for families without stages.
    resolved : mapping
        Hyperparameters the fit decided for itself, to be used by the candidate's other folds.
    """

    iterations: int
    resolved: Mapping[str, Any]

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:
        """Return predictions of shape (n_rows,) or probabilities of shape (n_rows, n_classes)."""

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the predictions after each of the iteration counts ``stages`` (ascending)."""

    def save(self, path: Path) -> None:
        """Write the model to one file, in the form the model file holds it."""


class Implementation(Protocol):
    """The functions of a family's module."""

    def fit(self, request: FitRequest) -> FittedModel:
        """Fit one model."""

    def load(self, content: bytes) -> FittedModel:
        """Read what :meth:`FittedModel.save` wrote, without running anything from the file."""


@dataclass(frozen=True)
class Family:
    """The light description of a model family; importing it imports no library.

    Attributes
    ----------
    name, title : str
    module : str
        Module with ``fit`` and ``load``.
    requires : tuple of str
        Import names without which the family is skipped.
    encodings : tuple of str
        Encodings it can learn from, the default first.
    space : mapping of str to Parameter
    suffix : str
        File ending of a saved model.
    quick : bool
        Whether one model predicts a hundred thousand rows a second, and starts without scikit-learn.
    max_rows : int
        Above this many training rows the family is left out as too slow.
    monotone : bool
        Whether it keeps to :attr:`FitRequest.monotone`.
    gpu : bool
        Whether its library can fit on a GPU, in some build and on some machine.
    category_parameters : tuple of str
        Hyperparameters that matter only for features that hold category codes.
    class_parameters : tuple of str
        Hyperparameters that matter only where classes are learned.
    mapped : MappedBytes or None
        What a fit takes in memory for rows that are mapped from the disk; None for families that are not fitted to
        more rows than memory holds.
    """

    name: str
    title: str
    module: str
    requires: tuple[str, ...]
    encodings: tuple[str, ...]
    space: Mapping[str, Parameter] = field(default_factory=dict)
    suffix: str = "npz"
    quick: bool = False
    max_rows: int = 2**62
    monotone: bool = False
    gpu: bool = False
    category_parameters: tuple[str, ...] = ()
    class_parameters: tuple[str, ...] = ()
    mapped: MappedBytes | None = None

    def implementation(self) -> Implementation:
        """Import the family's module."""
        return cast(Implementation, import_module(self.module))
