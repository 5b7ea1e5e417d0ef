"""Weights as colours: zero in the middle, the largest at an end."""

import numpy as np
import pytest
import torch

from course.visualize import plot_filters, plot_templates
from course.visualize.filters import center_on_zero, signed_colors


def test_zero_is_the_middle_and_the_largest_an_end():
    """Each filter is divided by its own largest absolute value, or all by the largest of all."""
    weights = torch.tensor([[[[-2.0, 0, 1]]], [[[0.0, 8, 4]]]])
    np.testing.assert_allclose(center_on_zero(weights).flatten(), [0, 0.5, 0.75, 0.5, 1, 0.75])
    np.testing.assert_allclose(
        center_on_zero(weights, each=False).flatten(), [0.375, 0.5, 0.5625, 0.5, 1, 0.75]
    )


def test_filters_of_zeros_are_the_middle():
    """Nothing is divided by zero."""
    assert (center_on_zero(torch.zeros(2, 1, 3, 3)) == 0.5).all()


def test_signed_colours():
    """Negative is orange (more red than blue), zero nearly white, positive purple (more blue than green)."""
    colors = signed_colors(torch.tensor([0.1, 0.5, 0.9]).reshape(1, 1, 1, 3))[0, :, 0].T  # (3 values, RGB)
    assert colors.shape == (3, 3)
    assert colors[0, 0] > colors[0, 2] + 0.3
    assert colors[1].min() > 0.95
    assert colors[2, 2] > colors[2, 1] + 0.2


def test_colour_filters_are_drawn_as_they_are():
    """A filter of three channels shows its own weights, centred on grey."""
    weights = torch.randn(2, 3, 28, 28, generator=torch.Generator().manual_seed(0))
    figure = plot_filters(weights)
    drawn, frame = figure.axes[0].images[0].get_array(), figure.axes[0].patches[0]
    x, y = int(frame.get_x()), int(frame.get_y())
    np.testing.assert_allclose(drawn[y, x], center_on_zero(weights)[0, :, 0, 0])
    assert figure.alt == "2 filters of 28 x 28 weights in 3 channels."


def test_weights_that_require_gradients_are_left_alone():
    """A layer's own weight can be drawn; it is not changed."""
    layer = torch.nn.Conv2d(1, 4, 5)
    before = layer.weight.detach().clone()
    plot_filters(layer.weight)
    assert torch.equal(layer.weight, before) and layer.weight.requires_grad


def test_templates_are_the_rows_as_images():
    """Each row of the matrix is one image, titled by its class."""
    layer = torch.nn.Linear(12, 3)
    figure = plot_templates(layer.weight, (1, 3, 4), ["cat", "dog", "ship"])
    same = plot_filters(layer.weight.reshape(3, 1, 3, 4), ["cat", "dog", "ship"], nrow=5)
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), same.axes[0].images[0].get_array())
    assert [text.get_text() for text in figure.axes[0].texts] == ["cat", "dog", "ship"]
    assert figure.alt == "A template of 3 x 4 weights for each of cat, dog and ship."


def test_a_matrix_of_another_size_is_refused():
    """The message names both shapes."""
    with pytest.raises(
        ValueError, match=r"weight has shape \(3, 12\); image_shape=\(3, 2, 4\) asks for .* 24\)"
    ):
        plot_templates(torch.zeros(3, 12), (3, 2, 4), ["a", "b", "c"])
    with pytest.raises(ValueError, match=r"images has shape \(8, 6, 5, 5\)"):
        plot_filters(torch.zeros(8, 6, 5, 5))
