"""Weight initialization: how widely to draw so that signals neither die out nor explode.

A unit adds fan_in products, so the variance of its sum is fan_in * var(w) * var(x), and a gradient that
flows back through it meets fan_out of them. Each scheme keeps one of the two, or both halfway:

    small    N(0, 0.01^2)                        keeps neither: signals die out in a deep net
    lecture  N(0, 1 / fan_in)                    randn(fan_in, fan_out) / sqrt(fan_in): the forward variance
    glorot   U(+-sqrt(6 / (fan_in + fan_out)))   halfway, for tanh; Glorot & Bengio 2010
    he       N(0, 2 / fan_in)                    the forward one, after ReLU; He et al. 2015
    lecun    U(+-2.4 / fan_in)                   LeNet-5's; signals die out where fan_in is large;
                                                 LeCun et al. 1998, App. A

Appendix A assumes that a sum grows with fan_in, not with its root, since inputs may be much alike. With
random weights of mean 0 it grows with the root all the same; only where the weights are alike too, as in
subsampling, does the assumption hold.

The functions change the weight in place and end in an underscore, as in torch.nn.init.
"""

import math

import torch
from torch import Tensor, nn

from course.errors import unknown_name

LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


def fan_in_and_fan_out(weight: Tensor) -> tuple[int, int]:
    """How many inputs one output sums, and how many outputs one input feeds.

    Args:
        weight: of a linear layer, (out, in), or of a convolution, (out, in / groups, H, W).

    Raises:
        ValueError: weight has fewer than 2 dimensions, or an empty one.
    """
    if weight.dim() < 2 or weight.numel() == 0:
        raise ValueError(f"weight has shape {tuple(weight.shape)}; it must be (out, in, ...), not empty")
    taps = weight[0, 0].numel()
    return weight.shape[1] * taps, weight.shape[0] * taps


def small_normal_(weight: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """N(0, 0.01^2), whatever the size of the layer."""
    return _normal_(weight, 0.01, generator)


def lecture_normal_(weight: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """N(0, 1 / fan_in): the lecture's randn(fan_in, fan_out) / sqrt(fan_in)."""
    fan_in, _ = fan_in_and_fan_out(weight)
    return _normal_(weight, 1 / math.sqrt(fan_in), generator)


def xavier_uniform_(weight: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """U(-a, a) with a = sqrt(6 / (fan_in + fan_out)). Xavier is Glorot's first name."""
    fan_in, fan_out = fan_in_and_fan_out(weight)
    return _uniform_(weight, math.sqrt(6 / (fan_in + fan_out)), generator)


def kaiming_normal_(weight: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """N(0, 2 / fan_in), for layers that feed a ReLU. Kaiming is He's first name."""
    fan_in, _ = fan_in_and_fan_out(weight)
    return _normal_(weight, math.sqrt(2 / fan_in), generator)


def lecun_uniform_(weight: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """U(-2.4 / fan_in, 2.4 / fan_in)."""
    fan_in, _ = fan_in_and_fan_out(weight)
    return _uniform_(weight, 2.4 / fan_in, generator)


SCHEMES = {
    "small": small_normal_,
    "lecture": lecture_normal_,
    "glorot": xavier_uniform_,
    "he": kaiming_normal_,
    "lecun": lecun_uniform_,
}


def init_(module: nn.Module, scheme: str, generator: torch.Generator | None = None) -> nn.Module:
    """Draw the weights of every linear layer and convolution in a tree of modules; set their biases to 0.

    Layers with weights of another kind (batch norm, subsampling, a connection table) keep what they have.
    The draws follow the order of `module.modules()`, so one seed gives one network.

    Args:
        module: a layer or a network of them; changed in place and returned.
        scheme: "small", "lecture", "glorot", "he" or "lecun".
        generator: where the random numbers come from; None takes the global generator.

    Raises:
        ValueError: the scheme is unknown, or there is nothing to initialize.
    """
    if scheme not in SCHEMES:
        raise ValueError(unknown_name("scheme", scheme, SCHEMES))
    layers = [layer for layer in module.modules() if isinstance(layer, LAYERS)]
    if not layers:
        raise ValueError(f"module={type(module).__name__} has no linear layer or convolution to initialize")
    for layer in layers:
        SCHEMES[scheme](layer.weight, generator)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return module


@torch.no_grad()
def _normal_(weight: Tensor, std: float, generator: torch.Generator | None) -> Tensor:
    device = weight.device if generator is None else generator.device
    return weight.copy_(torch.empty(weight.shape, device=device).normal_(0, std, generator=generator))


@torch.no_grad()
def _uniform_(weight: Tensor, bound: float, generator: torch.Generator | None) -> Tensor:
    device = weight.device if generator is None else generator.device
    return weight.copy_(torch.empty(weight.shape, device=device).uniform_(-bound, bound, generator=generator))
