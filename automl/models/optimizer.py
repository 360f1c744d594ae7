"""The optimiser of the network: Adam with decoupled weight decay, and the average of the parameters it passes through.

Sources of the methods: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019; Shamir and Zhang,
"Stochastic gradient descent for non-smooth optimization", ICML 2013, for the average. As the average follows at any
moment, training can be stopped at any moment: no schedule has to be known beforehand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["AveragedAdam"]

Floats = NDArray[np.float32]

_MOMENTUM = 0.9
_SQUARES = 0.99
_TINY = np.float32(1e-8)
_WARM_UP = 20
_DEGREE = 5


class AveragedAdam:
    """Adam on one vector of parameters.

    Parameters
    ----------
    parameters : ndarray of shape (n_parameters,), float32
        Is changed by each step.
    decayed : int
        So many of the first parameters are drawn to zero.
    learning_rate, penalty : float
        Step size, and the share of it by which those parameters shrink at each step.
    """

    def __init__(self, parameters: Floats, decayed: int, learning_rate: float, penalty: float) -> None:
        self.parameters = parameters
        self.average = parameters.copy()
        self._decayed = parameters[:decayed]
        self._learning_rate, self._penalty = learning_rate, penalty
        self._mean, self._square = np.zeros_like(parameters), np.zeros_like(parameters)
        self._steps = 0

    def step(self, gradient: Floats) -> None:
        """Go one step down ``gradient``, and draw the average after the parameters."""
        self._steps += 1
        steps = self._steps
        rate = self._learning_rate * min(1.0, steps / _WARM_UP)
        self._mean += np.float32(1 - _MOMENTUM) * (gradient - self._mean)
        self._square += np.float32(1 - _SQUARES) * (gradient * gradient - self._square)
        spread = np.sqrt(self._square * np.float32(1 / (1 - _SQUARES**steps)))
        spread += _TINY
        self._decayed *= np.float32(1 - rate * self._penalty)
        self.parameters -= np.float32(rate / (1 - _MOMENTUM**steps)) * self._mean / spread
        share = (_DEGREE + 1) / (steps + _DEGREE)
        self.average += np.float32(share) * (self.parameters - self.average)
