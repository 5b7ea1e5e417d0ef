"""Layer normalization (Ba, Kiros & Hinton 2016, arXiv:1607.06450, Eq. 3): as batch norm, but within an image.

Batch norm takes mean and variance of one unit over the images of a batch, layer norm of one image over its
units. So layer norm needs no batch and no running averages, and is the same in training and testing.
"""

import torch
from torch import Tensor, nn

from course.checks import check_counts, check_floating_point


def standardize(x: Tensor, dim: int, eps: float = 1e-5) -> Tensor:
    """Bring x to mean 0 and variance 1 along one dimension: 0 is batch norm's, 1 is layer norm's."""
    mean = x.mean(dim, keepdim=True)
    var = ((x - mean) ** 2).mean(dim, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps)


class LayerNorm(nn.Module):
    """Layer normalization of (..., C) over C; the state of torch.nn.LayerNorm(C), key by key.

    Args:
        num_features: C.
        eps: added to the variance, inside the square root.

    Raises:
        TypeError: x is not a tensor of floating point numbers.
        ValueError: the last dimension of x is not C.
    """

    def __init__(self, num_features: int, eps: float = 1e-5):
        super().__init__()
        check_counts(num_features=num_features)
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))

    def forward(self, x: Tensor) -> Tensor:
        check_floating_point("x", x)
        if x.dim() == 0 or x.shape[-1] != self.weight.numel():
            raise ValueError(
                f"x has shape {tuple(x.shape)}; its last dimension must be {self.weight.numel()}"
            )
        return standardize(x, -1, self.eps) * self.weight + self.bias

    def extra_repr(self) -> str:
        return f"{self.weight.numel()}, eps={self.eps}"
