"""k nearest neighbors: distances between vectors, the k nearest of a training set, and their vote.

Names as in scikit-learn, on torch tensors and their device.
"""

from .by_k import predict_by_k
from .classifier import KNeighborsClassifier
from .distances import DISTANCES, cosine, l1, l2, pairwise_distances
from .nearest import NearestNeighbors

__all__ = [
    "DISTANCES",
    "KNeighborsClassifier",
    "NearestNeighbors",
    "cosine",
    "l1",
    "l2",
    "pairwise_distances",
    "predict_by_k",
]
