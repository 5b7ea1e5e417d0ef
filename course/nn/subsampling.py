"""Trainable subsampling, the pooling of LeNet (LeCun et al. 1998, Section II-B, layers S2 and S4).

"The four inputs to a unit in S2 are added, then multiplied by a trainable coefficient, and added to a
trainable bias": two parameters for each feature map. The sigmoid that follows is a layer of its own here.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_counts


class Subsampling(nn.Module):
    """Sum over a window, times a coefficient, plus a bias; one of each for every channel.

    Args:
        channels: Number of feature maps.
        kernel_size: Side of the window; windows do not overlap.

    Shape:
        Input: (N, C, H, W). Output: (N, C, H // kernel_size, W // kernel_size).
    """

    def __init__(self, channels: int, kernel_size: int = 2) -> None:
        super().__init__()
        check_counts(channels=channels)
        check_counts(kernel_size=kernel_size)
        self.kernel_size = kernel_size
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Uniform in ±2.4 / fan-in (Appendix A); the fan-in is the number of inputs that are added."""
        bound = 2.4 / self.kernel_size**2
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        sums = F.avg_pool2d(x, self.kernel_size, divisor_override=1)  # (N, C, H / 2, W / 2)
        return sums * self.weight[:, None, None] + self.bias[:, None, None]

    def extra_repr(self) -> str:
        return f"{self.weight.numel()}, kernel_size={self.kernel_size}"
