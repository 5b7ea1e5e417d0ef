"""Regions are the classifier's own answers."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from course.visualize import decision_grid, plot_decision_regions

POINTS = torch.tensor([[0.0, 0], [1, 0], [0, 2], [3, 1]])
LABELS = torch.tensor([0, 1, 2, 1])


def nearest(points):
    return LABELS[torch.cdist(points, POINTS).argmin(dim=1)]


def test_grid_holds_the_answers_of_scikit_learn():
    """Each grid point has the label that scikit-learn's nearest neighbour gives there, rows along y."""
    x, y, labels = decision_grid(nearest, (-1, 4), (-2, 3), resolution=17)
    assert (x[0], x[-1], y[0], y[-1]) == (-1, 4, -2, 3) and labels.shape == (17, 17)
    oracle = KNeighborsClassifier(1).fit(POINTS.numpy(), LABELS.numpy())
    for row in range(17):
        expected = oracle.predict(np.stack([x, np.full(17, y[row])], axis=1))
        np.testing.assert_array_equal(labels[row], expected)


def test_scores_become_the_best_class():
    """A module that gives one score a class is asked for its largest, without recording gradients."""
    model = torch.nn.Linear(2, 3)
    model.register_forward_hook(lambda module, inputs, output: recorded.append(output.requires_grad))
    recorded = []
    _, _, labels = decision_grid(model, (-1, 1), (-1, 1), resolution=5)
    assert recorded == [False]
    grid = torch.cartesian_prod(torch.linspace(-1, 1, 5), torch.linspace(-1, 1, 5)).flip(1)
    np.testing.assert_array_equal(labels.ravel(), model(grid).argmax(dim=1))


def test_another_answer_is_refused():
    """One number for all points is an error that tells both shapes."""
    with pytest.raises(ValueError, match=r"predict gave shape \(3,\); it must be \(25,\) or \(25, classes\)"):
        decision_grid(lambda points: torch.zeros(3), (0, 1), (0, 1), resolution=5)


def test_every_point_is_drawn_with_its_class():
    """The markers of a class lie at its points, its colour and marker are its own."""
    figure = plot_decision_regions(nearest, POINTS, LABELS, ["a", "b", "c"], "Neighbours")
    lines = figure.axes[0].lines
    for label, line in enumerate(lines):
        np.testing.assert_array_equal(line.get_xydata(), POINTS[label == LABELS])
    assert len({line.get_color() for line in lines}) == len({line.get_marker() for line in lines}) == 3
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "c"]
    assert figure.alt == "Decision regions of 3 classes with 4 points. Neighbours"
    left, right = figure.axes[0].get_xlim()
    assert left < 0 and right > 3


def test_a_class_without_points_or_without_region_is_drawn():
    """A class that is only predicted, and one that is never predicted, do not trouble the picture."""
    figure = plot_decision_regions(lambda p: torch.full((len(p),), 2), POINTS[:1], torch.tensor([0]))
    assert len(figure.axes[0].lines) == 3 and figure.png()


def test_bad_points_and_too_many_classes_are_refused():
    """The messages name the shapes, and how many classes fit."""
    with pytest.raises(ValueError, match=r"points has shape \(4, 3\), labels \(4,\); they must be"):
        plot_decision_regions(nearest, torch.zeros(4, 3), LABELS)
    with pytest.raises(ValueError, match=r"there are 9 classes; a picture tells at most 8 apart"):
        plot_decision_regions(nearest, POINTS, torch.tensor([0, 1, 2, 8]))
