"""Layers that the course builds by hand, under the names of torch.nn."""

from .activations import (
    ELU,
    LeakyReLU,
    ReLU,
    ScaledTanh,
    Sigmoid,
    Softplus,
    Tanh,
)

__all__ = ["ELU", "LeakyReLU", "ReLU", "ScaledTanh", "Sigmoid", "Softplus", "Tanh"]
