"""The explorer of receptive fields draws the field of the stack in its controls."""

import numpy as np
import pytest

from course.visualize import receptive_cone, receptive_fields
from course.widgets import draw_receptive_field, receptive_field_explorer

IMAGE = np.random.default_rng(0).uniform(size=(40, 50))


@pytest.mark.parametrize("kernel, stride, depth", [(3, 1, 3), (5, 2, 2), (2, 3, 3), (1, 1, 1)])
def test_the_frame_is_the_field_around_the_middle(kernel, stride, depth):
    """The frame on the image is as large as the arithmetic says, in the middle; titles tell size and jump."""
    figure = draw_receptive_field(IMAGE, kernel, stride, depth)
    field = receptive_fields([(kernel, stride)] * depth)[-1]
    cone, photo = figure.axes
    (frame,) = photo.patches
    assert frame.get_width() == frame.get_height() == field.size
    x, y = frame.get_xy()
    assert abs(x + field.size / 2 - 24.5) <= 0.5 and abs(y + field.size / 2 - 19.5) <= 0.5
    assert cone.get_title().endswith(f"sees {field.size}, jump {field.jump}")
    assert photo.get_title() == f"{field.size} × {field.size} of 40 × 50 pixels"
    assert f"sees {field.size} x {field.size} pixels" in figure.alt


def test_the_strength_lies_in_the_frame():
    """What is laid over the image is as strong as the ways along both axes, and strongest in the middle."""
    _, photo = draw_receptive_field(IMAGE, 3, 1, 2).axes
    ways = receptive_cone([(3, 1)] * 2)[0].ways
    shown = photo.images[1]
    np.testing.assert_allclose(shown.get_array().data ** 2, np.outer(ways, ways) / 9)
    x, y = photo.patches[0].get_xy()
    assert tuple(shown.get_extent()) == (x, x + 5, y + 5, y)


def test_every_combination_of_controls_draws():
    """The ends of all sliders together give a picture; a field beyond the image is said to be one."""
    controls = (explorer := receptive_field_explorer(IMAGE)).controls
    for kernel in (controls["kernel"].min, controls["kernel"].max):
        for stride in (controls["stride"].min, controls["stride"].max):
            for depth in (controls["depth"].min, controls["depth"].max):
                controls["kernel"].value, controls["stride"].value, controls["depth"].value = (
                    kernel,
                    stride,
                    depth,
                )
                figure = explorer.picture()
                field = receptive_fields([(kernel, stride)] * depth)[-1]
                assert f"sees {field.size} x {field.size}" in figure.alt
                assert (figure.axes[1].get_title() == "more than the whole picture") is (field.size > 40)


def test_controls_have_the_drawing_function_own_defaults():
    """The first picture is draw_receptive_field() with no further argument."""
    assert (
        receptive_field_explorer(IMAGE).picture().pixels().tobytes()
        == draw_receptive_field(IMAGE).pixels().tobytes()
    )


def test_what_cannot_be_drawn_is_refused():
    """A colour image and a kernel of 0 are errors."""
    with pytest.raises(ValueError, match=r"image has shape \(3, 4, 5\); it must be \(H, W\)"):
        draw_receptive_field(np.zeros((3, 4, 5)))
    with pytest.raises(ValueError, match=r"kernel=0, stride=1, depth=3 must each be at least 1"):
        draw_receptive_field(IMAGE, kernel=0)
