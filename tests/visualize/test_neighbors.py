"""Nearest neighbours in the plane agree with scikit-learn, and their picture shows what was computed."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier as Sklearn

from course.visualize import errors_by_k, plot_neighbor_regions, two_moons

METRICS = {"l1": "manhattan", "l2": "euclidean", "cosine": "cosine"}


def draws(seed=0, count=60, unseen=200):
    rng = np.random.default_rng(seed)
    return *two_moons(count, 0.3, rng), *two_moons(unseen, 0.3, rng)


@pytest.mark.parametrize("metric", METRICS)
def test_errors_are_those_of_scikit_learn(metric):
    """For every k, the share of errors on unseen points is scikit-learn's."""
    train, labels, new, targets = draws()
    ks = [1, 2, 5, 17, 60]
    expected = [
        1 - Sklearn(k, metric=METRICS[metric], algorithm="brute").fit(train, labels).score(new, targets)
        for k in ks
    ]
    np.testing.assert_allclose(errors_by_k(train, labels, new, targets, ks, metric), expected, atol=1e-12)


def test_a_point_is_its_own_nearest_neighbour():
    """On its own training points, k = 1 makes no error."""
    train, labels, _, _ = draws(seed=1)
    assert errors_by_k(train, labels, train, labels, [1, 60])[0] == 0


def test_equal_votes_go_to_the_smaller_label():
    """With all points voting and equal classes, everything is class 0."""
    train, labels, new, targets = draws(seed=2)
    assert errors_by_k(train, labels, new, targets, [60]) == (targets == 1).double().mean()


def test_more_classes_than_the_training_labels_show():
    """A label that no training point has is always an error."""
    train, labels, new, _ = draws(seed=3)
    assert errors_by_k(train, labels, new, torch.full((200,), 3), [4]) == 1


def test_moons_lie_on_two_half_circles():
    """Without noise: class 0 on the upper half of a circle about (0, 0), 1 on the lower about (1, 0.5)."""
    points, labels = two_moons(101, 0.0, np.random.default_rng(4))
    assert points.dtype == torch.float32 and labels.bincount().tolist() == [51, 50]
    for label, centre, side in ((0, (0.0, 0.0), 1), (1, (1.0, 0.5), -1)):
        offset = points[labels == label] - torch.tensor(centre)
        np.testing.assert_allclose(offset.norm(dim=1), 1, rtol=1e-6)
        assert (side * offset[:, 1] >= -1e-6).all()


def test_the_picture_holds_a_panel_for_each_k():
    """Titles, points and text follow the arguments."""
    train, labels, _, _ = draws(seed=5)
    figure = plot_neighbor_regions(train, labels, [1, 9, 60])
    assert [panel.get_title() for panel in figure.axes] == ["k = 1", "k = 9", "k = 60"]
    for label, line in enumerate(figure.axes[1].lines):
        np.testing.assert_array_equal(line.get_xydata(), train[labels == label].numpy())
    assert figure.alt == (
        "60 points of two classes, "
        "and the regions of the k nearest neighbours for k = 1, 9 and 60, metric l2."
    )


def test_impossible_pictures_are_refused():
    """No k, five of them, or more neighbours than points is one line."""
    train, labels, _, _ = draws(seed=6)
    with pytest.raises(ValueError, match=r"ks=\[\] must hold one to four"):
        plot_neighbor_regions(train, labels, [])
    with pytest.raises(ValueError, match=r"ks=\[1, 2, 3, 4, 5\] must hold one to four"):
        plot_neighbor_regions(train, labels, [1, 2, 3, 4, 5])
    with pytest.raises(ValueError, match="n_neighbors=61 must be at most 60"):
        plot_neighbor_regions(train, labels, [61])
