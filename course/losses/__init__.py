"""Loss functions with their gradients written out, and a gradient check by finite differences."""

from .cross_entropy import cross_entropy, cross_entropy_grad, log_softmax, softmax
from .gradient_check import check_gradient, numeric_gradient
from .hinge import hinge, hinge_grad
from .l2 import l2_penalty, l2_penalty_grad, mse, mse_grad

__all__ = [
    "check_gradient",
    "cross_entropy",
    "cross_entropy_grad",
    "hinge",
    "hinge_grad",
    "l2_penalty",
    "l2_penalty_grad",
    "log_softmax",
    "mse",
    "mse_grad",
    "numeric_gradient",
    "softmax",
]
