"""Names stand where lines end, in their colours, and never on each other."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.visualize import plot_training_curves
from course.visualize.line_labels import CONTRAST, move_apart, text_color
from course.visualize.style import COLORS


def labels(figure):
    """The names beside the axes and their frames, once the picture is drawn."""
    figure.png()
    return {text.get_text(): text.get_window_extent() for text in figure.axes[0].texts}


def test_a_name_stands_at_the_height_of_its_lines_end():
    """Lines that end apart have their names beside their ends, right of the axes."""
    figure = plot_training_curves({"high": [1.0, 3.0], "low": [2.0, 1.0]})
    frames = labels(figure)
    axes = figure.axes[0]
    for line in axes.lines:
        frame = frames[line.get_label()]
        end = axes.transData.transform(line.get_xydata()[-1])
        assert abs((frame.y0 + frame.y1) / 2 - end[1]) < 4 and frame.x0 > axes.bbox.x1 > end[0]
        assert frame.x1 <= figure.bbox.x1


def test_names_of_lines_that_end_together_do_not_overlap():
    """Eight lines with one end: eight names one above the other, in the order of their lines' ends."""
    curves = {f"rule {i}": [1.0 + i, 1.0 + i / 1000] for i in range(8)}
    figure = plot_training_curves(curves)
    frames = list(labels(figure).values())
    assert all(low.y1 <= high.y0 + 2 for low, high in pairwise(frames))
    assert len(figure.artists) >= 6  # lines lead to the names that moved


def test_a_line_that_ends_early_is_led_to_its_name():
    """Dots cross the gap; a line without any number says so."""
    figure = plot_training_curves(
        {"short": [2.0, 1.0, np.nan, np.nan], "none": [np.nan] * 4, "all": [2.0] * 4}
    )
    assert {"short", "none: no number", "all"} == set(labels(figure))
    assert [line.get_linestyle() for line in figure.artists] == [":"]


def test_too_many_names_make_a_legend():
    """Thirty curves do not fit beside the axes."""
    figure = plot_training_curves({f"curve {i}": [1.0, 2.0] for i in range(30)})
    (legend,) = figure.legends
    assert len(legend.get_texts()) == 30 and not figure.axes[0].texts


@given(st.lists(st.tuples(st.floats(-1, 2), st.floats(0.01, 0.5)), min_size=1, max_size=12))
def test_spreading_keeps_order_and_distance(wanted):
    """Neighbours never overlap, keep their order, and stay as a whole where they were."""
    heights, sizes = np.array(wanted).T
    places = move_apart(heights, sizes)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(places[order]) >= (sizes[order][1:] + sizes[order][:-1]) / 2 - 1e-9).all()
    assert places.mean() == pytest.approx(heights.mean())


def test_names_stay_in_the_picture():
    """Where lines end together at the bottom, their names grow from there."""
    np.testing.assert_allclose(move_apart(np.zeros(3), np.full(3, 0.2), low=-0.1, high=1.1), [0.0, 0.2, 0.4])
    np.testing.assert_allclose(move_apart(np.ones(3), np.full(3, 0.2), low=-0.1, high=1.1), [0.6, 0.8, 1.0])


def test_names_apart_do_not_move():
    """What has room stays where it is."""
    np.testing.assert_allclose(move_apart(np.array([0.9, 0.1]), np.array([0.2, 0.2])), [0.9, 0.1])


@pytest.mark.parametrize("color", COLORS)
def test_letters_in_every_colour_can_be_read(color):
    """Their contrast with white is what WCAG asks, computed here from its formula; dark colours stay."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in text_color(color)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= CONTRAST
    assert text_color("#000000") == (0, 0, 0)
