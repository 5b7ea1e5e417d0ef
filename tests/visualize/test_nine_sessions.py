"""The sheet of the nine sessions has nine pictures."""

import pytest
import torch

from course.visualize import plot_nine_sessions


def test_each_session_has_a_picture():
    """Nine titled panels, none of them empty."""
    figure = plot_nine_sessions(torch.rand(1, 28, 28))
    assert [panel.get_title()[0] for panel in figure.axes] == list("123456789")
    assert all(panel.lines or panel.images or panel.collections for panel in figure.axes)
    assert figure.alt.startswith("Nine small pictures: machine learning, nearest neighbours")


def test_the_image_is_turned():
    """The picture of augmentation holds the image and, beside it, another one of the same size."""
    image = torch.rand(1, 20, 20, generator=torch.Generator().manual_seed(0))
    shown = plot_nine_sessions(image).axes[7].images[0].get_array()
    assert shown.shape == (20, 44)
    assert torch.allclose(torch.as_tensor(shown[:, :20]), image[0].double())
    assert not torch.allclose(torch.as_tensor(shown[:, 24:]), image[0].double(), atol=0.1)


def test_another_shape_is_refused():
    """A batch is an error."""
    with pytest.raises(ValueError, match=r"image has shape \(2, 1, 8, 8\); it must be \(1, H, W\)"):
        plot_nine_sessions(torch.zeros(2, 1, 8, 8))
