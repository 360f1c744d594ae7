"""Optuna, through ask and tell: one study a family, fed with everything the family has shown so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.models.family import Choice, Family, Integer, Parameter, Real, contains

__all__ = ["FamilyStudy"]


class FamilyStudy:
    """The hyperparameter study of one family (multivariate TPE, Bergstra et al. 2011, Falkner et al. 2018)."""

    def __init__(self, family: Family, seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._space: dict[str, Parameter] = dict(family.space)
        if len(family.encodings) > 1:
            self._space["encoding"] = Choice(family.encodings)
        self._distributions = {name: _distribution(parameter) for name, parameter in self._space.items()}
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True, n_startup_trials=4)
        self._study = optuna.create_study(sampler=sampler)

    def ask(self) -> tuple[int, dict[str, Any]]:
        """Return a study trial's number and hyperparameters to try, with an ``encoding`` where there is a choice."""
        trial = self._study.ask(self._distributions)
        return trial.number, dict(trial.params)

    def repeat(self, hyperparameters: Mapping[str, Any], encoding: str) -> int:
        """Ask for a given candidate, which a study of a former run came up with; return the study trial's number."""
        values = {"encoding": encoding, **hyperparameters}
        self._study.enqueue_trial({name: values[name] for name in self._space if name in values})
        return int(self._study.ask(self._distributions).number)

    def tell(self, number: int, loss: float | None) -> None:
        """Report the loss of an asked trial; None where it failed."""
        import optuna

        if loss is None:
            self._study.tell(number, state=optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(number, loss)

    def add(self, hyperparameters: Mapping[str, Any], encoding: str, loss: float) -> None:
        """Tell the study of a candidate that it did not ask for, where it lies inside the space.

        Hyperparameters that the candidate leaves to the family count with the family's defaults.
        """
        import optuna

        values = {"encoding": encoding, **hyperparameters}
        chosen = {name: values.get(name, _default(parameter)) for name, parameter in self._space.items()}
        if all(contains(self._space[name], value) for name, value in chosen.items()):
            self._study.add_trial(
                optuna.trial.create_trial(params=chosen, distributions=self._distributions, value=loss)
            )


def _default(parameter: Parameter) -> Any:
    return parameter.options[0] if isinstance(parameter, Choice) else parameter.default


def _distribution(parameter: Parameter) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    match parameter:
        case Real(low, high, log):
            return FloatDistribution(low, high, log=log)
        case Integer(low, high, log):
            return IntDistribution(low, high, log=log)
        case Choice(options):
            return CategoricalDistribution(list(options))
