"""Multiclass hinge loss, or SVM loss (Weston & Watkins 1999).

    L = 1/N * sum over rows i, sum over classes j != y_i of max(0, s_ij - s_iy + margin)

torch.nn.MultiMarginLoss also divides by the number of classes: L is C times its value.
"""

from numbers import Real

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from course.checks import as_class_indices


def hinge(scores: Tensor, target: Tensor, margin: float = 1.0) -> Tensor:
    """How far, and how often, a wrong class comes within `margin` of the right one.

    Args:
        scores: (N, C), one row a sample.
        target: (N,), integers: the right class of each row.
        margin: by how much the right score must lead, at least 0.

    Returns:
        The mean over the rows, a scalar.

    Raises:
        TypeError: scores are not floating point numbers, or target not integers.
        ValueError: a shape does not fit, a class is not in 0 .. C - 1, or margin is negative.
    """
    return _shortfalls(scores, target, margin).sum(dim=1).mean()


def hinge_grad(scores: Tensor, target: Tensor, margin: float = 1.0) -> Tensor:
    """dL / dscores, (N, C): +1 for each class too close, minus their number for the right one; / N.

    Arguments and errors as for `hinge`. At the kink, where a class just keeps the margin, it is 0.
    """
    close = (_shortfalls(scores, target, margin) > 0).to(scores.dtype)  # (N, C)
    N, C = scores.shape
    return (close - close.sum(dim=1, keepdim=True) * one_hot(target.long(), C)) / N


def _shortfalls(scores: Tensor, target: Tensor, margin: float) -> Tensor:
    """max(0, s_j - s_y + margin), and 0 for the right class itself: (N, C)."""
    target = as_class_indices("scores", scores, target)
    if not isinstance(margin, Real):
        raise TypeError(f"margin={margin!r} must be a number")
    if not margin >= 0:
        raise ValueError(f"margin={margin} must be at least 0")
    right = scores.gather(1, target[:, None])  # (N, 1)
    shortfalls = torch.relu(scores - right + margin)  # (N, C)
    return shortfalls.scatter(1, target[:, None], 0.0)
