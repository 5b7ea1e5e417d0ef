"""Double descent: the picture shows the errors, and where features and examples are equally many."""

import numpy as np
import pytest

from course.visualize.double_descent import plot_double_descent

COUNTS = (10, 100, 1000)


def test_curves_are_means_over_seeds():
    """One line a name on a logarithmic axis, with the range of the seeds, and a line at the examples."""
    runs = np.array([[0.6, 0.9, 0.2], [0.4, 0.7, 0.1]])
    figure = plot_double_descent(COUNTS, {"training": runs / 2, "unseen": runs}, 100, title="Up and down")
    (axes,) = figure.axes
    unseen = axes.lines[1]
    np.testing.assert_allclose(unseen.get_xdata(), COUNTS)
    np.testing.assert_allclose(unseen.get_ydata(), [0.5, 0.8, 0.15])
    assert axes.get_xscale() == "log" and axes.lines[2].get_xdata() == [100, 100]
    assert figure.alt.startswith("Up and down. error rate of training and unseen for 10 to 1000 features")


@pytest.mark.parametrize(
    "counts, errors", [(COUNTS, {}), (COUNTS, {"unseen": [0.1, 0.2]}), ((0, 1, 2), {"unseen": [1, 2, 3]})]
)
def test_every_count_has_its_error(counts, errors):
    """No curve, another number of points, and a count of 0 are refused."""
    with pytest.raises(ValueError, match="points each"):
        plot_double_descent(counts, errors, 100)
