"""The explorer of nearest neighbours draws the regions and errors of its controls' values."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier as Sklearn

from course.visualize import two_moons
from course.widgets import draw_neighbors, neighbor_explorer


def the_draw(noise, draw):
    rng = np.random.default_rng(draw)
    return *two_moons(120, noise, rng), *two_moons(300, noise, rng)


@pytest.mark.parametrize("metric, name", [("l1", "manhattan"), ("l2", "euclidean"), ("cosine", "cosine")])
def test_errors_are_those_of_scikit_learn_on_the_points_shown(metric, name):
    """The marks in the right picture are the errors of scikit-learn's vote, on both sets of points."""
    figure = draw_neighbors(7, metric, noise=0.4, draw=3)
    points, labels, unseen, targets = the_draw(0.4, 3)
    for label, line in enumerate(figure.axes[0].lines):
        np.testing.assert_array_equal(line.get_xydata(), points[labels == label].numpy())
    vote = Sklearn(7, metric=name, algorithm="brute").fit(points, labels)
    expected = [[7, 1 - vote.score(points, labels)], [7, 1 - vote.score(unseen, targets)]]
    marks = [line.get_xydata()[0] for line in figure.axes[1].lines if len(line.get_xdata()) == 1]
    np.testing.assert_allclose(marks, expected, atol=1e-12)
    assert f"the regions of 7 nearest neighbours, metric {metric}," in figure.alt


def test_every_combination_of_controls_draws():
    """The ends of all sliders together give a picture, never an exception."""
    controls = neighbor_explorer().controls
    for k in (controls["k"].min, controls["k"].max):
        for metric in controls["metric"].options:
            for noise in (controls["noise"].min, controls["noise"].max):
                alt = draw_neighbors(k, metric, noise, controls["draw"].max).alt
                assert f"{k} nearest" in alt and f"noise {noise:g}" in alt
    with pytest.raises(ValueError, match="n_neighbors=121 must be at most 120"):
        draw_neighbors(121)


def test_controls_have_the_drawing_function_own_defaults():
    """The first picture is draw_neighbors() with no argument."""
    assert neighbor_explorer().picture().pixels().tobytes() == draw_neighbors().pixels().tobytes()
