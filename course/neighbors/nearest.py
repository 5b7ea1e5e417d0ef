"""The k nearest rows, by brute force: fast, in little memory, and with a rule for ties.

Two looks. A product of matrices gives rough distances from a chunk of queries to all training rows. They can
be wrong in the last digits, so the few rows that may belong to the k nearest are then measured difference by
difference. Nearest first; **among equal distances the smaller training index comes first**.

"May belong" leaves a margin for rounding. The error of a sum of D products is about sqrt(D) roundings
(Higham and Mary 2019, "A new approach to probabilistic rounding error analysis"); the margin has four times
that for each of the two keys compared.
"""

from numbers import Integral
from typing import Self

import torch
from torch import Tensor

from course.errors import unknown_name

from .arguments import as_rows, check_columns, finite_lengths
from .distances import CACHE_BYTES, DISTANCES, cosine_of_pairs, l1, nonzero

CHUNK_BYTES = 32 * 2**20  # rough distances at a time
LAYERS = 8  # of `smallest`
SPARE = 4  # candidates beyond the k nearest; a query that may need more is measured against all rows


class NearestNeighbors:
    """Finds the nearest of the training rows.

    Args:
        n_neighbors: k, how many.
        metric: "l1", "l2" or "cosine".

    Raises:
        TypeError: n_neighbors is no whole number.
        ValueError: n_neighbors below 1, or another metric.
    """

    def __init__(self, n_neighbors: int = 5, *, metric: str = "l2"):
        if isinstance(n_neighbors, bool) or not isinstance(n_neighbors, Integral):
            raise TypeError(f"n_neighbors={n_neighbors!r} must be a whole number")
        if n_neighbors < 1:
            raise ValueError(f"n_neighbors={n_neighbors} must be at least 1")
        if metric not in DISTANCES:
            raise ValueError(unknown_name("metric", metric, DISTANCES))
        self.n_neighbors, self.metric = n_neighbors, metric
        self.order = 1 if metric == "l1" else 2  # of the norm behind the metric
        self.train: Tensor | None = None

    def fit(self, X: Tensor) -> Self:
        """Keep the training rows X (N, D); float32 and float64 are not copied.

        Raises:
            TypeError: X is not a tensor of floating point numbers.
            ValueError: another rank, fewer than n_neighbors rows, a value that is not finite.
        """
        train = as_rows("X", X)
        if len(train) < self.n_neighbors:
            raise ValueError(f"n_neighbors={self.n_neighbors} must be at most {len(train)}, the rows of X")
        self.lengths = finite_lengths("X", train, self.order)
        self.train = train
        return self

    def kneighbors(self, X: Tensor) -> tuple[Tensor, Tensor]:
        """Distances and training indices, both (N, k), of the nearest rows for each row of X (N, D).

        Raises:
            TypeError: X is not a tensor of floating point numbers.
            ValueError: fit was not called, no rows, another number of columns, a value that is not finite.
        """
        if self.train is None:
            raise ValueError(f"{type(self).__name__} has no training rows yet; call fit first")
        X = as_rows("X", X).to(self.train.dtype)
        check_columns("X", X, self.train.shape[1])
        lengths = finite_lengths("X", X, self.order)
        rows = max(1, CHUNK_BYTES // (len(self.train) * X.element_size()))
        chunks = zip(X.split(rows), lengths.split(rows), strict=True)
        distances, indices = zip(*(self.search(*chunk) for chunk in chunks), strict=True)
        return torch.cat(distances), torch.cat(indices)

    def search(self, queries: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """`kneighbors` for one chunk of queries, (N, D), and their lengths, (N,)."""
        k, n = self.n_neighbors, len(self.train)
        keys, margin = self.rough(queries, lengths)
        keys, candidates = smallest(keys, min(k + SPARE, n))  # (N, candidates)
        possible = keys <= keys[:, k - 1 : k] + margin
        distances, indices = self.measure(queries, candidates, possible)
        if candidates.shape[1] < n:
            everything = torch.arange(n, device=queries.device)
            for rows in possible[:, -1].nonzero()[:, 0].split(len(queries) // 8 + 1):
                all_rows = everything.expand(len(rows), n)
                distances[rows], indices[rows] = self.measure(queries[rows], all_rows, all_rows >= 0)
        return distances, indices

    def rough(self, queries: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Keys (N, n) that grow with the distance, and by how much two may be out of order, (N, 1)."""
        lengths = lengths[:, None]
        if self.metric == "l1":
            keys, scale = l1(queries, self.train), lengths + self.lengths.max()
        elif self.metric == "l2":  # |x - y|^2 without |x|^2, which is the same for all y
            keys = torch.addmm(self.lengths.square(), queries, self.train.T, alpha=-2)
            scale = (lengths + self.lengths.max()).square()
        else:
            keys = (queries @ self.train.T).div_(nonzero(self.lengths)).div_(-nonzero(lengths))
            scale = torch.ones_like(lengths)
        return keys, 4 * torch.finfo(keys.dtype).eps * queries.shape[1] ** 0.5 * scale

    def measure(self, queries: Tensor, candidates: Tensor, possible: Tensor) -> tuple[Tensor, Tensor]:
        """Distances and indices, (N, k), of the nearest among the possible candidates, (N, m) indices."""
        candidates, order = candidates.sort(dim=1)
        possible = possible.gather(1, order)
        rows, columns = possible.nonzero()[:, 0], candidates[possible]
        pairs = max(1, CACHE_BYTES // (queries.shape[1] * queries.element_size()))
        measured = [
            self.of_pairs(queries.index_select(0, row), self.train.index_select(0, column))
            for row, column in zip(rows.split(pairs), columns.split(pairs), strict=True)
        ]
        distances = queries.new_full(candidates.shape, torch.inf)
        distances[possible] = torch.cat(measured)
        # The candidates ascend, so a stable sort leaves the smaller index first among equal distances.
        distances, order = distances.sort(dim=1, stable=True)
        return distances[:, : self.n_neighbors], candidates.gather(1, order[:, : self.n_neighbors])

    def of_pairs(self, x: Tensor, y: Tensor) -> Tensor:
        """Distances (P,) of the pairs of rows of x (P, D) and y (P, D): exactly 0 for equal rows."""
        if self.metric == "cosine":
            return cosine_of_pairs(x, y)
        return torch.linalg.vector_norm(x.sub_(y), ord=self.order, dim=1)


def smallest(keys: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The smallest keys of each row, ascending, and their columns: both (N, count), for keys (N, n).

    As `topk`, with less to sort. Lay a row in 8 layers, one above the other: the `count` smallest keys stand
    in the `count` stacks with the smallest minima.
    """
    N, n = keys.shape
    stacks = n // LAYERS
    if stacks < count:
        return keys.topk(count, largest=False)
    minima = keys[:, : LAYERS * stacks].view(N, LAYERS, stacks).amin(dim=1)  # (N, stacks)
    chosen = minima.topk(count, largest=False, sorted=False).indices  # (N, count)
    layers = stacks * torch.arange(LAYERS, device=keys.device)[:, None]
    rest = torch.arange(LAYERS * stacks, n, device=keys.device).expand(N, -1)
    columns = torch.cat([(chosen[:, None] + layers).flatten(1), rest], dim=1)  # (N, LAYERS * count + rest)
    values, places = keys.gather(1, columns).topk(count, largest=False)
    return values, columns.gather(1, places)
