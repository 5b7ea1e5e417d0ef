"""A score is the sum of what its pixels add, and the picture shows just that."""

import numpy as np
import pytest
import torch

from course.visualize import plot_score, score_parts
from course.visualize.filters import center_on_zero, signed_colors

NAMES = ["cat", "dog", "ship"]


def classifier():
    generator = torch.Generator().manual_seed(0)
    layer = torch.nn.Linear(12, 3)
    layer.weight.data = torch.randn(3, 12, generator=generator)
    layer.bias.data = torch.randn(3, generator=generator)
    return layer, torch.rand(1, 3, 4, generator=generator)


def test_scores_are_those_of_a_linear_layer():
    """The parts of each class and its bias add up to what torch.nn.Linear gives."""
    layer, image = classifier()
    parts, scores = score_parts(image, layer.weight, layer.bias)
    torch.testing.assert_close(scores, layer(image.flatten()).detach())
    torch.testing.assert_close(parts[1], layer.weight[1].detach() * image.flatten())
    assert not parts.requires_grad


def test_picture_shows_image_template_parts_and_scores():
    """Each panel holds what its title says, and the bars are the scores."""
    layer, image = classifier()
    figure = plot_score(image, 2, 1, layer.weight, layer.bias, NAMES)
    parts, scores = score_parts(image, layer.weight, layer.bias)
    picture, template, added, bars = figure.axes
    np.testing.assert_array_equal(picture.images[0].get_array(), image[0])
    for panel, values in ((template, layer.weight[1]), (added, parts[1])):
        expected = signed_colors(center_on_zero(values.reshape(1, 1, 3, 4)))[0].permute(1, 2, 0)
        np.testing.assert_allclose(panel.images[0].get_array(), expected)
    assert [panel.get_title() for panel in (picture, template)] == ["image of a ship", "template of dog"]
    np.testing.assert_allclose([bar.get_width() for bar in bars.patches], scores)
    chosen = [bar.get_hatch() for bar in bars.patches]
    assert chosen[1] and not chosen[0] and not chosen[2]
    assert figure.alt.startswith("An image of a ship, the template of dog, what each pixel adds")


def test_shapes_that_do_not_belong_together_are_refused():
    """The message names the shapes and what the image asks for."""
    with pytest.raises(
        ValueError, match=r"weight has shape \(3, 9\), bias \(3,\); an image of 12 pixels asks"
    ):
        score_parts(torch.zeros(1, 3, 4), torch.zeros(3, 9), torch.zeros(3))
    with pytest.raises(ValueError, match=r"bias \(2,\)"):
        plot_score(torch.zeros(1, 3, 4), 0, 0, torch.zeros(3, 12), torch.zeros(2), NAMES)
