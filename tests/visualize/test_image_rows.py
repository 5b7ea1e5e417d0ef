"""Rows of images show the images, in the order of their names."""

import numpy as np
import pytest
import torch

from course.visualize.image_rows import plot_image_rows


def test_each_image_stands_in_its_row():
    """Rows of unequal length, colour and grey; the row's name on its left, the image's above it."""
    rows = {"dark": torch.rand(2, 3, 8, 8) * 0.2, "bright": torch.rand(3, 8, 8)}
    figure = plot_image_rows(rows, {"dark": ["cave", "well"]})
    shown = [axes for axes in figure.axes if axes.images]
    assert len(figure.axes) == 6 and len(shown) == 5
    np.testing.assert_allclose(shown[1].images[0].get_array(), rows["dark"][1].permute(1, 2, 0))
    np.testing.assert_allclose(shown[4].images[0].get_array()[..., 2], rows["bright"][2])
    assert figure.axes[0].get_ylabel() == "dark" and figure.axes[1].get_title() == "well"
    assert figure.alt == "2 rows of images. dark: cave and well; bright: 3 images."


def test_names_belong_to_images():
    """Nothing to draw, and another number of names, are refused."""
    with pytest.raises(ValueError, match="at least one row"):
        plot_image_rows({})
    with pytest.raises(ValueError, match="has 1 entries; there are 2 images"):
        plot_image_rows({"dark": torch.rand(2, 8, 8)}, {"dark": ["cave"]})


def test_a_long_name_is_no_longer_than_its_row():
    """The name of a row ends within the row, however many images make it low."""
    figure = plot_image_rows({"upside down": torch.rand(10, 8, 8), "mirrored": torch.rand(10, 8, 8)})
    figure.pixels()
    for axes in figure.axes[::10]:
        name, row = axes.yaxis.label.get_window_extent(), axes.get_window_extent()
        assert name.height <= row.height


def test_names_of_two_lines_have_room():
    """Two lines above each image make the picture higher; the alternative text has them in one."""
    images = torch.rand(2, 8, 8)
    low, high = (plot_image_rows({"mix": images}, {"mix": names}) for names in (["a", "b"], ["a\nb", "c\nd"]))
    assert high.get_figheight() > low.get_figheight()
    assert high.alt == "1 rows of images. mix: a, b and c, d."
