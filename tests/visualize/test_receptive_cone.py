"""The cone below one unit: its width is the receptive field, its strength the gradient."""

import matplotlib.figure
import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from course.visualize import receptive_cone, receptive_fields
from course.visualize.receptive_cone import draw_cone

LAYERS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4)


@settings(deadline=None, max_examples=25)
@given(LAYERS)
def test_ways_are_the_gradient_of_a_stack_of_ones(layers):
    """With kernels of ones, the gradient of the unit by each pixel is the number of ways that lead there."""
    size = receptive_fields(layers)[-1].size
    x = torch.zeros(1, 1, size, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride in layers:
        y = F.conv1d(y, torch.ones(1, 1, kernel, dtype=torch.float64), stride=stride)
    assert y.numel() == 1
    y.backward()
    pixels = receptive_cone(layers)[0]
    np.testing.assert_array_equal(pixels.ways, x.grad.flatten())
    np.testing.assert_array_equal(pixels.positions, np.arange(size))


@settings(deadline=None, max_examples=25)
@given(LAYERS)
def test_every_level_lies_in_the_middle(layers):
    """On each level the units lie around the middle of the field, one jump apart; the top is one unit."""
    levels = receptive_cone(layers)
    middle = levels[0].positions.mean()
    jumps = [1, *(field.jump for field in receptive_fields(layers))]
    for level, jump in zip(levels, jumps, strict=True):
        np.testing.assert_allclose(level.positions.mean(), middle)
        assert (np.diff(level.positions) == jump).all()
    assert levels[-1].ways.tolist() == [1]


def test_a_line_for_each_weight_that_is_used():
    """Each unit of the cone is joined to the kernel's pixels below it, at the places where they lie."""
    axes = matplotlib.figure.Figure().subplots()
    draw_cone(axes, [(2, 2), (3, 1)])
    first, second = (lines.get_segments() for lines in axes.collections if hasattr(lines, "get_segments"))
    units, pixels = [0.5, 2.5, 4.5], [0, 1, 2, 3, 4, 5]
    assert [line[1].tolist() for line in first] == [[pixel, 0] for pixel in pixels]
    assert [line[0].tolist() for line in first] == [[units[pixel // 2], 1] for pixel in pixels]
    assert [line.tolist() for line in second] == [[[2.5, 2], [unit, 1]] for unit in units]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["pixels", "layer 1", "layer 2"]


def test_a_wide_cone_is_a_surface():
    """Where too many units lie side by side, one surface stands for the lines."""
    axes = matplotlib.figure.Figure().subplots()
    draw_cone(axes, [(7, 2)] * 5)
    drawn = [type(collection).__name__ for collection in axes.collections]
    assert drawn.count("FillBetweenPolyCollection") + drawn.count("PolyCollection") == 2
    assert drawn.count("LineCollection") == 3
