"""Adadelta (Zeiler 2012, "ADADELTA: An Adaptive Learning Rate Method", arXiv:1212.5701, Algorithm 1).

Counterpart: torch.optim.Adadelta.
"""

from typing import Any, ClassVar

from torch import Tensor

from .optimizer import Optimizer


class Adadelta(Optimizer):
    """RMSprop whose learning rate is the running size of its own past steps.

        s ← ρ · s + (1 - ρ) · g²
        Δ = √(d + ε) / √(s + ε) · g
        d ← ρ · d + (1 - ρ) · Δ²
        p ← p - lr · Δ

    √d has the unit of the parameter and g / √s has none, so Δ needs no learning rate to set its scale. ε
    stands inside of the roots; it gets the first steps going, when d is still zero.

    Deviations: the paper has no `lr`; 1.0, torch's default, is the paper's rule.
    """

    STATE = ("step", "square_avg", "acc_delta")
    FIXED: ClassVar = {"maximize": False}

    def __init__(
        self, params: Any, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0
    ):
        super().__init__(params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)

    def update(self, p: Tensor, grad: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> None:
        s, d = state["square_avg"], state["acc_delta"]
        rho, eps = group["rho"], group["eps"]
        s.mul_(rho).addcmul_(grad, grad, value=1 - rho)
        delta = d.add(eps).div_(s.add(eps)).sqrt_().mul_(grad)
        d.mul_(rho).addcmul_(delta, delta, value=1 - rho)
        p.add_(delta, alpha=-group["lr"])
