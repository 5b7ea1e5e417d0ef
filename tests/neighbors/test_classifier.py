"""The vote of the neighbours against scikit-learn."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier as SklearnClassifier

from course.neighbors import DISTANCES, KNeighborsClassifier


def both(train, y, **kwargs):
    """Ours and scikit-learn's, fitted on the same rows."""
    oracle = SklearnClassifier(algorithm="brute", **kwargs).fit(train.numpy(), y.numpy())
    return KNeighborsClassifier(**kwargs).fit(train, y), oracle


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(2, 60),
    D=st.integers(2, 9),
    k=st.integers(1, 8),
    weights=st.sampled_from(["uniform", "distance"]),
    metric=st.sampled_from(sorted(DISTANCES)),
)
def test_votes_are_those_of_scikit_learn(n, D, k, weights, metric):
    """For random rows and labels with gaps, shares and labels agree; some queries are training rows."""
    generator = torch.Generator().manual_seed(100 * n + k)
    train = torch.randn(n, D, generator=generator, dtype=torch.float64)
    X = torch.cat([torch.randn(9, D, generator=generator, dtype=torch.float64), train[:3]])
    y = torch.randint(0, 4, (n,), generator=generator) * 5 - 3
    ours, oracle = both(train, y, n_neighbors=min(k, n), weights=weights, metric=metric)
    # scikit-learn leaves 1e-16 as the cosine distance of equal rows; there its shares come close to ours.
    torch.testing.assert_close(
        ours.predict_proba(X), torch.from_numpy(oracle.predict_proba(X.numpy())), rtol=1e-6, atol=1e-6
    )
    assert ours.classes_.tolist() == oracle.classes_.tolist()
    assert ours.predict(X).tolist() == oracle.predict(X.numpy()).tolist()


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("metric", sorted(DISTANCES))
def test_digits(weights, metric):
    """On 500 digits that scikit-learn ships, trained on 1,000 others, every label agrees; most are right."""
    images, labels = (torch.from_numpy(array) for array in load_digits(return_X_y=True))
    images = images.float()
    ours, oracle = both(images[:1000], labels[:1000], n_neighbors=3, weights=weights, metric=metric)
    predicted = ours.predict(images[1000:1500])
    assert predicted.tolist() == oracle.predict(images[1000:1500].numpy()).tolist()
    assert (predicted == labels[1000:1500]).float().mean() > 0.9


def test_among_equal_votes_the_smaller_label_wins():
    """Two votes against two, the larger label nearer."""
    train, y = torch.tensor([[0.0], [1.0], [2.0], [3.0]]), torch.tensor([7, 7, 4, 4])
    classifier = KNeighborsClassifier(4).fit(train, y)
    assert classifier.predict(torch.tensor([[0.0]])).tolist() == [4]
    assert classifier.predict_proba(torch.tensor([[0.0]])).tolist() == [[0.5, 0.5]]


def test_a_tie_at_the_edge_lets_the_smaller_index_vote():
    """Two training rows are equally far; with k = 1 the first of them decides, not the smaller label."""
    train, y = torch.tensor([[-1.0], [1.0]]), torch.tensor([9, 2])
    assert KNeighborsClassifier(1).fit(train, y).predict(torch.tensor([[0.0]])).tolist() == [9]


def test_votes_by_distance_by_hand():
    """Label 1 at distance 1 weighs 1; two of label 0 at distances 4 and 4 weigh a half together."""
    train, y = torch.tensor([[1.0], [4.0], [-4.0]]), torch.tensor([1, 0, 0])
    classifier = KNeighborsClassifier(3, weights="distance").fit(train, y)
    torch.testing.assert_close(classifier.predict_proba(torch.zeros(1, 1)), torch.tensor([[1 / 3, 2 / 3]]))
    assert KNeighborsClassifier(3).fit(train, y).predict(torch.zeros(1, 1)).tolist() == [0]


def test_rows_at_distance_zero_decide_alone():
    """Of three rows, two are the query itself, with different labels: each has half of the vote."""
    train, y = torch.tensor([[0.0], [0.0], [1.0]]), torch.tensor([2, 0, 1])
    classifier, oracle = both(train, y, n_neighbors=3, weights="distance", metric="l2")
    assert classifier.predict_proba(torch.zeros(1, 1)).tolist() == [[0.5, 0.0, 0.5]]
    assert oracle.predict_proba([[0.0]]).tolist() == [[0.5, 0.0, 0.5]]


def test_one_class_and_labels_that_are_booleans():
    """A single class has all votes; booleans are labels too."""
    train = torch.tensor([[0.0], [1.0]])
    assert KNeighborsClassifier(2).fit(train, torch.tensor([3, 3])).predict(train).tolist() == [3, 3]
    assert KNeighborsClassifier(1).fit(train, torch.tensor([False, True])).predict(train).tolist() == [
        False,
        True,
    ]


ROWS, LABELS = torch.rand(4, 2), torch.tensor([0, 1, 0, 1])


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: KNeighborsClassifier(0), ValueError, "n_neighbors=0 must be at least 1"),
        (
            lambda: KNeighborsClassifier(weights="unifrom"),
            ValueError,
            "weights='unifrom' is unknown.*'uniform'",
        ),
        (lambda: KNeighborsClassifier(5).fit(ROWS, LABELS), ValueError, "n_neighbors=5 must be at most 4"),
        (
            lambda: KNeighborsClassifier(1).fit(ROWS[:0], LABELS[:0]),
            ValueError,
            "n_neighbors=1 must be at most 0",
        ),
        (lambda: KNeighborsClassifier(1).fit(ROWS, LABELS.float()), TypeError, "y is of type torch.float32"),
        (
            lambda: KNeighborsClassifier(1).fit(ROWS, [0, 1]),
            TypeError,
            "y is of type list; it must be a tensor",
        ),
        (
            lambda: KNeighborsClassifier(1).fit(ROWS, LABELS[:3]),
            ValueError,
            r"\(3,\); it must be \(4,\), a label",
        ),
        (
            lambda: KNeighborsClassifier(1).predict(ROWS),
            ValueError,
            "KNeighborsClassifier has no training rows",
        ),
    ],
)
def test_bad_arguments_are_named(call, error, text):
    """The line names the argument, its value and what is allowed."""
    with pytest.raises(error, match=text):
        call()


def test_a_third_dimension_is_named_as_such():
    """X with one dimension too many is blamed itself, not y."""
    X, y = torch.zeros(4, 2), torch.arange(4)
    with pytest.raises(ValueError, match=r"X has shape \(1, 4, 2\); it must be \(N, D\)"):
        KNeighborsClassifier(1).fit(X[None], y)
    with pytest.raises(ValueError, match="y has shape"):
        KNeighborsClassifier(1).fit(X, y[:3])
