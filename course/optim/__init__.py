"""Optimizers: the eight rules that train a net, in the order in which they are taught."""

import warnings

from .adadelta import Adadelta
from .adagrad import Adagrad
from .adam import Adam
from .momentum import NAG, Momentum
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .sgd import SGD, GradientDescent

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "GradientDescent": GradientDescent,
    "SGD": SGD,
    "Momentum": Momentum,
    "NAG": NAG,
    "Adagrad": Adagrad,
    "RMSprop": RMSprop,
    "Adadelta": Adadelta,
    "Adam": Adam,
}

__all__ = ["OPTIMIZERS", "Optimizer", *OPTIMIZERS]

OLD_NAMES = {"RMSProp": "RMSprop", "AdaDelta": "Adadelta"}
"""Names until version 0.1, kept for one release."""


def __getattr__(name: str) -> type[Optimizer]:
    if name not in OLD_NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    new = OLD_NAMES[name]
    warnings.warn(f"{name} is now {new}, as in torch.optim", DeprecationWarning, stacklevel=2)
    return OPTIMIZERS[new]
