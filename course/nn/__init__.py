"""Layers that the course builds by hand, under the names of torch.nn; functions stand in the files."""

from .activations import ELU, LeakyReLU, ReLU, ScaledTanh, Sigmoid, Softplus, Tanh
from .batch_norm import BatchNorm1d, BatchNorm2d
from .dropout import Dropout, Dropout2d
from .init import init_
from .maxout import Maxout
from .recorder import Recorder

__all__ = [
    "ELU",
    "BatchNorm1d",
    "BatchNorm2d",
    "Dropout",
    "Dropout2d",
    "LeakyReLU",
    "Maxout",
    "ReLU",
    "Recorder",
    "ScaledTanh",
    "Sigmoid",
    "Softplus",
    "Tanh",
    "init_",
]
