"""The error of numeric derivatives follows the theory: curvature on the right, rounding on the left."""

import numpy as np
import pytest

from course.visualize.difference_errors import (
    central_difference,
    difference_errors,
    forward_difference,
    plot_difference_errors,
)

POINTS = np.linspace(0.5, 1.5, 40)


def test_the_quotients_of_a_cubic():
    """x cubed at 2 with h = 1/2: forward 3 x^2 + 3 x h + h^2, central 3 x^2 + h^2."""
    x, h = np.array([2.0]), np.float64(0.5)
    assert forward_difference(lambda x: x**3, x, h)[0] == 12 + 3 + 0.25
    assert central_difference(lambda x: x**3, x, h)[0] == 12 + 0.25


def test_orders_of_the_two_schemes():
    """Where curvature decides, a tenth of h brings forward differences a factor 10, central ones 100."""
    for scheme, factor in (("forward", 10), ("central", 100)):
        wide, narrow = difference_errors(np.exp, np.exp, POINTS, [1e-2, 1e-3], scheme)
        assert wide / narrow == pytest.approx(factor, rel=0.02)


def test_rounding_decides_on_the_left():
    """Below the best step the error grows like 1 / h, and is near the machine's epsilon divided by h."""
    for dtype, steps in ((np.float64, [1e-10, 1e-12]), (np.float32, [1e-4, 1e-6])):
        near, nearer = difference_errors(np.exp, np.exp, POINTS, steps, dtype=dtype)
        epsilon = np.finfo(dtype).eps
        assert 20 < nearer / near < 500
        assert 0.05 < near * steps[0] / epsilon < 2


def test_single_precision_is_computed_in_single_precision():
    """The function sees arrays of the precision that was asked for."""
    seen = []

    def function(x):
        seen.append(x.dtype)
        return x**2

    difference_errors(function, lambda x: 2 * x, POINTS, [0.1], "forward", np.float32)
    assert set(seen) == {np.dtype(np.float32)}


def test_the_picture_shows_the_errors():
    """One curve a name, on logarithmic axes; an error of 0 is a gap."""
    steps = [0.1, 0.01, 0.001]
    figure = plot_difference_errors(steps, {"a": np.array([1.0, 0.5, 0.0]), "b": np.array([0.1, 0.2, 0.3])})
    (panel,) = figure.axes
    np.testing.assert_array_equal(panel.lines[0].get_ydata(), [1.0, 0.5, np.nan])
    np.testing.assert_array_equal(panel.lines[1].get_xdata(), steps)
    assert panel.get_xscale() == panel.get_yscale() == "log"
    assert "a and b" in figure.alt


def test_bad_arguments_are_named():
    """An unknown scheme, a step of zero, no curve."""
    with pytest.raises(ValueError, match=r"scheme='centre' is unknown; .*did you mean 'central'"):
        difference_errors(np.exp, np.exp, POINTS, [0.1], "centre")
    with pytest.raises(ValueError, match=r"steps=\[0.1, 0\] must all be above 0"):
        difference_errors(np.exp, np.exp, POINTS, [0.1, 0])
    with pytest.raises(ValueError, match=r"errors=\{\} must hold at least one curve"):
        plot_difference_errors([0.1], {})
