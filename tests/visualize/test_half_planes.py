"""Regions of a linear classifier are where its scores say, and the picture shows them."""

import numpy as np
import pytest
import torch
from matplotlib.path import Path

from course.visualize import class_region, half_plane, plot_half_planes, point_clouds

BOX = 2.0 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])


def area(polygon):
    """Gauss's formula; positive when the corners go against the clock."""
    x, y = polygon.T
    return 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


@pytest.mark.parametrize("seed", range(5))
def test_regions_are_where_the_score_is_highest(seed):
    """A random point lies in the polygon of the class with the highest score, and in no other."""
    rng = np.random.default_rng(seed)
    weight, bias = rng.normal(size=(5, 2)), rng.normal(size=5)
    regions = [class_region(weight, bias, label, BOX) for label in range(5)]
    points = rng.uniform(-2, 2, size=(400, 2))
    winner = (points @ weight.T + bias).argmax(axis=1)
    inside = [
        Path(region).contains_points(points) if len(region) else np.zeros(400, bool) for region in regions
    ]
    np.testing.assert_array_equal(np.stack(inside).T, np.eye(5, dtype=bool)[winner])
    assert sum(area(region) for region in regions if len(region)) == pytest.approx(16)


def test_half_planes_by_hand():
    """A line through the middle halves the box; one beside it takes all or nothing; a zero row takes all."""
    np.testing.assert_allclose(half_plane(BOX, np.array([1.0, 0]), 0.0), [[0, -2], [2, -2], [2, 2], [0, 2]])
    assert area(half_plane(BOX, np.array([3.0, 0]), -3.0)) == pytest.approx(4)
    assert len(half_plane(BOX, np.array([1.0, 1]), -5.0)) == 0
    np.testing.assert_array_equal(half_plane(BOX, np.array([1.0, 1]), 5.0), BOX)
    np.testing.assert_array_equal(half_plane(BOX, np.zeros(2), 0.0), BOX)
    assert half_plane(np.empty((0, 2)), np.ones(2), 1.0).shape == (0, 2)


def test_clouds_lie_about_their_centres():
    """Each cloud has its count, its centre and its spread; the same generator gives the same points."""
    points, labels = point_clouds([(3, 0), (-1, 5)], 2000, 0.5, torch.Generator().manual_seed(3))
    assert points.shape == (4000, 2) and labels.tolist() == [0] * 2000 + [1] * 2000
    for label, center in enumerate([(3, 0), (-1, 5)]):
        cloud = points[labels == label]
        torch.testing.assert_close(cloud.mean(dim=0), torch.tensor(center).float(), atol=0.05, rtol=0)
        torch.testing.assert_close(cloud.std(dim=0), torch.full((2,), 0.5), atol=0.03, rtol=0)
    again, _ = point_clouds([(3, 0), (-1, 5)], 2000, 0.5, torch.Generator().manual_seed(3))
    assert torch.equal(points, again)


def test_picture_shows_arrows_zero_lines_and_points():
    """An arrow is the row itself and stands on its zero line; every point is drawn with its class."""
    weight, bias = torch.tensor([[0.0, 2], [1, -1], [0, 0]]), torch.tensor([1.0, -0.5, 0.2])
    points, labels = torch.tensor([[0.0, 1], [2, 0], [0.5, 0.5]]), torch.tensor([0, 1, 1])
    layer = torch.nn.Linear(2, 3)
    layer.weight.data, layer.bias.data = weight, bias
    figure = plot_half_planes(layer.weight, layer.bias, points, labels, ["a", "b", "c"])
    axes = figure.axes[0]
    arrows = axes.collections
    assert [(float(arrow.U[0]), float(arrow.V[0])) for arrow in arrows] == [(0, 2), (1, -1)]
    for arrow, w, b in zip(arrows, weight, bias, strict=False):
        foot = torch.tensor(arrow.XY[0], dtype=torch.float32)
        assert (w @ foot + b).item() == pytest.approx(0, abs=1e-6)
    zero_lines = [line for line in axes.lines if line.get_linestyle() == "--"]
    for line, w, b in zip(zero_lines, weight, bias, strict=False):
        for x, y in (line.get_xy1(), line.get_xy2()):
            assert (w @ torch.tensor([x, y], dtype=torch.float32) + b).item() == pytest.approx(0, abs=1e-6)
    drawn = [line.get_xydata() for line in axes.lines if line.get_marker() in "os^"][:3]
    assert len(zero_lines) == 2 and any(np.array_equal(line, points[labels == 1]) for line in drawn)
    assert figure.alt.startswith("The plane cut into the regions of 3 classes, with 3 points")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]


def test_shapes_that_do_not_belong_together_are_refused():
    """The messages name the shapes, and how many classes fit."""
    points, labels = torch.zeros(4, 2), torch.zeros(4, dtype=torch.long)
    with pytest.raises(ValueError, match=r"weight has shape \(3, 2\), bias \(2,\); for 3 class names"):
        plot_half_planes(torch.zeros(3, 2), torch.zeros(2), points, labels, "abc")
    with pytest.raises(ValueError, match=r"points has shape \(4, 3\), labels \(4,\); they must be"):
        plot_half_planes(torch.zeros(3, 2), torch.zeros(3), torch.zeros(4, 3), labels, "abc")
    with pytest.raises(ValueError, match=r"there are 9 classes; a picture tells at most 8 apart"):
        plot_half_planes(torch.zeros(9, 2), torch.zeros(9), points, labels, "abcdefghi")
