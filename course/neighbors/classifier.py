"""k-NN classifier: keep the training set, and let the nearest examples vote (Cover and Hart 1967)."""

from typing import Self

import torch
from torch import Tensor

from course.checks import as_rows
from course.errors import unknown_name

from .nearest import NearestNeighbors

WEIGHTS = ("uniform", "distance")


class KNeighborsClassifier(NearestNeighbors):
    """Classify by a vote of the k nearest training examples.

    Names as in scikit-learn. Among equal distances the smaller training index counts as nearer; among equal
    votes the smaller label wins.

    Args:
        n_neighbors: k, how many vote.
        weights: "uniform" counts heads; "distance" weighs a vote by 1 / distance. Examples at distance 0 then
            decide alone.
        metric: "l1", "l2" or "cosine".

    Raises:
        TypeError: n_neighbors is no whole number.
        ValueError: n_neighbors below 1, other weights, another metric.
    """

    def __init__(self, n_neighbors: int = 5, *, weights: str = "uniform", metric: str = "l2"):
        super().__init__(n_neighbors, metric=metric)
        if weights not in WEIGHTS:
            raise ValueError(unknown_name("weights", weights, WEIGHTS))
        self.weights = weights

    def fit(self, X: Tensor, y: Tensor) -> Self:
        """Keep training rows X (N, D) and labels y (N,), whole numbers.

        Raises:
            TypeError: X does not hold floating point, y not whole numbers.
            ValueError: another rank, X and y of different lengths, fewer than n_neighbors rows, not finite.
        """
        if not isinstance(y, Tensor) or y.is_floating_point() or y.is_complex():
            kind = y.dtype if isinstance(y, Tensor) else type(y).__name__
            raise TypeError(f"y is of type {kind}; it must be a tensor of whole numbers")
        X = as_rows("X", X)
        if y.shape != X.shape[:1]:
            raise ValueError(f"y has shape {tuple(y.shape)}; it must be ({len(X)},), a label for each row")
        super().fit(X)
        self.classes_, self.labels = torch.unique(y, return_inverse=True)
        return self

    def predict_proba(self, X: Tensor) -> Tensor:
        """Shares of the vote (N, classes), in the order of `classes_`, for X (N, D); rows add up to 1."""
        distances, indices = self.kneighbors(X)
        votes = torch.ones_like(distances) if self.weights == "uniform" else inverse(distances)
        totals = votes.new_zeros(len(X), len(self.classes_))
        totals.scatter_add_(1, self.labels[indices], votes)
        return totals / totals.sum(dim=1, keepdim=True)

    def predict(self, X: Tensor) -> Tensor:
        """Labels (N,) with the most votes, for X (N, D)."""
        winners = self.predict_proba(X).argmax(dim=1)  # the first of equals
        return self.classes_[winners]


def inverse(distances: Tensor) -> Tensor:
    """1 / distance (N, k); where a row holds zeros, 1 for these and 0 for the others."""
    votes = 1 / distances
    infinite = votes.isinf()
    return torch.where(infinite.any(dim=1, keepdim=True), infinite.to(votes.dtype), votes)
