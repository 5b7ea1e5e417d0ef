"""Noise, squared bias and variance add up to the error on unseen points."""

import numpy as np
import pytest

from course.visualize.bias_variance import bias_and_variance, fits_of_draws, plot_fits_of_draws
from course.visualize.polynomials import CURVE, noisy_points, wave


@pytest.mark.parametrize("degree", [1, 3, 9])
def test_the_parts_add_up_to_the_measured_error(degree):
    """noise² + bias² + variance is the mean squared error of the fits on points that they have not seen."""
    rng, noise = np.random.default_rng(5), 0.3
    x = np.linspace(-1, 1, 400)
    values = fits_of_draws(degree, 15, noise, 400, rng, x)
    bias, variance = bias_and_variance(values, wave(x))
    unseen = np.stack([noisy_points(400, noise, rng)[1] for _ in range(400)])
    assert np.mean((values - unseen) ** 2) == pytest.approx(noise**2 + bias + variance, rel=0.02)


def test_variance_of_least_squares_is_known():
    """At the training points it is noise² · (degree + 1) / count, averaged: the trace of the hat matrix."""
    x, noise = np.linspace(-1, 1, 20), 0.4
    values = fits_of_draws(4, 20, noise, 4000, np.random.default_rng(6), x)
    _, variance = bias_and_variance(values, wave(x))
    assert variance == pytest.approx(noise**2 * 5 / 20, rel=0.05)


def test_the_picture_holds_every_fit():
    """In each panel as many thin lines as draws, their mean and the truth."""
    figure = plot_fits_of_draws([1, 9], 15, 0.2, np.random.default_rng(7), draws=6)
    for panel in figure.axes:
        thin = [
            line.get_ydata() for line in panel.lines if line.get_linewidth() == 0.6 and len(line.get_xdata())
        ]
        assert len(thin) == 6
        mean, truth = panel.lines[-2], panel.lines[-1]
        np.testing.assert_allclose(mean.get_ydata(), np.mean(thin, axis=0))
        np.testing.assert_allclose(truth.get_ydata(), np.sin(np.pi * CURVE))
    assert "6 polynomials of degree 1 and 9, each fitted to another 15 noisy points" in figure.alt
    with pytest.raises(ValueError, match="one to four"):
        plot_fits_of_draws([], 15, 0.2, np.random.default_rng(7))
