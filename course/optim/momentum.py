"""Momentum (Polyak 1964) and Nesterov's accelerated gradient (Nesterov 1983), as in Sutskever et al. 2013.

Counterpart: torch.optim.SGD with momentum, without or with nesterov=True.

Deviation from Sutskever et al. (Section 2, equations 1 to 4), and the same as torch's: there v ← μ·v - lr·g
and p ← p + v. Here the learning rate stands outside of the velocity. Both make the same steps while lr is
constant. When lr drops, ours slows down at once; theirs, which is also AlexNet's (Krizhevsky et al. 2012,
Section 5), as the old velocity fades.
"""

from typing import Any, ClassVar

import torch
from torch import Tensor

from .optimizer import Optimizer


class Momentum(Optimizer):
    """Walk with a velocity that sums up past gradients: steady ones add up, alternating ones cancel.

        v ← μ · v + g
        p ← p - lr · v

    Under a constant gradient the velocity grows to g / (1 - μ): ten times the gradient for μ = 0.9.

    Deviations: `momentum` is 0.9 by default; torch's default is 0.
    """

    STATE = ("momentum_buffer",)
    FIXED: ClassVar = {"dampening": 0, "nesterov": False, "maximize": False}

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.9, *, weight_decay: float = 0):
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay)

    def update(self, p: Tensor, grad: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> None:
        v, mu = state["momentum_buffer"], group["momentum"]
        torch.add(grad, v, alpha=mu, out=v)  # one pass over memory; v.mul_(mu).add_(grad) makes two
        p.add_(v, alpha=-group["lr"])


class NAG(Momentum):
    """Look ahead: the gradient at the place where the velocity is about to carry the parameter.

        v ← μ · v + g
        p ← p - lr · (g + μ · v)

    Nesterov takes the gradient at w - lr·μ·v, not at the weights w. This form stores that place itself,
    p = w - lr·μ·v, so that the gradient is taken where the parameter stands (Bengio et al. 2013). The path
    of p is then that of the look-ahead points.

    Deviations: `momentum` is 0.9 by default; torch's default is 0.
    """

    FIXED: ClassVar = {"dampening": 0, "nesterov": True, "maximize": False}

    def update(self, p: Tensor, grad: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> None:
        v, mu, lr = state["momentum_buffer"], group["momentum"], group["lr"]
        torch.add(grad, v, alpha=mu, out=v)
        p.add_(grad, alpha=-lr).add_(v, alpha=-lr * mu)
