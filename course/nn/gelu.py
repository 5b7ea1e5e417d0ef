"""GELU and SiLU: smooth relatives of ReLU, each with its derivative, then the same functions as layers.

Both multiply x by a soft switch between 0 and 1: GELU by the probability that a normal number lies below x
(Hendrycks & Gimpel 2016, arXiv:1606.08415, Eq. 1), SiLU by the sigmoid of x (the same paper, Section 2;
Elfwing et al. 2017, arXiv:1702.03118; as swish with a factor beta = 1 in Ramachandran et al. 2017,
arXiv:1710.05941). Neither is monotonic: both dip below 0 left of the origin. Both are finite however large
the input. GELU is computed exactly, with the error function, as torch does by default.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .activations import sigmoid, with_derivative


def gelu_grad(x: Tensor) -> Tensor:
    """Phi(x) + x phi(x), with the normal distribution Phi and its density phi; 1/2 at x = 0."""
    density = torch.exp(-(x.clamp(-30, 30) ** 2) / 2) / math.sqrt(2 * math.pi)
    return torch.special.ndtr(x) + x * density


@with_derivative(gelu_grad)
def gelu(x: Tensor) -> Tensor:
    """x Phi(x): x times the probability that a normal number is smaller than x."""
    return x * torch.special.ndtr(x)


def silu_grad(x: Tensor) -> Tensor:
    """s (1 + x (1 - s)) with s = sigmoid(x); 1/2 at x = 0."""
    s = sigmoid(x)
    return s * (1 + x * (1 - s))


@with_derivative(silu_grad)
def silu(x: Tensor) -> Tensor:
    """x sigmoid(x), also called swish."""
    return x * sigmoid(x)


class GELU(nn.Module):
    """`gelu` as a layer; any shape in, the same shape out."""

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(x)


class SiLU(nn.Module):
    """`silu` as a layer; any shape in, the same shape out."""

    def forward(self, x: Tensor) -> Tensor:
        return F.silu(x)
