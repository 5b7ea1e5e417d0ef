"""The explorer of polynomials draws the fit of its controls' values."""

import numpy as np
import pytest

from course.visualize import noisy_points
from course.widgets import draw_polynomial, polynomial_explorer


def drawn(figure):
    """Points and fitted curve of the left picture; training and unseen errors of the right one."""
    _truth, fit, points = figure.axes[0].lines
    training, _, unseen, _ = figure.axes[1].lines
    return points.get_xydata(), fit.get_xydata(), training.get_xydata(), unseen.get_xydata()


def test_the_curve_is_the_fit_to_the_points_shown():
    """The left picture shows the points of this draw and numpy's polynomial through them."""
    points, fit, _, _ = drawn(draw_polynomial(5, noise=0.3, points=25, draw=2))
    x, y = noisy_points(25, 0.3, np.random.default_rng(2))
    np.testing.assert_array_equal(points, np.stack([x, y], axis=1))
    np.testing.assert_allclose(fit[:, 1], np.polyval(np.polyfit(x, y, 5), fit[:, 0]), rtol=1e-6)


def test_the_errors_are_those_of_the_points_shown():
    """The right picture's training error at the chosen degree is the error of the left picture's fit."""
    figure = draw_polynomial(4, noise=0.3, points=30, draw=7)
    points, _, training, unseen = drawn(figure)
    x, y = points.T
    expected = np.mean((np.polyval(np.polyfit(x, y, 4), x) - y) ** 2)
    np.testing.assert_allclose(training[4], [4, expected], rtol=1e-8)
    assert unseen[4, 1] > 0.3**2 / 2 and len(training) == len(unseen) == 16
    marks = [line.get_xydata()[0] for line in figure.axes[1].lines if len(line.get_xdata()) == 1]
    np.testing.assert_allclose(marks, [training[4], unseen[4]])
    assert figure.alt.startswith("Left: a polynomial of degree 4 fitted to 30 points with noise 0.3.")


def test_more_points_cure_a_high_degree():
    """At degree 15 the error on unseen points falls with ten times as many training points."""
    few, many = (drawn(draw_polynomial(15, points=points))[3][15, 1] for points in (16, 160))
    assert many < few / 5


def test_every_combination_of_controls_draws():
    """The ends of all sliders together give a picture, never an exception."""
    controls = polynomial_explorer().controls
    for degree in (controls["degree"].min, controls["degree"].max):
        for noise in (controls["noise"].min, controls["noise"].max):
            for points in (controls["points"].min, controls["points"].max):
                draw = controls["draw"].max
                alt = draw_polynomial(degree, noise, points, draw).alt
                assert f"degree {degree} fitted to {points} points with noise {noise:g}" in alt
    with pytest.raises(ValueError, match="degree=9 must be from 0 to 7"):
        draw_polynomial(9, points=8)


def test_controls_have_the_drawing_function_own_defaults():
    """The first picture is draw_polynomial() with no argument."""
    assert polynomial_explorer().picture().pixels().tobytes() == draw_polynomial().pixels().tobytes()
