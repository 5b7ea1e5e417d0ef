"""Pairwise distances between all rows of X and all rows of Y.

l1      sum |x - y|
l2      sqrt(sum (x - y)^2)
cosine  1 - x.y / (|x| |y|)     0 for one direction, 1 for a right angle, 2 for opposite ones
"""

import torch
from torch import Tensor

from course.checks import as_rows, check_columns
from course.errors import unknown_name

CACHE_BYTES = 2**19  # what stays near a processor while it works


def l1(X: Tensor, Y: Tensor) -> Tensor:
    """Sums of absolute differences, (N, M), for X (N, D) and Y (M, D).

    No product of matrices helps here. Some rows of Y at a time meet all of X, so that a large Y is read from
    memory once, not N times.
    """
    rows = max(1, CACHE_BYTES // (Y.shape[1] * Y.element_size()))
    return torch.cat([torch.cdist(X, some, p=1) for some in Y.split(rows)], dim=1)  # (N, M)


def l2(X: Tensor, Y: Tensor) -> Tensor:
    """Euclidean distances, (N, M), for X (N, D) and Y (M, D).

    Multiplied out, |x - y|^2 = |x|^2 - 2 x.y + |y|^2 is one product of matrices, which a computer
    does faster than anything else. The price: large numbers cancel, and a vector has a small
    distance from itself that is not zero. `NearestNeighbors` therefore measures the nearest ones a
    second time.
    """
    x_squares = torch.linalg.vector_norm(X, dim=1).square()
    y_squares = torch.linalg.vector_norm(Y, dim=1).square()
    squares = torch.addmm(y_squares, X, Y.T, alpha=-2).add_(x_squares[:, None])  # (N, M)
    return squares.clamp_(min=0).sqrt_()


def cosine(X: Tensor, Y: Tensor) -> Tensor:
    """Cosine distances, (N, M), for X (N, D) and Y (M, D); a vector of zeros has no direction: distance 1."""
    x_lengths = nonzero(torch.linalg.vector_norm(X, dim=1))
    y_lengths = nonzero(torch.linalg.vector_norm(Y, dim=1))
    similarity = (X @ Y.T).div_(x_lengths[:, None]).div_(y_lengths)  # (N, M)
    return similarity.neg_().add_(1).clamp_(0, 2)


def cosine_of_pairs(x: Tensor, y: Tensor) -> Tensor:
    """Cosine distances (P,) of the rows of x (P, D) from those of y (P, D): exactly 0 for equal rows.

    For directions a and b of length 1, 1 - a.b = |a - b|^2 / 2, and no digits cancel.
    """
    x_lengths, y_lengths = torch.linalg.vector_norm(x, dim=1), torch.linalg.vector_norm(y, dim=1)
    difference = x / nonzero(x_lengths)[:, None] - y / nonzero(y_lengths)[:, None]
    distances = torch.linalg.vector_norm(difference, dim=1).square() / 2
    return torch.where((x_lengths > 0) & (y_lengths > 0), distances, 1)


def nonzero(lengths: Tensor) -> Tensor:
    """The lengths, with 1 in place of 0: to divide by."""
    return torch.where(lengths > 0, lengths, 1)


DISTANCES = {"l1": l1, "l2": l2, "cosine": cosine}


def pairwise_distances(X: Tensor, Y: Tensor, metric: str = "l2") -> Tensor:
    """Distances (N, M) between the rows of X (N, D) and of Y (M, D).

    Computed and returned in float64 if one of them is, else in float32.

    Args:
        X, Y: floating point tensors.
        metric: "l1", "l2" or "cosine".

    Raises:
        TypeError: X or Y is not a tensor of floating point numbers.
        ValueError: another metric, rank or number of columns.
    """
    if metric not in DISTANCES:
        raise ValueError(unknown_name("metric", metric, DISTANCES))
    X, Y = as_rows("X", X), as_rows("Y", Y)
    check_columns("Y", Y, X.shape[1])
    dtype = torch.promote_types(X.dtype, Y.dtype)
    return DISTANCES[metric](X.to(dtype), Y.to(dtype))
