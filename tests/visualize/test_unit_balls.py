"""Unit balls of three norms: their boundary is where NumPy's norm is 1, and they touch the nearest point."""

from math import inf

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from course.visualize.unit_balls import NORMS, first_touched, plot_nearest_by_norm, unit_sphere

POINTS = {"A": (0.0, 3.0), "B": (-2.6, 1.2), "C": (2.1, -2.1)}
METRICS = {"L1": "cityblock", "L2": "euclidean", "L∞": "chebyshev"}


@pytest.mark.parametrize("order", [1, 1.5, 2, 4, inf])
def test_every_point_of_a_sphere_has_the_norm_1(order):
    """And the curve is closed, and winds once around the origin."""
    points = unit_sphere(order, 64)
    np.testing.assert_allclose(np.linalg.norm(points, ord=order, axis=1), 1)
    np.testing.assert_allclose(points[0], points[-1], atol=1e-12)
    turns = np.unwrap(np.arctan2(points[:, 1], points[:, 0]))
    assert turns[-1] - turns[0] == pytest.approx(2 * np.pi)


def test_corners_are_among_the_points():
    """L1 has its corners on the axes, L∞ on the diagonals."""
    corners = {1: [(1, 0), (0, 1), (-1, 0), (0, -1)], inf: [(1, 1), (-1, 1), (-1, -1), (1, -1)]}
    for order in corners:
        assert cdist(corners[order], unit_sphere(order)).min(axis=1).max() < 1e-12


@pytest.mark.parametrize("norm", NORMS)
def test_the_first_point_touched_is_the_nearest_of_scipy(norm):
    """For random points, in each of the three norms."""
    rng = np.random.default_rng(0)
    for _draw in range(20):
        points = {str(i): tuple(point) for i, point in enumerate(rng.normal(size=(6, 2)))}
        distances = cdist([(0, 0)], list(points.values()), METRICS[norm])[0]
        name, distance = first_touched(points, NORMS[norm])
        assert (int(name), distance) == (distances.argmin(), pytest.approx(distances.min()))


def test_a_ball_grows_until_it_touches():
    """Each panel's ball has the given radius, or that of its nearest point where this is smaller."""
    figure = plot_nearest_by_norm(POINTS, radius=2.5)
    assert [panel.get_title() for panel in figure.axes] == [
        "L1: radius 2.50",
        "L2: radius 2.50",
        "L∞: C at 2.10",
    ]
    assert [panel.patches[0].get_xy().max() for panel in figure.axes] == pytest.approx([2.5, 2.5, 2.1])
    grown = plot_nearest_by_norm(POINTS, title="Three norms, three neighbours")
    assert [panel.get_title() for panel in grown.axes] == ["L1: A at 3.00", "L2: B at 2.86", "L∞: C at 2.10"]
    assert grown.alt.startswith("Three norms, three neighbours. Three balls around one query")


def test_what_is_no_norm_is_refused():
    """One line each."""
    with pytest.raises(ValueError, match=r"order=0.5 must be at least 1"):
        unit_sphere(0.5)
    with pytest.raises(ValueError, match=r"count=12 must be a multiple of 8"):
        unit_sphere(2, 12)
    with pytest.raises(ValueError, match=r"points=\{\} must hold at least one"):
        plot_nearest_by_norm({})
