"""Multilayer perceptron (MLP): fully connected layers, with the same activation after each but the last.

The nets of session 5, in which one thing is changed at a time: the activation, the initialization, the
normalization before each activation, the depth. The norms are torch's own layers, which run in a quarter of
the time of those of `course.nn`; the tests of `course.nn` hold the two equal.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

from course.errors import unknown_name
from course.nn import (
    ELU,
    GELU,
    LeakyReLU,
    Maxout,
    ReLU,
    ScaledTanh,
    Sigmoid,
    SiLU,
    Tanh,
    init_,
)

ACTIVATIONS: dict[str, type[nn.Module] | None] = {
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "scaled tanh": ScaledTanh,
    "ReLU": ReLU,
    "Leaky ReLU": LeakyReLU,
    "ELU": ELU,
    "GELU": GELU,
    "SiLU": SiLU,
    "Maxout": None,  # two linear pieces a unit, without another function
}
NORMS: dict[str, type[nn.Module]] = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
SCHEMES = {"sigmoid": "lecture", "tanh": "lecture", "scaled tanh": "lecture", "Maxout": "lecture"}
"""The initialization that keeps a signal's size, where it is not "he"."""


def multilayer_perceptron(
    sizes: Sequence[int],
    activation: str = "ReLU",
    scheme: str | None = None,
    norm: str | None = None,
    times: float = 1.0,
    seed: int = 0,
) -> nn.Sequential:
    """Build a fully connected net: of each hidden layer the linear part, the norm, the activation.

    Args:
        sizes: numbers of inputs, of the units of each hidden layer, and of outputs: (784, 64, 64, 10).
        activation: a name in `ACTIVATIONS`.
        scheme: how the weights are drawn, a name that `course.nn.init_` knows; by default one that suits
            the activation.
        norm: "batch", "layer" or None, before each activation.
        times: factor of all weights.
        seed: of the weights; one seed gives one net.

    Raises:
        ValueError: a name is unknown, or there are fewer than two sizes.
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes={tuple(sizes)} must hold at least the numbers of inputs and outputs")
    if activation not in ACTIVATIONS:
        raise ValueError(unknown_name("activation", activation, ACTIVATIONS))
    if norm is not None and norm not in NORMS:
        raise ValueError(unknown_name("norm", norm, NORMS))
    made, layers = ACTIVATIONS[activation], []
    for inputs, outputs in pairwise(sizes[:-1]):
        layers.append(Maxout(inputs, outputs) if made is None else nn.Linear(inputs, outputs))
        layers += [NORMS[norm](outputs)] if norm else []
        layers += [made()] if made else []
    net = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
    generator = torch.Generator().manual_seed(seed)
    init_(net, scheme or SCHEMES.get(activation, "he"), generator)
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, nn.Linear):
                layer.weight.mul_(times)
    return net
