"""Pictures of shortcuts show what the library's shortcuts do, with the paper's counts."""

import numpy as np
import pytest
import torch

from course.models.resnet import make_shortcut, plain34, resnet34
from course.visualize import plot_shortcut, shortcut_counts, shortcut_matrix
from course.visualize.shortcuts import PLAIN34


@pytest.mark.parametrize(("option", "projections"), [("A", 0), ("B", 3), ("C", 16)])
def test_counts_are_those_of_the_whole_net(option, projections):
    """ResNet-34 really has that many parameters, and that many projections."""
    with torch.device("meta"):
        net, plain = resnet34(shortcut=option), plain34()
    assert sum(p.numel() for p in plain.parameters()) == PLAIN34
    assert shortcut_counts(option) == (projections, sum(p.numel() for p in net.parameters()) - PLAIN34)
    layers = [name for name, _ in net.named_modules() if name.endswith("downsample.0")]
    assert len(layers) == projections


def test_option_a_is_the_unit_matrix_above_zeros():
    """The first channels pass, the new ones are 0; without a change of shape it is the unit matrix."""
    np.testing.assert_array_equal(shortcut_matrix("A", 2, 5, 2), np.eye(5)[:, :2])
    np.testing.assert_array_equal(shortcut_matrix("B", 3, 3), np.eye(3))


def test_a_projection_is_its_matrix_at_every_pixel_taken():
    """A 1×1 convolution with stride is the matrix times every second pixel."""
    matrix = torch.from_numpy(shortcut_matrix("B", 3, 4, 2))
    torch.manual_seed(0)
    shortcut = make_shortcut("B", 3, 4, 2).eval()
    x = torch.randn(2, 3, 6, 6)
    expected = torch.einsum("oc,nchw->nohw", matrix, x[:, :, ::2, ::2])
    torch.testing.assert_close(shortcut(x).detach(), expected, rtol=1e-4, atol=1e-4)


def test_the_picture_shows_matrix_pixels_and_counts():
    """The squares filled, the matrix and the bars are the numbers."""
    figure = plot_shortcut("C", 3, 6, 2)
    pixels, matrix, costs = figure.axes
    assert pixels.get_title() == "takes 16 of 64 pixels"
    drawn = matrix.collections[0].get_array().reshape(6, 3)[::-1]
    np.testing.assert_array_equal(drawn, shortcut_matrix("C", 3, 6, 2))
    assert [bar.get_width() * 1e3 for bar in costs.patches] == [0, 173_824, 1_092_992]
    assert figure.alt.endswith("ResNet-34 then has 16 projections and 22,716,840 parameters.")


def test_wrong_values_are_refused():
    """Unknown options, and channels that would have to go in option A, are errors of one line."""
    with pytest.raises(ValueError, match=r"shortcut='D'"):
        plot_shortcut("D")
    with pytest.raises(ValueError, match=r"out_channels=2 must be at least in_channels=4 for option A"):
        plot_shortcut("A", 4, 2)
