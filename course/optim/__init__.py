"""The eight rules that train a net, in the order in which they are taught."""

from .adadelta import AdaDelta
from .adagrad import Adagrad
from .adam import Adam
from .momentum import NAG, Momentum
from .optimizer import Optimizer
from .rmsprop import RMSProp
from .sgd import SGD, GradientDescent

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "GradientDescent": GradientDescent,
    "SGD": SGD,
    "Momentum": Momentum,
    "NAG": NAG,
    "Adagrad": Adagrad,
    "RMSProp": RMSProp,
    "AdaDelta": AdaDelta,
    "Adam": Adam,
}

__all__ = ["OPTIMIZERS", "Optimizer", *OPTIMIZERS]
