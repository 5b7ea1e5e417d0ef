"""Bars have the lengths of their numbers, and the reference line tells them apart."""

import pytest

from course.visualize.bars import plot_bars

VALUES = {"light": 47.9, "place": 12.5, "scale": 64.0}


def test_bars_are_as_long_as_their_numbers():
    """From above in the order given; above the reference the colour is another one; the alt text has all."""
    figure = plot_bars(VALUES, "difference", reference=("nothing", 30.0), title="Two are farther")
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == list(VALUES.values())
    light, place, scale = [bar.get_facecolor() for bar in axes.patches]
    assert light == scale != place
    assert axes.yaxis_inverted() and [t.get_text() for t in axes.get_yticklabels()] == list(VALUES)
    for said in ("Two are farther", "light 47.9", "scale 64", "a dashed line for nothing at 30"):
        assert said in figure.alt


def test_numbers_stand_behind_the_whiskers():
    """A whisker reaches one standard error to both sides, and no label lies on it."""
    figure = plot_bars(VALUES, "difference", errors={"light": 5, "place": 1, "scale": 2})
    (axes,) = figure.axes
    (segments,) = [line.get_segments() for line in axes.collections]
    ends = [(segment[0][0], segment[1][0]) for segment in segments]
    assert ends == [(42.9, 52.9), (11.5, 13.5), (62.0, 66.0)]
    assert [text.xy[0] for text in axes.texts] == [value + 5 for value in VALUES.values()]


@pytest.mark.parametrize("values", [{}, {"a": -1.0}, {"a": float("nan")}])
def test_a_bar_needs_a_number(values):
    """Nothing, a negative number and NaN are refused in one line."""
    with pytest.raises(ValueError, match="must hold at least one number"):
        plot_bars(values, "x")


def test_every_bar_has_its_own_error():
    """Errors with other names are refused."""
    with pytest.raises(ValueError, match="errors has the names"):
        plot_bars(VALUES, "x", errors={"light": 1.0})
