"""A drawing becomes a digit as MNIST's were made; MNIST's own digits, drawn large, show that it does."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from course.data import load
from course.data.drawings import BOARD, PEN, center_digit, rasterize
from course.data.strokes import EXAMPLES, arc


def mass_centre(digit):
    """Row and column of the centre of mass."""
    places = np.arange(digit.shape[0])
    return digit.sum(1) @ places / digit.sum(), digit.sum(0) @ places / digit.sum()


def box(digit):
    """Height and width of what is not black."""
    rows, columns = np.nonzero(digit.any(1))[0], np.nonzero(digit.any(0))[0]
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def test_digits_of_mnist_come_back():
    """Real digits, ten times as large and elsewhere on a larger board, become themselves again."""
    digits = load("digits").test.images[::50]  # (20, 1, 28, 28)
    large = F.interpolate(digits, scale_factor=10, mode="nearest")
    for digit, board in zip(digits[:, 0].numpy(), large[:, 0].numpy(), strict=True):
        moved = np.pad(board, ((37, 0), (0, 12)))
        np.testing.assert_allclose(center_digit(moved), digit, atol=1e-6)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_meets_the_rule(name):
    """The longer side is 20 pixels, the centre of mass is on pixel (14, 14) to half a pixel."""
    digit = center_digit(rasterize(EXAMPLES[name]))
    assert digit.shape == (28, 28) and digit.dtype == np.float32
    assert max(box(digit)) == 20
    assert digit.min() == 0 and 0.9 < digit.max() <= 1
    clamped = name == "7"  # most of its ink is at the top: centred, it would leave the picture
    assert clamped or np.abs(np.subtract(mass_centre(digit), 14)).max() <= 0.51


points = st.tuples(st.integers(0, BOARD), st.integers(0, BOARD))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(points, min_size=1, max_size=5), min_size=1, max_size=4))
def test_no_ink_is_lost(strokes):
    """Whatever is drawn, it fits into 20 x 20 pixels, and the share of ink in its box stays."""
    ink = rasterize(strokes)
    digit = center_digit(ink)
    assert digit.max() > 0.5
    before, after = box(ink), box(digit)
    assert max(after) <= 20
    if max(before) >= 80:  # a small dot is enlarged, which rounds its edge
        scale = 20 / max(before)
        height, width = (max(1, round(side * scale)) for side in before)
        assert digit.sum() == pytest.approx(ink.sum() * height * width / (before[0] * before[1]), rel=0.05)


def test_the_pen_draws_where_the_stroke_is():
    """A line has the pen's width and round ends; one point is a dot; what lies outside is not drawn."""
    ink = rasterize([[(50, 100), (150, 100)]])
    assert ink[:, 100].sum() == pytest.approx(PEN, abs=2)
    assert ink[100].sum() == pytest.approx(100 + PEN, abs=2)
    dot = rasterize([[(30, 40)]])
    assert dot.sum() == pytest.approx(np.pi * (PEN / 2) ** 2, rel=0.1) and dot[40, 30] == 1
    assert not rasterize([[(-100, -100), (-50, -100)]]).any()
    assert not rasterize([]).any()


def test_an_empty_board_is_black():
    """Without ink there is nothing to centre."""
    assert not center_digit(np.zeros((280, 280))).any()


@pytest.mark.parametrize(
    ("ink", "line"),
    [
        (np.zeros(5), r"ink has shape \(5,\); it must be \(H, W\)"),
        (np.full((4, 4), 255), "ink has values from 255 to 255; they must be from 0 to 1"),
        (np.full((4, 4), np.nan), "ink has values from nan to nan; they must be from 0 to 1"),
    ],
)
def test_what_is_no_drawing_is_refused(ink, line):
    """The line names the values and what is allowed."""
    with pytest.raises(ValueError, match=line):
        center_digit(ink)


def test_an_arc_lies_on_its_ellipse():
    """It begins and ends at its angles, and every point satisfies the ellipse's equation."""
    drawn = arc(100, 80, 50, 30, 0, 90)
    assert drawn[0] == (150, 80) and drawn[-1] == (100, 110)
    for x, y in drawn:
        assert ((x - 100) / 50) ** 2 + ((y - 80) / 30) ** 2 == pytest.approx(1, abs=0.05)
    assert torch.tensor(drawn).diff(dim=0)[:, 1].min() >= 0, "0 is to the right and 90 is down"
