"""The noise of a minibatch gradient follows the law of the root, and the picture shows what was measured."""

import numpy as np
import pytest
import torch

from course.visualize import gradient_noise, plot_gradient_noise

SIZES = (1, 4, 25, 100)


def measured(draws=400, dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    each = torch.randn(300, 6, generator=generator, dtype=dtype) + 0.5  # a gradient of each image
    errors = gradient_noise(lambda rows: each[rows].mean(dim=0), 300, SIZES, draws, generator)
    return each, errors


def test_errors_are_those_that_statistics_expects():
    """The mean square error of a batch of n is the variance of the images' gradients over n."""
    each, errors = measured()
    expected = each.var(dim=0, correction=0).sum() / each.mean(dim=0).norm() ** 2
    found = (errors**2).mean(axis=0) * np.array(SIZES)
    assert errors.shape == (400, 4)
    np.testing.assert_allclose(found, expected.item(), rtol=0.15)


def test_all_images_at_once_leave_no_error():
    """A batch that happens to be the whole set, once each, has the full gradient."""
    each = torch.eye(3)
    generator = torch.Generator().manual_seed(0)
    errors = gradient_noise(lambda rows: each[torch.arange(3)].mean(dim=0), 3, (2,), 5, generator)
    assert errors.max() == 0


def test_the_picture_holds_the_means_and_the_law():
    """The dashed line starts at the measured error of the smallest batch and falls by the root."""
    _, errors = measured(draws=20)
    figure = plot_gradient_noise(SIZES, errors, "Noise")
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    np.testing.assert_allclose(lines["measured, mean"].get_ydata(), errors.mean(axis=0))
    law = lines["1 / root of the batch size"].get_ydata()
    np.testing.assert_allclose(law, errors[:, 0].mean() / np.sqrt(SIZES))
    assert figure.alt.startswith("Noise. Error of the gradient for 20 batches each of 1 to 100 images")


def test_bad_arguments_are_named():
    """No draws, a gradient of zero, another number of columns."""
    generator = torch.Generator()
    with pytest.raises(ValueError, match="draws=0 must all be at least 1"):
        gradient_noise(lambda rows: torch.ones(2), 5, (1,), 0, generator)
    with pytest.raises(ValueError, match="has length 0; it must be above 0"):
        gradient_noise(lambda rows: torch.zeros(2), 5, (1,), 1, generator)
    with pytest.raises(ValueError, match="errors has 2 columns; sizes has 3"):
        plot_gradient_noise((1, 2, 3), np.ones((4, 2)))
