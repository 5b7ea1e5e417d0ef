"""Distances against scikit-learn."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances as sklearn_distances

from course.neighbors import DISTANCES, l2, pairwise_distances
from course.neighbors.distances import cosine_of_pairs

SIZES = st.integers(1, 12)


@settings(deadline=None, max_examples=25)
@given(N=SIZES, M=SIZES, D=SIZES, seed=st.integers(0, 99), metric=st.sampled_from(sorted(DISTANCES)))
def test_distances_are_those_of_scikit_learn(N, M, D, seed, metric):
    """For random shapes, float32 and float64, each metric is scikit-learn's metric of the same name."""
    generator = torch.Generator().manual_seed(seed)
    X, Y = (torch.randn(n, D, generator=generator, dtype=torch.float64) for n in (N, M))
    expected = torch.from_numpy(sklearn_distances(X.numpy(), Y.numpy(), metric=metric))
    torch.testing.assert_close(pairwise_distances(X, Y, metric), expected, rtol=1e-9, atol=1e-7)
    in_float32 = pairwise_distances(X.float(), Y.float(), metric)
    torch.testing.assert_close(in_float32, expected.float(), rtol=1e-4, atol=1e-4)


def test_three_distances_by_hand():
    """From (3, 4) to (0, 0) and to (4, 3)."""
    X, Y = torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 0.0], [4.0, 3.0]])
    torch.testing.assert_close(pairwise_distances(X, Y, "l1"), torch.tensor([[7.0, 2.0]]))
    torch.testing.assert_close(pairwise_distances(X, Y, "l2"), torch.tensor([[5.0, 2.0**0.5]]))
    torch.testing.assert_close(pairwise_distances(X, Y, "cosine"), torch.tensor([[1.0, 1 - 24 / 25]]))


def test_a_vector_of_zeros_is_at_cosine_distance_one():
    """From everything, from another vector of zeros too, as in scikit-learn."""
    X = torch.tensor([[0.0, 0.0], [1.0, 2.0]])
    expected = torch.from_numpy(sklearn_distances(X.numpy(), X.clone().numpy(), metric="cosine"))
    torch.testing.assert_close(pairwise_distances(X, X, "cosine"), expected)
    pairs = cosine_of_pairs(torch.zeros(2, 2), X)
    torch.testing.assert_close(pairs, torch.ones(2))


def test_cosine_of_pairs_is_exactly_zero_for_equal_rows():
    """And agrees with the product of matrices elsewhere."""
    x, y = torch.randn(2, 6, 50, generator=torch.Generator().manual_seed(0))
    assert (cosine_of_pairs(x, x) == 0).all()
    torch.testing.assert_close(cosine_of_pairs(x, y), pairwise_distances(x, y, "cosine").diagonal())


def test_l2_is_never_nan():
    """Where rounding would make a square negative, the distance is 0."""
    X = 1000 + torch.rand(50, 30, generator=torch.Generator().manual_seed(0))
    assert l2(X, X).isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_float32(dtype):
    """The distances are those of the same numbers in float32."""
    X = torch.randn(4, 9, generator=torch.Generator().manual_seed(0)).to(dtype)
    assert torch.equal(pairwise_distances(X, X, "l1"), pairwise_distances(X.float(), X.float(), "l1"))


def test_rows_may_be_views_and_dtypes_may_differ():
    """A transposed view gives the same, and float64 wins over float32."""
    X = torch.randn(7, 5, generator=torch.Generator().manual_seed(0))
    Y = X.double().T.contiguous().T
    for metric in DISTANCES:
        distances = pairwise_distances(X, Y, metric)
        assert distances.dtype == torch.float64
        torch.testing.assert_close(distances, pairwise_distances(X.double(), X.double(), metric))


@pytest.mark.parametrize(
    ("X", "Y", "metric", "error", "text"),
    [
        (
            torch.ones(2, 3),
            torch.ones(2, 3),
            "l3",
            ValueError,
            r"metric='l3' is unknown; choose from l1, l2, cosine",
        ),
        (torch.ones(3), torch.ones(2, 3), "l2", ValueError, r"X has shape \(3,\); it must be \(N, D\)"),
        (torch.ones(2, 0), torch.ones(2, 0), "l2", ValueError, r"X has shape \(2, 0\); it must be \(N, D\)"),
        (torch.ones(2, 3), torch.ones(2, 4), "l2", ValueError, r"Y has 4 columns; it must have 3"),
        (
            torch.ones(2, 3).byte(),
            torch.ones(2, 3),
            "l2",
            TypeError,
            r"X has dtype torch.uint8; it must be a floating",
        ),
        (torch.ones(2, 3), [[1.0]], "l2", TypeError, r"Y must be a torch tensor, not list"),
    ],
)
def test_bad_arguments_are_named(X, Y, metric, error, text):
    """The line names the argument, its value and what is allowed."""
    with pytest.raises(error, match=text):
        pairwise_distances(X, Y, metric)
