"""Matrices with their numbers: what is written, where, and in which frame."""

import numpy as np
import pytest

from course.visualize import plot_numbers
from course.visualize.numbers import cell_colors, pixel_colors


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_number_is_written_at_its_place():
    """Numbers stand in reading order in their cells, the title above; NaN is an empty cell."""
    figure = plot_numbers({"a": [[1, 2.5], [np.nan, -4]], "b": [[7]]})
    assert texts(figure) == ["1", "2.5", "-4", "a", "7", "b"]
    places = [text.get_position() for text in figure.axes[0].texts]
    assert places == [(1.5, 0.5), (2.5, 0.5), (2.5, 1.5), (2, -0.25), (4.5, 0.5), (4.5, -0.25)]
    assert figure.alt == "Numbers in cells: a 2 x 2 and b 1 x 1."


def test_numbers_are_written_as_asked():
    """`spec` is a format; long numbers get smaller letters, each matrix for itself."""
    figure = plot_numbers({"long": [[123.456]], "short": [[1]]}, spec=".2f")
    assert texts(figure) == ["123.46", "long", "1.00", "short"]
    long, _, short, _ = [text.get_fontsize() for text in figure.axes[0].texts]
    assert long < short
    assert texts(plot_numbers({"none": np.full((2, 2), np.nan)})) == ["none"]


def test_frames_lie_around_their_part():
    """A frame surrounds the cells that it names, wherever the matrix stands; colours go by number."""
    figure = plot_numbers(
        {"a": np.zeros((3, 4)), "b": np.zeros((2, 2))},
        {"a": [(1, 2, 2, 1)], "b": [(0, 0, 1, 2), (1, 1, 1, 1)]},
    )
    first, second, third = figure.axes[0].patches
    assert (first.get_x(), first.get_y(), first.get_width(), first.get_height()) == (3, 1, 1, 2)
    assert (second.get_x(), second.get_y(), second.get_width(), second.get_height()) == (6, 0, 2, 1)
    assert first.get_edgecolor() == second.get_edgecolor() != third.get_edgecolor()


def test_colours_tell_the_sign():
    """Zero and NaN are white, negative is orange, positive is purple, and the largest is strongest."""
    zero, missing, below, above, less = cell_colors(np.array([[0.0, np.nan, -2.0, 2.0, 1.0]]))[0]
    assert zero.min() > 0.95 and (zero == missing).all()
    assert below[0] > below[2] + 0.2 and above[2] > above[1] + 0.1
    assert above.sum() < less.sum() < zero.sum()
    assert (cell_colors(np.zeros((2, 2))) > 0.95).all()


def test_two_pictures_can_share_a_strongest_colour():
    """With `strongest`, a number has one colour in every matrix."""
    (one,) = cell_colors(np.array([[1.0]]), strongest=2.0)
    first, _ = cell_colors(np.array([[1.0, 2.0]]))[0]
    np.testing.assert_array_equal(one[0], first)


def test_pixels_are_grey_and_their_numbers_can_be_read():
    """From black to white, cut off beyond; NaN is white; numbers are white on dark cells, dark on bright."""
    greys = pixel_colors(np.array([[0.0, 50, 100, 200, np.nan]]), 0, 100)[0]
    np.testing.assert_array_equal(greys, np.repeat([[0], [0.5], [1], [1], [1]], 3, axis=1))
    figure = plot_numbers({"image": [[0, 90]]}, pixels={"image": (0, 100)})
    assert [text.get_color() for text in figure.axes[0].texts[:2]] == ["white", "#1A1A1A"]
    with pytest.raises(ValueError, match=r"must be \(black, white\) with white above black"):
        plot_numbers({"image": [[0, 90]]}, pixels={"image": (1, 1)})


def test_what_cannot_be_drawn_is_refused():
    """No matrix, a vector, an empty matrix, and frames of something else are errors."""
    for matrices in ({}, {"v": [1, 2]}, {"e": np.zeros((0, 3))}):
        with pytest.raises(ValueError, match=r"must be one or more of shape \(H, W\), not empty"):
            plot_numbers(matrices)
    with pytest.raises(ValueError, match=r"frames names 'c', which is none of a"):
        plot_numbers({"a": np.eye(2)}, {"c": [(0, 0, 1, 1)]})
    with pytest.raises(ValueError, match=r"pixels names 'c', which is none of a"):
        plot_numbers({"a": np.eye(2)}, pixels={"c": (0, 1)})
