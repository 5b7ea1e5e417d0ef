"""Polynomial fits agree with NumPy's, and their picture shows what was computed."""

import numpy as np
import pytest

from course.visualize import errors_by_degree, fit_polynomial, noisy_points, plot_polynomial_fits
from course.visualize.polynomials import evaluate_polynomial, mean_squared_error, wave


@pytest.mark.parametrize("degree", [0, 1, 3, 9, 14])
def test_fits_are_those_of_numpy(degree):
    """The coefficients are np.polyfit's, lowest power first, up to as many as there are points."""
    x, y = noisy_points(15, 0.3, np.random.default_rng(1))
    ours = fit_polynomial(x, y, degree)
    np.testing.assert_allclose(ours, np.polyfit(x, y, degree)[::-1], rtol=1e-6, atol=1e-8)
    new = np.array([[-0.93, 0.2], [0.31, 0.88]])
    np.testing.assert_allclose(evaluate_polynomial(ours, new), np.polyval(ours[::-1], new), rtol=1e-12)


def test_with_as_many_coefficients_as_points_nothing_is_left():
    """Degree n - 1 goes through every point, noise and all."""
    x, y = noisy_points(9, 0.5, np.random.default_rng(2))
    assert mean_squared_error(fit_polynomial(x, y, 8), x, y) < 1e-20


def test_points_scatter_about_the_wave():
    """Residuals have mean 0 and the standard deviation that was asked for; without noise there are none."""
    x, y = noisy_points(20_000, 0.2, np.random.default_rng(3))
    rest = y - np.sin(np.pi * x)
    assert abs(rest.mean()) < 5 * 0.2 / len(x) ** 0.5 and abs(rest.std() / 0.2 - 1) < 0.03
    assert (x[0], x[-1]) == (-1, 1) and np.allclose(np.diff(x), np.diff(x)[0])
    x, y = noisy_points(7, 0.0, np.random.default_rng(3))
    np.testing.assert_array_equal(y, wave(x))


def test_errors_are_measured_on_the_points_of_the_generator():
    """The same seed gives the training points first, then the unseen ones; training errors never rise."""
    training, validation = errors_by_degree(range(10), 12, 0.2, np.random.default_rng(4), unseen=40)
    rng = np.random.default_rng(4)
    x, y = noisy_points(12, 0.2, rng)
    new_x, new_y = noisy_points(40, 0.2, rng)
    fit = np.polynomial.Polynomial.fit(x, y, 6)
    np.testing.assert_allclose(training[6], np.mean((fit(x) - y) ** 2), rtol=1e-8)
    np.testing.assert_allclose(validation[6], np.mean((fit(new_x) - new_y) ** 2), rtol=1e-8)
    assert (np.diff(training) <= 1e-12).all()


def test_the_picture_shows_points_truth_and_fit():
    """Each panel holds the points and the polynomial of its degree, and the text names the degrees."""
    x, y = noisy_points(10, 0.2, np.random.default_rng(5))
    figure = plot_polynomial_fits(x, y, [1, 4])
    for panel, degree in zip(figure.axes, (1, 4), strict=True):
        truth, fit, points = panel.lines
        np.testing.assert_allclose(truth.get_ydata(), np.sin(np.pi * truth.get_xdata()))
        expected = np.polyval(np.polyfit(x, y, degree), fit.get_xdata())
        np.testing.assert_allclose(fit.get_ydata(), expected, rtol=1e-6, atol=1e-9)
        np.testing.assert_array_equal(points.get_xydata(), np.stack([x, y], axis=1))
        assert panel.get_title() == f"degree {degree}"
    assert figure.alt == "10 noisy points of a sine, and polynomials of degree 1 and 4 fitted to them."


def test_impossible_degrees_are_refused():
    """More coefficients than points, or a picture of no or five degrees, is one line."""
    x, y = noisy_points(5, 0.2, np.random.default_rng(6))
    with pytest.raises(ValueError, match="degree=5 must be from 0 to 4, as there are 5 points"):
        fit_polynomial(x, y, 5)
    with pytest.raises(ValueError, match="degree=-1 must be from 0 to 4"):
        fit_polynomial(x, y, -1)
    with pytest.raises(ValueError, match=r"degrees=\[\] must hold one to four"):
        plot_polynomial_fits(x, y, [])
    with pytest.raises(ValueError, match=r"degrees=\[0, 1, 2, 3, 4\] must hold one to four"):
        plot_polynomial_fits(x, y, [0, 1, 2, 3, 4])
