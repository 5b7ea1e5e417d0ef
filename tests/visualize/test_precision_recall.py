"""Precision–recall curves are scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve

from course.visualize.precision_recall import average_precision, plot_precision_recall, precision_recall


@pytest.mark.parametrize("ties", [False, True])
def test_curve_and_area_are_those_of_scikit_learn(ties):
    """The same points, from the highest threshold down; equal scores count together."""
    rng = np.random.default_rng(3)
    positive = rng.random(200) < 0.2
    scores = rng.normal(size=200) + positive
    scores = scores.round(1) if ties else scores
    precision, recall, thresholds = precision_recall(positive, scores)
    theirs = precision_recall_curve(positive, scores)
    # theirs: lowest threshold first, and a last point of recall 0
    np.testing.assert_allclose(precision, theirs[0][-2::-1])
    np.testing.assert_allclose(recall, theirs[1][-2::-1])
    np.testing.assert_allclose(thresholds, theirs[2][::-1])
    assert average_precision(precision, recall) == pytest.approx(average_precision_score(positive, scores))


def test_a_perfect_detector_has_precision_1_until_all_is_found():
    """And the area below its curve is 1."""
    precision, recall, _ = precision_recall(np.array([0, 1, 1, 0]), np.array([0.1, 0.9, 0.8, 0.3]))
    np.testing.assert_allclose(precision, [1, 1, 2 / 3, 1 / 2])
    np.testing.assert_allclose(recall, [0.5, 1, 1, 1])
    assert average_precision(precision, recall) == 1


def test_the_picture_draws_the_curve():
    """Recall to the right, precision up, the area and marked points in the words."""
    curve = precision_recall(np.array([0, 1, 1, 0]), np.array([0.8, 0.9, 0.1, 0.3]))
    figure = plot_precision_recall({"eights": curve}, 0.5, {"threshold 0": (0.5, 1.0)})
    line = figure.axes[0].lines[0]
    np.testing.assert_allclose(line.get_xdata(), curve[1])
    np.testing.assert_allclose(line.get_ydata(), curve[0])
    assert "eights with an area of 0.75" in figure.alt
    assert "threshold 0, precision 0.50, recall 1.00" in figure.alt


def test_there_must_be_something_to_find():
    """Without a positive example, with other shapes, and without a curve, one line says so."""
    with pytest.raises(ValueError, match="one true at least"):
        precision_recall(np.zeros(3, dtype=bool), np.ones(3))
    with pytest.raises(ValueError, match="scores"):
        precision_recall(np.ones(3, dtype=bool), np.ones(4))
    with pytest.raises(ValueError, match="at least one curve"):
        plot_precision_recall({})
