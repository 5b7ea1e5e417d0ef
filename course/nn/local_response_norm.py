"""Local response normalization (Krizhevsky, Sutskever and Hinton 2012, Section 3.3).

Each activity is divided by a measure of the activities at the same place in the neighboring channels:

    b_i = a_i / (k + alpha * sum_j a_j ** 2) ** beta        j from i - size // 2 to i + size // 2

The paper has k = 2, size = 5, alpha = 1e-4, beta = 0.75, and its alpha multiplies the plain sum.
`torch.nn.LocalResponseNorm` and the code of 2012 divide alpha by `size` first, so torch needs alpha = 5e-4
for the formula of the paper.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_counts


def local_response_norm(
    x: Tensor, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0
) -> Tensor:
    """Divide each activity by the energy of its neighbors; the formula is in the module's docstring.

    The sum over neighboring channels is an average pooling without the average. Channels that lie
    beyond the first or the last count as zero.

    Shape:
        x: (N, C, H, W), or (N, C, ...) in general. Output: the same.

    Raises:
        ValueError: `size` is even or not positive.
    """
    check_window(size)
    if x.numel() == 0:
        return x.clone()
    squares = (x * x).flatten(2)  # (N, C, H*W)
    # With the pixels where pooling expects channels, the memory of x is already in the order that
    # pooling likes best (channels last): nothing is copied, and the sum runs along whole rows of pixels.
    rows = squares.transpose(1, 2).unsqueeze(2)  # (N, H*W, 1, C)
    sums = F.avg_pool2d(rows, (1, size), stride=1, padding=(0, size // 2), divisor_override=1)
    energy = sums.squeeze(2).transpose(1, 2).reshape(x.shape)  # (N, C, H, W)
    # add_ works in place: at these sizes a new array costs more than the sum that fills it.
    out = x * (alpha * energy).add_(k).pow(-beta)
    return in_order_of(x, out)


def in_order_of(x: Tensor, out: Tensor) -> Tensor:
    """The same numbers in the order in memory that x has: channels last stays."""
    return out if out.stride() == x.stride() else torch.empty_like(x).copy_(out)


def check_window(size: int) -> None:
    """Raise unless a window of channels has a middle."""
    if size < 1 or size % 2 == 0:
        raise ValueError(f"size={size} must be a positive odd number")


class LocalResponseNorm(nn.Module):
    """Local response normalization as a layer; the defaults are the paper's.

    Args:
        size: Number of channels in the window, odd so that it has a middle.
        alpha: Weight of the sum of squares, not divided by `size`.
        beta: Exponent.
        k: Constant under the power.
        groups: Parts of the channels that do not see each other. AlexNet has two, one on each GPU.

    Raises:
        ValueError: `size` is even or not positive.
    """

    def __init__(
        self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0, groups: int = 1
    ) -> None:
        super().__init__()
        check_window(size)
        check_counts(groups=groups)
        self.size, self.alpha, self.beta, self.k, self.groups = size, alpha, beta, k, groups

    def forward(self, x: Tensor) -> Tensor:
        """Input and output: (N, C, H, W)."""
        halves = x.unflatten(1, (self.groups, -1)).flatten(0, 1)  # (N * groups, C / groups, H, W)
        out = local_response_norm(halves, self.size, self.alpha, self.beta, self.k)
        return in_order_of(x, out.reshape(x.shape))

    def extra_repr(self) -> str:
        groups = f", groups={self.groups}" if self.groups > 1 else ""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}{groups}"
