"""Few colours stand for many: the common ones stay what they are, rare ones are not lost."""

import numpy as np
import pytest

from course.visualize.palette import nearest_colors, paint, palette_of


def painted(pixels, most):
    """The picture in few colours."""
    palette = palette_of(pixels, most)
    return palette[paint(pixels, nearest_colors(palette))]


def test_a_picture_of_few_colours_stays_as_it_is():
    """White ground, two lines and a single dot of other colours come back exactly."""
    pixels = np.full((60, 80, 3), 255, dtype=np.uint8)
    pixels[10], pixels[:, 20], pixels[40, 50] = (0, 114, 178), (213, 94, 0), (204, 121, 167)
    np.testing.assert_array_equal(painted(pixels, 8), pixels)
    assert len(palette_of(pixels, 8)) == 4


def test_a_rare_colour_is_not_lost_among_shades():
    """Of a thousand greys and one red pixel, four colours hold white, black and red."""
    rng = np.random.default_rng(0)
    pixels = np.repeat(rng.choice([0, 255], (50, 50, 1)), 3, axis=2).astype(np.uint8)
    pixels[:5] = rng.integers(100, 130, (5, 50, 1))
    pixels[25, 25] = (255, 0, 0)
    palette = {tuple(color) for color in palette_of(pixels, 4).tolist()}
    assert {(0, 0, 0), (255, 255, 255), (255, 0, 0)} < palette


@pytest.mark.parametrize(("most", "error"), [(8, 33), (64, 2)])
def test_a_grey_ramp_stays_grey(most, error):
    """A shade is off by no more than the distance of the shades that are left, and has no tint."""
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    found = painted(ramp, most).astype(int)
    assert np.ptp(found, axis=2).max() <= 1 and np.abs(found - ramp).max() <= error


def test_noise_is_painted_with_the_nearest_colour():
    """Against brute force: the error is at most that of rounding to the lookup's bits above the best."""
    pixels = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    palette = palette_of(pixels, 16)
    distances = np.linalg.norm(pixels[:, :, None].astype(float) - palette, axis=-1)  # (40, 40, 16)
    found = np.linalg.norm(painted(pixels, 16).astype(float) - pixels, axis=-1)
    assert (found <= distances.min(axis=-1) + 2 * np.linalg.norm([4, 2, 4])).all()
