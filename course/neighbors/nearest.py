"""Brute-force nearest neighbor search: fast, in little memory, and with a rule for ties.

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

from course.checks import as_rows, check_columns
from course.errors import unknown_name

from .distances import CACHE_BYTES, DISTANCES, cosine_of_pairs, l1, nonzero

CHUNK_BYTES = 32 * 2**20  # rough distances at a time
LAYERS = 8  # of `possible_pairs`
SMALL = 2.0**-40  # squares of shorter rows lose digits, or are 0


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
        self.train, self.lengths = self.measured(train)
        return self

    def measured(self, X: Tensor) -> tuple[Tensor, Tensor]:
        """Rows and their lengths; where directions alone count, very short rows are made longer."""
        lengths = finite_lengths("X", X, self.order)
        if self.metric == "cosine" and (lengths < SMALL).any():
            X = magnified_rows(X)
            lengths = finite_lengths("X", X, self.order)
        return X, lengths

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
        X, lengths = self.measured(X)
        if self.metric == "l2" and lengths.max() < SMALL and self.lengths.max() < SMALL:
            largest = max(X.abs().max(), self.train.abs().max()).item()
            if largest > 0:
                return self.of_small_numbers(X, magnification(X.new_tensor(largest)).item())
        rows = max(1, CHUNK_BYTES // (len(self.train) * X.element_size()))
        chunks = zip(X.split(rows), lengths.split(rows), strict=True)
        distances, indices = zip(*(self.search(*chunk) for chunk in chunks), strict=True)
        return torch.cat(distances), torch.cat(indices)

    def of_small_numbers(self, X: Tensor, factor: float) -> tuple[Tensor, Tensor]:
        """`kneighbors` of rows that are multiplied by a power of two, so that squares are left of them."""
        larger = NearestNeighbors(self.n_neighbors, metric=self.metric).fit(self.train * factor)
        distances, indices = larger.kneighbors(X * factor)
        return distances / factor, indices

    def search(self, queries: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """`kneighbors` for one chunk of queries, (N, D), and their lengths, (N,)."""
        k, N = self.n_neighbors, len(queries)
        rows, columns = possible_pairs(*self.rough(queries, lengths), k)  # (pairs,) each
        distances = self.measure(queries, rows, columns)
        # By distance, then by row; stable, so that equal distances of a row keep their order, by column.
        order = distances.argsort(stable=True)
        order = order[rows[order].argsort(stable=True)]
        pairs_of_row = rows.bincount(minlength=N)
        first = pairs_of_row.cumsum(0) - pairs_of_row
        nearest = order[first[:, None] + torch.arange(k, device=rows.device)]  # (N, k)
        return distances[nearest], columns[nearest]

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

    def measure(self, queries: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """Distances (pairs,) of queries, by row, from training rows, by column; exactly 0 for equal ones."""
        at_a_time = max(1, CACHE_BYTES // (queries.shape[1] * queries.element_size()))
        distances = []
        for row, column in zip(rows.split(at_a_time), columns.split(at_a_time), strict=True):
            x, y = queries.index_select(0, row), self.train.index_select(0, column)  # (at_a_time, D)
            if self.metric == "cosine":
                distances.append(cosine_of_pairs(x, y))
            else:
                distances.append(torch.linalg.vector_norm(x.sub_(y), ord=self.order, dim=1))
        return torch.cat(distances)


def magnification(size: Tensor) -> Tensor:
    """The power of two that brings a size near 1, or as near as its dtype allows; exact to multiply by."""
    _, exponent = torch.frexp(size)
    largest = 1000 if size.dtype == torch.float64 else 120
    return torch.ldexp(torch.ones_like(size), (-exponent).clamp(-largest, largest))


def magnified_rows(X: Tensor) -> Tensor:
    """Rows of the same directions, of which the smallest are near 1; rows of zeros stay."""
    for _ in range(2):  # float32 begins at 2 ** -149, float64 at 2 ** -1074
        X = X * magnification(X.abs().amax(dim=1, keepdim=True))
    return X


def possible_pairs(keys: Tensor, margin: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Rows and columns, (pairs,) each and ascending, of keys up to a margin above the k-th smallest of a row.

    A few larger keys may be among them. To sort less, a row is laid in 8 layers, one above the other: the k
    smallest keys stand in the k stacks with the smallest minima, and the k-th minimum is no smaller than the
    k-th key. A row whose next minimum is within the margin too is searched as a whole.

    Args:
        keys: (N, n).
        margin: (N, 1).
        k: at most n.
    """
    N, n = keys.shape
    stacks = n // LAYERS
    if stacks <= k:
        limit = keys.topk(k, largest=False).values[:, -1:] + margin
        return (keys <= limit).nonzero().unbind(1)
    minima = keys[:, : LAYERS * stacks].view(N, LAYERS, stacks).amin(dim=1)  # (N, stacks)
    minima, chosen = minima.topk(k + 1, largest=False)
    limit = minima[:, k - 1 : k] + margin
    layers = stacks * torch.arange(LAYERS, device=keys.device)[:, None]
    rest = torch.arange(LAYERS * stacks, n, device=keys.device).expand(N, -1)
    columns = torch.cat([(chosen[:, None] + layers).flatten(1), rest], dim=1)  # (N, LAYERS * chosen + rest)
    whole = minima[:, -1] <= limit[:, 0]
    possible = (keys.gather(1, columns) <= limit) & ~whole[:, None]
    pairs = n * possible.nonzero()[:, 0] + columns[possible]
    whole = whole.nonzero()[:, 0]
    in_whole, column = (keys[whole] <= limit[whole]).nonzero().unbind(1)
    pairs = torch.cat([pairs, n * whole[in_whole] + column]).sort().values
    return pairs // n, pairs % n


def finite_lengths(argument: str, X: Tensor, order: int) -> Tensor:
    """Lengths (N,) of the rows of X (N, D), in the norm of this order.

    Raises:
        ValueError: no rows, or a length that is not finite.
    """
    if len(X) == 0:
        raise ValueError(f"{argument} has shape {tuple(X.shape)}; it must have at least one row")
    lengths = torch.linalg.vector_norm(X, ord=order, dim=1)
    wrong = lengths.isfinite().logical_not().nonzero()
    if len(wrong):
        raise ValueError(f"row {int(wrong[0])} of {argument} holds values that are not finite, or too large")
    return lengths
