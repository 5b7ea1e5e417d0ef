"""RMSprop (Hinton, "Neural Networks for Machine Learning", Coursera 2012, lecture 6e; never a paper).

Counterpart: torch.optim.RMSprop without momentum and not centered.
"""

from typing import Any, ClassVar

from torch import Tensor

from .optimizer import Optimizer


class RMSprop(Optimizer):
    """Adagrad that forgets: a running mean of the squared gradients in place of their sum.

        s ← α · s + (1 - α) · g²
        p ← p - lr · g / (√s + ε)

    The mean looks back over about 1 / (1 - α) steps, so the steps no longer shrink for ever. As s starts at
    zero, the first step is 1 / √(1 - α) times lr: ten times for α = 0.99.

    Deviations: `alpha` is 0.99 by default as in torch; Hinton's slide has 0.9. ε stands outside of the root,
    as in torch.
    """

    STATE = ("step", "square_avg")
    FIXED: ClassVar = {"momentum": 0, "centered": False, "maximize": False}

    def __init__(
        self, params: Any, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0
    ):
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay)

    def update(self, p: Tensor, grad: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> None:
        s, alpha = state["square_avg"], group["alpha"]
        s.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        p.addcdiv_(grad, s.sqrt().add_(group["eps"]), value=-group["lr"])
