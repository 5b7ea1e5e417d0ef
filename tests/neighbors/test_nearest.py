"""The nearest rows against scikit-learn, the rule for ties, and the memory."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors as SklearnNeighbors
from torch.utils._python_dispatch import TorchDispatchMode

from course.neighbors import DISTANCES, NearestNeighbors, nearest


def rows(N, D, seed=0, dtype=torch.float32):
    return torch.randn(N, D, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def by_the_rule(X, train, k, order):
    """Distances and indices sorted by distance, then by index; slow and plain."""
    distances = torch.linalg.vector_norm(X[:, None] - train, ord=order, dim=2)
    pairs = [sorted((float(d), j) for j, d in enumerate(row))[:k] for row in distances]
    return torch.tensor([[d for d, _ in row] for row in pairs]), torch.tensor(
        [[j for _, j in row] for row in pairs]
    )


@settings(deadline=None, max_examples=40)
@given(data=st.data(), n=st.integers(1, 200), D=st.integers(1, 20), metric=st.sampled_from(sorted(DISTANCES)))
def test_neighbours_are_those_of_scikit_learn(data, n, D, metric):
    """For random shapes, the same indices in the same order, at the same distances."""
    k = data.draw(st.integers(1, n))
    train, X = rows(n, D, seed=n, dtype=torch.float64), rows(7, D, seed=1000 + D, dtype=torch.float64)
    if metric == "cosine" and D == 1:
        D, train, X = 2, rows(n, 2, seed=n).double(), rows(7, 2, seed=1001).double()
    distances, indices = NearestNeighbors(k, metric=metric).fit(train).kneighbors(X)
    oracle = SklearnNeighbors(n_neighbors=k, metric=metric, algorithm="brute").fit(train.numpy())
    expected_distances, expected_indices = oracle.kneighbors(X.numpy())
    torch.testing.assert_close(distances, torch.from_numpy(expected_distances), rtol=1e-7, atol=1e-9)
    assert torch.equal(indices, torch.from_numpy(expected_indices))


@pytest.mark.parametrize("metric", ["l1", "l2"])
@pytest.mark.parametrize("n", [6, 40, 400])
def test_among_equal_distances_the_smaller_index_comes_first(n, metric):
    """On a grid of few whole numbers, where most distances are equal, also at the edge of the k nearest."""
    generator = torch.Generator().manual_seed(n)
    train, X = (torch.randint(0, 3, (m, 3), generator=generator).float() for m in (n, 60))
    for k in (1, 3, 6):
        distances, indices = NearestNeighbors(k, metric=metric).fit(train).kneighbors(X)
        expected_distances, expected_indices = by_the_rule(X, train, k, 1 if metric == "l1" else 2)
        assert torch.equal(indices, expected_indices)
        torch.testing.assert_close(distances, expected_distances)


@pytest.mark.parametrize("metric", sorted(DISTANCES))
def test_copies_of_a_row_are_found_in_order_at_distance_zero(metric):
    """A hundred copies among 600 rows, with large values that a product of matrices would blur."""
    train = 100 + rows(600, 70)
    copies = torch.arange(3, 600, 6)
    train[copies] = train[3].clone()
    distances, indices = NearestNeighbors(12, metric=metric).fit(train).kneighbors(train[3:4])
    assert torch.equal(indices[0], copies[:12])
    assert (distances == 0).all()


def test_nearly_equal_rows_are_told_apart():
    """Differences far below the rounding of |x|^2 still decide: the rough look would order them by chance."""
    train = torch.full((500, 4), 1000.0)
    train[:, 0] += torch.randperm(500, generator=torch.Generator().manual_seed(0)) * 2**-13
    distances, indices = NearestNeighbors(500).fit(train).kneighbors(torch.full((1, 4), 1000.0))
    assert torch.equal(indices[0], train[:, 0].argsort())
    torch.testing.assert_close(distances[0], torch.arange(500) * 2**-13)


def test_nearly_equal_directions_are_told_apart():
    """Cosine distances around 1e-5, of which 1 - a.b in float32 keeps two digits; float64 has them all."""
    train, X = 1 + 3e-3 * rows(500, 200), 1 + 3e-3 * rows(40, 200, seed=1)
    distances, indices = NearestNeighbors(5, metric="cosine").fit(train).kneighbors(X)
    exact, expected = NearestNeighbors(5, metric="cosine").fit(train.double()).kneighbors(X.double())
    assert torch.equal(indices, expected)
    torch.testing.assert_close(distances, exact.float(), rtol=1e-3, atol=0)


@pytest.mark.parametrize("metric", sorted(DISTANCES))
def test_chunks_change_nothing(metric, monkeypatch):
    """One query and one pair at a time, or all together: the same distances and indices."""
    train, X = rows(90, 6), rows(17, 6, seed=1)
    together = NearestNeighbors(4, metric=metric).fit(train).kneighbors(X)
    monkeypatch.setattr(nearest, "CHUNK_BYTES", 1)
    monkeypatch.setattr(nearest, "CACHE_BYTES", 1)
    apart = NearestNeighbors(4, metric=metric).fit(train).kneighbors(X)
    assert torch.equal(together[1], apart[1])
    torch.testing.assert_close(together[0], apart[0])


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(1, 300), k=st.integers(1, 12), values=st.sampled_from([3, 1000]), seed=st.integers(0, 99)
)
def test_possible_pairs_leave_nothing_out(n, k, values, seed):
    """All keys up to the margin above the k-th smallest are there, in order, once; few values give ties."""
    k = min(k, n)
    keys = torch.randint(0, values, (4, n), generator=torch.Generator().manual_seed(seed)).float()
    margin = torch.tensor([0.0, 0.5, 1.0, 20.0])[:, None]
    rows, columns = nearest.possible_pairs(keys, margin, k)
    found = list(zip(rows.tolist(), columns.tolist(), strict=True))
    needed = (keys <= keys.sort(dim=1).values[:, k - 1 : k] + margin).nonzero().tolist()
    assert found == sorted(set(found))
    assert {tuple(pair) for pair in needed} <= set(found)


def test_possible_pairs_are_few():
    """Of 1,000 random keys in a row hardly more than the k nearest have to be measured."""
    keys = torch.rand(50, 1000, generator=torch.Generator().manual_seed(0))
    rows, _ = nearest.possible_pairs(keys, torch.zeros(50, 1), 5)
    assert len(rows) < 50 * 6


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_dtypes(dtype):
    """Half precision is computed in float32; float64 stays."""
    train = rows(30, 5).to(dtype)
    distances, indices = NearestNeighbors(1).fit(train).kneighbors(train)
    assert distances.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert torch.equal(indices[:, 0], torch.arange(30))


def test_one_row_one_query_one_column():
    """The smallest problem there is."""
    distances, indices = NearestNeighbors(1).fit(torch.tensor([[2.0]])).kneighbors(torch.tensor([[5.0]]))
    assert (distances.item(), indices.item()) == (3.0, 0)


def test_rows_may_be_views():
    """Columns of a larger tensor give the same neighbours, and the tensors given keep their values."""
    wide = rows(8, 50)
    train, X = wide.T[::2], wide.T[1::2]
    before = wide.clone()
    found = NearestNeighbors(3).fit(train).kneighbors(X)
    expected = NearestNeighbors(3).fit(train.contiguous()).kneighbors(X.contiguous())
    assert torch.equal(found[1], expected[1])
    assert torch.equal(wide, before)


def test_fit_copies_nothing():
    """A large training set is kept, not doubled."""
    train = rows(10, 3)
    assert NearestNeighbors(1).fit(train).train.data_ptr() == train.data_ptr()


class Largest(TorchDispatchMode):
    """Remembers the largest tensor that is computed, in bytes; views do not count."""

    bytes = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        if not function.is_view:
            tensors = out if isinstance(out, tuple | list) else [out]
            self.bytes = max([self.bytes, *(t.nbytes for t in tensors if isinstance(t, torch.Tensor))])
        return out


@pytest.mark.parametrize("metric", sorted(DISTANCES))
def test_no_tensor_is_larger_than_a_chunk(metric, monkeypatch):
    """Neither all distances, 1.9 MiB here, nor differences, 1.9 GiB for all: chunks of 1 MiB hold 1 MiB."""
    monkeypatch.setattr(nearest, "CHUNK_BYTES", 2**20)
    monkeypatch.setattr(nearest, "CACHE_BYTES", 2**18)
    search, X = NearestNeighbors(5, metric=metric).fit(rows(1000, 1000)), rows(500, 1000, seed=1)
    with Largest() as largest:
        search.kneighbors(X)
    assert 2**19 < largest.bytes <= 2**20


def fitted(k=2, n=5):
    return NearestNeighbors(k).fit(rows(n, 3))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: NearestNeighbors(0), ValueError, "n_neighbors=0 must be at least 1"),
        (lambda: NearestNeighbors(2.0), TypeError, "n_neighbors=2.0 must be a whole number"),
        (lambda: NearestNeighbors(True), TypeError, "n_neighbors=True must be a whole number"),
        (
            lambda: NearestNeighbors(metric="l3"),
            ValueError,
            "metric='l3' is unknown; choose from l1, l2, cosine",
        ),
        (lambda: fitted(k=6), ValueError, "n_neighbors=6 must be at most 5, the rows of X"),
        (lambda: fitted(n=0), ValueError, "n_neighbors=2 must be at most 0, the rows of X"),
        (
            lambda: NearestNeighbors().kneighbors(rows(1, 3)),
            ValueError,
            "no training rows yet; call fit first",
        ),
        (lambda: fitted().kneighbors(rows(1, 4)), ValueError, "X has 4 columns; it must have 3"),
        (
            lambda: fitted().kneighbors(rows(0, 3)),
            ValueError,
            r"X has shape \(0, 3\); it must have at least one",
        ),
        (
            lambda: fitted().kneighbors(rows(2, 3) / 0),
            ValueError,
            "row 0 of X holds values that are not finite",
        ),
        (
            lambda: NearestNeighbors(1).fit(rows(2, 3).int()),
            TypeError,
            "X has dtype torch.int32; it must be a",
        ),
        (
            lambda: NearestNeighbors(1).fit(torch.tensor([[1], [torch.nan]])),
            ValueError,
            "row 1 of X holds values",
        ),
    ],
)
def test_bad_arguments_are_named(call, error, text):
    """The line names the argument, its value and what is allowed."""
    with pytest.raises(error, match=text):
        call()


SMALL = [(torch.float32, 1e-22), (torch.float32, 1e-36), (torch.float64, 1e-200), (torch.float64, 1e-290)]


@pytest.mark.parametrize("metric", ["l1", "l2", "cosine"])
@pytest.mark.parametrize("dtype, size", SMALL)
def test_small_numbers_have_the_neighbours_of_larger_ones(metric, dtype, size):
    """Squares of very small numbers are 0; neighbours and distances are found all the same."""
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(300, 5, generator=generator, dtype=torch.float64)
    queries = torch.randn(40, 5, generator=generator, dtype=torch.float64)
    expected = NearestNeighbors(3, metric=metric).fit(X).kneighbors(queries)
    distances, indices = (
        NearestNeighbors(3, metric=metric).fit((X * size).to(dtype)).kneighbors((queries * size).to(dtype))
    )
    assert torch.equal(indices, expected[1])
    scale = 1 if metric == "cosine" else size
    torch.testing.assert_close(distances.double() / scale, expected[0], rtol=1e-3, atol=1e-6)


def test_rows_of_all_sizes_have_directions():
    """By cosine the size of a row does not matter, however small; only a row of zeros has no direction."""
    X = torch.tensor([[1.0, 0.0], [0.0, 1e-30], [1e-40, 1e-40], [0.0, 0.0]])
    distances, indices = NearestNeighbors(1, metric="cosine").fit(X).kneighbors(X * 0.5)
    assert indices[:3, 0].tolist() == [0, 1, 2] and distances[:3].abs().max() < 1e-6
    assert distances[3] == 1
