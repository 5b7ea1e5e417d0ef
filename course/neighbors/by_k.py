"""k-NN labels for many k at once: the neighbors are found for the largest k only."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course.errors import unknown_name

from .classifier import WEIGHTS, inverse
from .nearest import NearestNeighbors


def predict_by_k(
    train: Tensor,
    labels: Tensor,
    queries: Tensor,
    ks: Sequence[int],
    *,
    metric: str = "l2",
    weights: str = "uniform",
) -> Tensor:
    """k-nearest-neighbor predictions for several k: labels (ks, M), as `KNeighborsClassifier` gives them.

    Args:
        train: (N, D) floats.
        labels: (N,), whole numbers.
        queries: (M, D) floats.
        ks: from 1 to N.
        metric: "l1", "l2" or "cosine".
        weights: "uniform" or "distance", as in `KNeighborsClassifier`.

    Raises:
        TypeError, ValueError: as `KNeighborsClassifier`; no k, or one below 1.
    """
    if not ks or min(ks) < 1:
        raise ValueError(f"ks={list(ks)} must hold at least one number, and none below 1")
    if weights not in WEIGHTS:
        raise ValueError(unknown_name("weights", weights, WEIGHTS))
    distances, indices = NearestNeighbors(max(ks), metric=metric).fit(train).kneighbors(queries)
    classes, numbers = torch.unique(labels, return_inverse=True)
    votes = torch.ones_like(distances) if weights == "uniform" else inverse(distances)  # (M, largest k)
    totals = torch.nn.functional.one_hot(numbers[indices], len(classes)) * votes[..., None]
    totals = totals.cumsum(dim=1)  # (M, largest k, classes): votes of the first 1, 2, 3 ... neighbors
    return torch.stack([classes[totals[:, k - 1].argmax(dim=1)] for k in ks])
