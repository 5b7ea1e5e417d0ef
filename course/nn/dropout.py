"""Dropout (inverted), of units and of whole feature maps.

In training each unit is zero with probability p, and what is left is divided by 1 - p: the expected value
stays, and testing needs no change. (Srivastava et al. 2014, "Dropout: a simple way to prevent neural
networks from overfitting", instead multiply the weights at test time.)
Spatial dropout zeroes whole maps (Tompson et al. 2015, "Efficient object localization using convolutional
networks").

Deviation from torch: a `generator` may be given. If it lives on another device than x, the mask is drawn
there and moved, so that one seed gives the same mask on every device.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course.checks import check_dims, check_floating_point, check_probability


def dropout_mask(
    shape: Sequence[int],
    p: float,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
    device: torch.device | None = None,
) -> Tensor:
    """Draw a mask to multiply with: 0 with probability p, else 1 / (1 - p).

    Args:
        shape: shape of the mask.
        p: probability of a zero, 0 <= p <= 1. With p = 1 the mask is all zero.
        generator: where the random numbers come from; None takes the global generator of `device`.
        dtype, device: of the mask.

    Raises:
        ValueError: p is not a probability.
    """
    check_probability("p", p)
    drawn_on = device if generator is None else generator.device
    keep = torch.rand(shape, generator=generator, device=drawn_on) >= p
    mask = keep.to(device=device, dtype=dtype or torch.get_default_dtype())
    return mask / (1 - p) if p < 1 else mask


def dropout(
    x: Tensor, p: float = 0.5, training: bool = True, generator: torch.Generator | None = None
) -> Tensor:
    """Drop single units of x, of any shape; the derivative is the mask itself: dx = dy * mask.

    Raises:
        TypeError: x is not a tensor of floating point numbers.
        ValueError: p is not a probability.
    """
    check_floating_point("x", x)
    check_probability("p", p)
    if not training:
        return x
    return x * dropout_mask(x.shape, p, generator, x.dtype, x.device)


def dropout2d(
    x: Tensor, p: float = 0.5, training: bool = True, generator: torch.Generator | None = None
) -> Tensor:
    """Drop whole maps of x, (N, C, H, W): a single unit is too easily guessed from its neighbors.

    Raises:
        TypeError: x is not a tensor of floating point numbers.
        ValueError: p is not a probability, or x is not (N, C, H, W).
    """
    check_floating_point("x", x)
    check_dims("x", x, 4)
    check_probability("p", p)
    if not training:
        return x
    N, C, _, _ = x.shape
    return x * dropout_mask((N, C, 1, 1), p, generator, x.dtype, x.device)


class Dropout(nn.Module):
    """`dropout` as a layer: active in training, the identity in evaluation.

    Args:
        p: probability of an element to be zeroed.
        generator: where the random numbers come from; None takes the global generator.
    """

    def __init__(self, p: float = 0.5, generator: torch.Generator | None = None):
        super().__init__()
        check_probability("p", p)
        self.p = p
        self.generator = generator

    def forward(self, x: Tensor) -> Tensor:
        return dropout(x, self.p, self.training, self.generator)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class Dropout2d(Dropout):
    """`dropout2d` as a layer, with the arguments of `Dropout`; input (N, C, H, W)."""

    def forward(self, x: Tensor) -> Tensor:
        return dropout2d(x, self.p, self.training, self.generator)
