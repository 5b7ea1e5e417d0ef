"""Divergence by learning rate: each gap of a curve has a cross, and nothing else has one."""

import numpy as np
import pytest

from course.visualize import plot_divergence

RATES = [0.1, 1.0, 10.0]


def test_each_rate_at_which_a_seed_diverged_has_a_cross():
    """A series that diverged has a row above the axes, at its rates and in its curve's colour."""
    results = {
        "ReLU": np.array([[1.0, 2, np.inf], [1, np.nan, 3]]),
        "ELU": np.array([1.0, 2, 3]),
        "tanh": np.array([1.0, 2, np.nan]),
    }
    figure = plot_divergence(RATES, results, "loss")
    (panel,) = figure.axes
    curves, crosses = panel.lines[:3], panel.lines[3:]
    assert [line.get_xdata().tolist() for line in crosses] == [[1.0, 10.0], [10.0]]
    assert [line.get_color() for line in crosses] == [curves[0].get_color(), curves[2].get_color()]
    heights = [set(line.get_ydata()) for line in crosses]
    assert min(heights[0]) > 1 and min(heights[1]) > max(heights[0])
    assert figure.alt.endswith("Diverged: ReLU at 1 and 10; tanh at 10.")


def test_crosses_do_not_move_the_curves():
    """The axes show the range of the curves, as without any gap."""
    whole, gap = np.array([1.0, 2, 3]), np.array([1.0, 2, np.nan])
    limits = [plot_divergence(RATES, {"a": whole, "b": b}, "loss").axes[0].get_ylim() for b in (whole, gap)]
    assert limits[0] == pytest.approx(limits[1])
    assert len(plot_divergence(RATES, {"a": whole}, "loss").axes[0].lines) == 1
