"""Recall curves show the numbers they were given, on an axis of equal factors."""

import numpy as np
import pytest

from course.visualize import plot_recall_curves


def test_curves_are_drawn_as_given():
    """Each search with its own shares; equal factors are equal distances."""
    searches = {"cells": ([0.05, 0.5], [0.6, 1.0]), "tables": ([0.01, 0.1, 1], [0.1, 0.5, 1])}
    figure = plot_recall_curves(searches, "Cells win")
    (axes,) = figure.axes
    for line, (shares, recalls) in zip(axes.lines, searches.values(), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.stack([shares, recalls], axis=1))
    places = axes.transData.transform([(share, 0) for share in (0.01, 0.1, 1)])[:, 0]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1])
    assert figure.alt.startswith("Cells win. Recall of the nearest neighbour by")
    assert figure.alt.endswith("for cells and tables.")


@pytest.mark.parametrize("shares, recalls", [([0, 0.1], [0.5, 1]), ([0.1, 0.2], [0.5, 1.2])])
def test_impossible_numbers_are_refused(shares, recalls):
    """A share of 0 has no place on the axis; a recall above 1 is no share."""
    with pytest.raises(ValueError, match=r"'cells' has shares .* must be above 0, recalls from 0 to 1"):
        plot_recall_curves({"cells": (shares, recalls)})
    with pytest.raises(ValueError, match=r"searches=\{\} must hold"):
        plot_recall_curves({})
