"""Adam (Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980, Algorithm 1).

Counterpart: torch.optim.Adam without amsgrad. Weight decay is added to the gradient; adding it to the step
instead is another rule, AdamW.
"""

from typing import Any, ClassVar

from torch import Tensor

from .optimizer import Optimizer


class Adam(Optimizer):
    """Momentum and RMSprop together, both corrected for having started at zero.

        m ← β₁ · m + (1 - β₁) · g
        v ← β₂ · v + (1 - β₂) · g²
        m̂ = m / (1 - β₁ᵗ)
        v̂ = v / (1 - β₂ᵗ)
        p ← p - lr · m̂ / (√v̂ + ε)

    t counts the steps from 1. In the first step m̂ = g and v̂ = g², so every weight moves by lr.

    Deviations: none from Algorithm 1. The code corrects lr and √v, which saves two passes over memory.
    """

    STATE = ("step", "exp_avg", "exp_avg_sq")
    FIXED: ClassVar = {"amsgrad": False, "decoupled_weight_decay": False, "maximize": False}

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
    ):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, p: Tensor, grad: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> None:
        m, v, t = state["exp_avg"], state["exp_avg_sq"], state["step"].item()
        beta1, beta2 = group["betas"]
        m.lerp_(grad, 1 - beta1)
        v.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        root = v.sqrt().div_((1 - beta2**t) ** 0.5).add_(group["eps"])
        p.addcdiv_(m, root, value=-group["lr"] / (1 - beta1**t))
