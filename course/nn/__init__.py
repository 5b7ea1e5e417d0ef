"""Layers built by hand, under the names of torch.nn; their functions stand in the files."""

from .activations import ELU, LeakyReLU, ReLU, ScaledTanh, Sigmoid, Softplus, Tanh
from .batch_norm import BatchNorm1d, BatchNorm2d
from .connection_table import ConnectionTableConv2d
from .dropout import Dropout, Dropout2d
from .gelu import GELU, SiLU
from .init import init_
from .layer_norm import LayerNorm
from .local_response_norm import LocalResponseNorm
from .maxout import Maxout
from .recorder import Recorder
from .subsampling import Subsampling

__all__ = [
    "ELU",
    "GELU",
    "BatchNorm1d",
    "BatchNorm2d",
    "ConnectionTableConv2d",
    "Dropout",
    "Dropout2d",
    "LayerNorm",
    "LeakyReLU",
    "LocalResponseNorm",
    "Maxout",
    "ReLU",
    "Recorder",
    "ScaledTanh",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Subsampling",
    "Tanh",
    "init_",
]
