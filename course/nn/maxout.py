"""Maxout (Goodfellow et al. 2013, "Maxout networks"): h(x) = max over i of (w_i x + b_i).

Any convex function of x is approached by enough pieces; ReLU is two pieces, one of them zero.
k pieces need k times the parameters of a linear layer.
"""

import torch
from torch import Tensor, nn

from course.checks import check_counts, check_floating_point


def maxout(z: Tensor) -> Tensor:
    """The largest of the pieces, for each unit.

    Args:
        z: the pieces' outputs, stacked in front: (pieces, N, ...).

    Returns:
        (N, ...). At a tie the first piece wins, and only the winner receives gradient.

    Raises:
        ValueError: z has no piece.
    """
    check_floating_point("z", z)
    if z.dim() == 0 or z.shape[0] == 0:
        raise ValueError(f"z has shape {tuple(z.shape)}; it must be (pieces, N, ...) with at least 1 piece")
    return z.max(dim=0).values  # (N, ...)


def maxout_grad(z: Tensor) -> Tensor:
    """d maxout / dz, as large as z: 1 at the winning piece of each unit, 0 at the others."""
    winner = z.max(dim=0, keepdim=True).indices  # (1, N, ...)
    return torch.zeros_like(z).scatter_(0, winner, 1.0)


class Maxout(nn.Module):
    """A layer of maxout units, each the largest of `num_pieces` linear pieces.

    Shape:
        Input: (..., in_features). Output: (..., out_features).
    """

    def __init__(self, in_features: int, out_features: int, num_pieces: int = 2):
        super().__init__()
        check_counts(num_pieces=num_pieces)
        self.pieces = nn.ModuleList(nn.Linear(in_features, out_features) for _ in range(num_pieces))

    def forward(self, x: Tensor) -> Tensor:
        z = torch.stack([piece(x) for piece in self.pieces])  # (pieces, N, out_features)
        return maxout(z)  # (N, out_features)
