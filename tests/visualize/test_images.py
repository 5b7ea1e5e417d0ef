"""Images in a grid lie where torchvision puts them."""

from io import BytesIO

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.utils import make_grid

from course.visualize import image_grid, plot_images
from course.visualize.images import unit_range
from course.visualize.style import FEW

SHAPES = st.tuples(
    st.integers(2, 7), st.sampled_from([1, 3]), st.integers(1, 6), st.integers(1, 6), st.integers(1, 9)
)


@settings(deadline=None, max_examples=25)
@given(SHAPES, st.integers(0, 3))
def test_grid_is_torchvisions(shape, padding):
    """For any number, size and row length, the grid equals make_grid."""
    N, C, H, W, nrow = shape
    images = torch.rand(N, C, H, W, dtype=torch.float64)
    expected = make_grid(images, nrow=nrow, padding=padding, pad_value=1.0)
    np.testing.assert_array_equal(image_grid(images, nrow, padding), expected.permute(1, 2, 0))


def test_padding_of_two_kinds():
    """A pair is the padding above and below, and the one left and right."""
    grid = image_grid(torch.zeros(2, 1, 4, 5), nrow=1, padding=(3, 1))
    assert grid.shape == (2 * 4 + 3 * 3, 5 + 2, 3)
    assert (grid[:3] == 1).all() and (grid[3:7, 1:6] == 0).all() and (grid[7:10] == 1).all()


def test_grey_images_need_no_channel_and_may_be_strided():
    """(N, H, W) equals (N, 1, H, W); a transposed view needs no copy."""
    images = torch.rand(3, 5, 4)
    np.testing.assert_array_equal(image_grid(images), image_grid(images.unsqueeze(1)))
    turned = images.transpose(1, 2)
    np.testing.assert_array_equal(image_grid(turned), image_grid(turned.contiguous()))


@pytest.mark.parametrize(
    ("values", "value_range", "expected"),
    [
        (torch.tensor([0, 51, 255], dtype=torch.uint8), None, [0, 0.2, 1]),
        (torch.tensor([0.0, 0.5, 1.0]), None, [0, 0.5, 1]),
        (torch.tensor([-2.0, 0.0, 9.0]), (-1, 1), [0, 0.5, 1]),
        (torch.tensor([0.25], dtype=torch.bfloat16), (0, 0.5), [0.5]),
    ],
)
def test_black_and_white(values, value_range, expected):
    """Integers are black at 0 and white at 255, floats at 0 and 1, others as told; the rest is cut off."""
    np.testing.assert_allclose(unit_range(values, value_range), expected)


def test_drawn_pixels_are_the_images_pixels():
    """In the picture the middle of each image's first pixel has that pixel's colour."""
    images = torch.tensor([0, 60, 120, 250], dtype=torch.uint8).reshape(4, 1, 1, 1).expand(4, 1, 28, 28)
    figure = plot_images(images, titles=["a", "b", "c", "d"], nrow=2)
    (axes,) = figure.axes
    drawn = axes.images[0].get_array()
    for frame, value in zip(axes.patches, (0, 60, 120, 250), strict=True):
        middle = int(frame.get_y() + frame.get_height() / 2), int(frame.get_x() + frame.get_width() / 2)
        np.testing.assert_allclose(drawn[middle], value / 255)
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c", "d"]
    assert figure.alt == "4 images of 28 x 28 pixels: a, b, c and d."
    assert plot_images(images, alt="Four greys.").alt == "Four greys."


def test_tiny_images_keep_their_proportions():
    """5 x 5 filters are enlarged in blocks of equal pixels."""
    figure = plot_images(torch.eye(5).expand(2, 5, 5))
    frames = figure.axes[0].patches
    assert all(frame.get_width() == frame.get_height() >= 28 for frame in frames)


def test_images_are_as_wide_as_asked_but_fit_the_page():
    """A single photograph can fill the column; many images share it."""
    photo = torch.rand(1, 20, 30)
    widths = [plot_images(photo, image_width=inches).get_figwidth() for inches in (1.8, 5.0, 9.0)]
    assert widths == [1.8, 5.0, 7.0]
    assert plot_images(photo.expand(4, 20, 30), image_width=5.0).get_figwidth() == 7.0


def test_other_shapes_are_refused():
    """Two or four channels, no image, no row and titles in another number are errors."""
    for shape in [(2, 2, 4, 4), (4, 4), (0, 1, 4, 4)]:
        with pytest.raises(ValueError, match=r"images has shape \(.*\); it must be \(N, 1, H, W\)"):
            image_grid(torch.zeros(shape))
    with pytest.raises(ValueError, match=r"nrow=0 must be at least 1"):
        image_grid(torch.zeros(1, 4, 4), nrow=0)
    with pytest.raises(ValueError, match=r"titles has 1 entries; images has 2"):
        plot_images(torch.zeros(2, 4, 4), titles=["a"])
    with pytest.raises(ValueError, match=r"value_range=\(1, 1\) must be \(black, white\)"):
        image_grid(torch.zeros(1, 4, 4), value_range=(1, 1))


def test_photographs_may_be_stored_with_few_colours():
    """As many as a drawing has: the stored file is smaller, and no pixel is far from what it was."""
    smooth = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    photograph = torch.nn.functional.interpolate(smooth, size=(120, 120), mode="bilinear")
    many, few = plot_images(photograph), plot_images(photograph, few_colors=True)
    assert len(few.png()) < 0.9 * len(many.png())
    stored = [np.asarray(Image.open(BytesIO(one.png())).convert("RGB"), float) for one in (few, many)]
    counts = [len(np.unique(pixels.reshape(-1, 3), axis=0)) for pixels in stored]
    assert counts[0] <= FEW < counts[1]
    assert abs(stored[0] - many.pixels()).mean() < 8
