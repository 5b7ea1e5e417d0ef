"""Gradient descent (Cauchy 1847) and its stochastic form (Robbins and Monro 1951).

Counterpart: torch.optim.SGD without momentum.
"""

from typing import Any, ClassVar

from torch import Tensor

from .optimizer import Optimizer


class GradientDescent(Optimizer):
    """Walk against the gradient; the gradient is that of the whole training set.

        p ← p - lr · g

    Deviations: none from torch.optim.SGD(momentum=0).
    """

    FIXED: ClassVar = {"momentum": 0, "dampening": 0, "nesterov": False, "maximize": False}

    def __init__(self, params: Any, lr: float = 1e-3, *, weight_decay: float = 0):
        super().__init__(params, lr=lr, weight_decay=weight_decay)

    def update(self, p: Tensor, grad: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> None:
        p.add_(grad, alpha=-group["lr"])


class SGD(GradientDescent):
    """The same update; the gradient is that of a minibatch, a cheap and noisy estimate of the whole.

        p ← p - lr · g

    An optimizer cannot see how many images its gradient came from: whoever slices the data decides whether
    this is gradient descent or stochastic gradient descent. So nothing is changed here but the name.
    """
