"""Sparsely connected convolution: output maps read only some input maps (LeCun et al. 1998, Table I).

"A non-complete connection scheme keeps the number of connections within reasonable bounds. More importantly,
it forces a break of symmetry in the network": different maps get different inputs, so they find different
features.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_counts


class ConnectionTableConv2d(nn.Module):
    """Convolution with one kernel for each link of a table, and no kernel where there is no link.

    It equals one small convolution for each output map over the maps that this one reads. All are done at
    once by a dense convolution with zeros between the kernels.

    Args:
        table: For each output map, the numbers of the input maps that it reads.
        in_channels: Number of input maps.
        kernel_size: Side of the kernels.

    Shape:
        Input: (N, in_channels, H, W). Output: (N, len(table), H - kernel_size + 1, W - kernel_size + 1).
        weight: (links, kernel_size, kernel_size), in the order of the table. bias: (len(table),).

    Raises:
        ValueError: The table is empty; an output map reads nothing, reads a map twice, or reads one that
            does not exist.
    """

    def __init__(self, table: Sequence[Sequence[int]], in_channels: int, kernel_size: int) -> None:
        check_counts(in_channels=in_channels)
        check_counts(kernel_size=kernel_size)
        if not table:
            raise ValueError(f"table={table!r} must have a row for each output map, at least one")
        for output, inputs in enumerate(table):
            if not inputs or len(set(inputs)) < len(inputs) or not set(inputs) <= set(range(in_channels)):
                raise ValueError(
                    f"table[{output}]={tuple(inputs)} must hold different numbers from 0 to {in_channels - 1}"
                )
        super().__init__()
        self.table = [list(inputs) for inputs in table]
        self.in_channels, self.out_channels = in_channels, len(table)
        links = sum(len(inputs) for inputs in table)
        self.weight = nn.Parameter(torch.empty(links, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(len(table)))
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Uniform in ±2.4 / fan-in (Appendix A): a map that reads more inputs starts with smaller weights."""
        area = self.weight.shape[1] * self.weight.shape[2]
        kernels = self.weight.split([len(inputs) for inputs in self.table])
        for inputs, weight, bias in zip(self.table, kernels, self.bias, strict=True):
            bound = 2.4 / (area * len(inputs))
            weight.uniform_(-bound, bound)
            bias.uniform_(-bound, bound)

    def dense_weight(self) -> Tensor:
        """The weight of the dense convolution, (out_channels, in_channels, k, k), zero where no link is."""
        outputs = [output for output, inputs in enumerate(self.table) for _ in inputs]
        sources = [source for inputs in self.table for source in inputs]
        dense = self.weight.new_zeros(self.out_channels, self.in_channels, *self.weight.shape[1:])
        dense[outputs, sources] = self.weight
        return dense

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.dense_weight(), self.bias)  # (N, out_channels, H - k + 1, W - k + 1)

    def extra_repr(self) -> str:
        kernel = tuple(self.weight.shape[1:])
        return f"{self.in_channels}, {self.out_channels}, kernel_size={kernel}, links={len(self.weight)}"
