"""Adagrad (Duchi, Hazan and Singer 2011, "Adaptive Subgradient Methods", JMLR 12; the diagonal form).

Counterpart: torch.optim.Adagrad.
"""

from typing import Any, ClassVar

from torch import Tensor

from .optimizer import Optimizer


class Adagrad(Optimizer):
    """A learning rate for each weight: the more gradient it has seen, the shorter its steps.

        s ← s + g²
        p ← p - lr · g / (√s + ε)

    Root and division are element by element. In the first step every weight moves by lr, however large its
    gradient. As s only grows, lr / √s only shrinks, and in a long training it may shrink too far.

    Deviations: none from torch.optim.Adagrad(lr_decay=0, initial_accumulator_value=0).
    """

    STATE = ("step", "sum")
    FIXED: ClassVar = {"lr_decay": 0, "maximize": False}

    def __init__(self, params: Any, lr: float = 1e-2, *, weight_decay: float = 0, eps: float = 1e-10):
        super().__init__(params, lr=lr, weight_decay=weight_decay, eps=eps)

    def update(self, p: Tensor, grad: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> None:
        s = state["sum"]
        s.addcmul_(grad, grad)
        p.addcdiv_(grad, s.sqrt().add_(group["eps"]), value=-group["lr"])
