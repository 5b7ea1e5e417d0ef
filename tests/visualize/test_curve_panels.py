"""Curves side by side: each panel holds its curves, with their means and bands."""

import numpy as np
import pytest

from course.visualize import plot_curve_panels


def test_each_panel_draws_its_curves_mean_and_band():
    """Every line is a mean over the seeds, drawn where x says, in the panel of its group."""
    runs = np.array([[4.0, 2, 1], [6, 4, 1]])
    figure = plot_curve_panels({"left": {"a": runs, "b": runs / 2}, "right": {"c": runs[0]}}, x=[0, 10, 20])
    left, right = figure.axes
    assert [axes.get_title() for axes in figure.axes] == ["left", "right"]
    np.testing.assert_array_equal(left.lines[0].get_xydata(), [(0, 5), (10, 3), (20, 1)])
    np.testing.assert_array_equal(left.lines[1].get_ydata(), [2.5, 1.5, 0.5])
    np.testing.assert_array_equal(right.lines[0].get_ydata(), [4, 2, 1])
    corners = {tuple(corner) for corner in left.collections[0].get_paths()[0].vertices}
    assert {(0, 4), (0, 6), (10, 2), (10, 4)} <= corners
    assert figure.alt == "training loss by epoch. left: a and b; right: c."


def test_a_name_has_one_look_and_strangers_have_different_ones():
    """The same name in two panels has one colour; two names never share colour and line style."""
    values = np.arange(3.0)
    figure = plot_curve_panels({"one": {"a": values, "b": values}, "two": {"b": values, "c": values}})
    (a, b), (again, c) = (axes.lines for axes in figure.axes)
    assert (b.get_color(), b.get_linestyle()) == (again.get_color(), again.get_linestyle())
    assert len({(line.get_color(), line.get_linestyle()) for line in (a, b, c)}) == 3


def test_panels_share_their_range_unless_told():
    """With share_y a low curve is seen to be low."""
    panels = {"high": {"a": np.array([1.0, 100])}, "low": {"b": np.array([1.0, 2])}}
    high, low = plot_curve_panels(panels).axes
    assert high.get_ylim() == low.get_ylim()
    high, low = plot_curve_panels(panels, share_y=False, log_y=True).axes
    assert high.get_ylim() != low.get_ylim() and low.get_yscale() == "log"


def test_a_panel_whose_training_diverged_at_once_is_drawn():
    """Without any number there is nothing to be logarithmic about, and the name says so."""
    figure = plot_curve_panels({"a": {"x": np.full(3, np.nan)}, "b": {"y": np.ones(3)}}, log_y=True)
    assert figure.png()
    assert figure.axes[0].texts[0].get_text() == "x: no number"


def test_what_does_not_fit_is_refused():
    """No panel, four, an empty one, and a curve of another length."""
    one = {"a": np.ones(2)}
    for panels in ({}, dict.fromkeys("abcd", one), {"a": one, "b": {}}):
        with pytest.raises(ValueError, match=rf"panels has {len(panels)} entries; 1 to 3 fit"):
            plot_curve_panels(panels)
    with pytest.raises(ValueError, match="'a' has 2 points; x has 3"):
        plot_curve_panels({"p": one}, x=[1, 2, 3])
