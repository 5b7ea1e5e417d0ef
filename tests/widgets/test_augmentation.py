"""The explorer of augmentation shows the image that its sliders describe, and where its pixels come from."""

import numpy as np
import pytest
import torch
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as F

from course.widgets import augmentation_explorer, draw_augmentation

IMAGE = torch.rand(3, 20, 30, generator=torch.Generator().manual_seed(0))


def shown(figure):
    """The image on the right, (H, W, 3)."""
    return np.asarray(figure.axes[1].images[0].get_array())


def frame(figure):
    """The corners of the frame on the left, (5, 2): the first one again at the end."""
    return figure.axes[0].lines[0].get_xydata()


def test_the_affine_part_is_that_of_torchvision():
    """Angle, shift and scale give what torchvision's affine gives for the same numbers."""
    figure = draw_augmentation(IMAGE, angle=20, scale=1.2, right=0.1, down=-0.2)
    bilinear = InterpolationMode.BILINEAR
    expected = F.affine(IMAGE, 20, [3, -4], 1.2, [0, 0], interpolation=bilinear)
    np.testing.assert_allclose(shown(figure), expected.permute(1, 2, 0), atol=1e-5)


def test_crop_and_flip_cut_and_mirror():
    """The window is cut at its place, then mirrored, and the frame begins at its right upper corner."""
    figure = draw_augmentation(IMAGE, angle=0, crop=0.5, place=1.0, flip=True)
    np.testing.assert_allclose(shown(figure), IMAGE[:, 10:, 15:].flip(2).permute(1, 2, 0), atol=1e-5)
    np.testing.assert_allclose(frame(figure)[:4], [[29.5, 9.5], [14.5, 9.5], [14.5, 19.5], [29.5, 19.5]])


def test_a_clockwise_turn_shows_a_counter_clockwise_frame():
    """Turned by 90 degrees clockwise, the upper left corner shows the lower left one of a square image."""
    figure = draw_augmentation(IMAGE[:, :, :20], angle=90)
    np.testing.assert_allclose(frame(figure)[0], [-0.5, 19.5], atol=1e-4)


def test_a_larger_image_shows_a_smaller_part():
    """Scaled by 2, the frame has half the sides, in the middle of the image."""
    figure = draw_augmentation(IMAGE, angle=0, scale=2)
    np.testing.assert_allclose(frame(figure)[:2], [[7, 4.5], [22, 4.5]], atol=1e-5)


def test_noise_has_the_deviation_of_the_slider():
    """On a grey image the drawn values spread by as much as the slider says."""
    figure = draw_augmentation(torch.full((1, 60, 60), 0.5), angle=0, noise=0.1)
    assert abs(shown(figure)[..., 0].std() - 0.1) < 0.005


def test_every_end_of_the_sliders_draws():
    """All sliders at their smallest and at their largest value give a picture that says so."""
    explorer = augmentation_explorer(IMAGE)
    for end in ("min", "max"):
        for name, control in explorer.controls.items():
            control.value = end == "max" if name == "flip" else getattr(control, end)
        assert explorer.picture().png().startswith(b"\x89PNG")
    assert "mirrored, noise 0.5" in explorer.picture().alt


def test_controls_have_the_drawing_functions_own_defaults():
    """The first picture is draw_augmentation(image) with no other argument."""
    assert (
        augmentation_explorer(IMAGE).picture().pixels().tobytes()
        == draw_augmentation(IMAGE).pixels().tobytes()
    )


@pytest.mark.parametrize(
    ("image", "arguments", "message"),
    [
        (IMAGE[0], {}, r"image has shape \(20, 30\); it must be \(3, H, W\) or \(1, H, W\)"),
        (IMAGE, {"crop": 0}, "crop=0 must be above 0 and at most 1"),
        (IMAGE, {"place": 1.5}, "place=1.5 from 0 to 1"),
    ],
)
def test_wrong_arguments_are_named(image, arguments, message):
    """An image of another shape, and shares outside their ranges, are errors that say what is allowed."""
    with pytest.raises(ValueError, match=message):
        draw_augmentation(image, **arguments)
