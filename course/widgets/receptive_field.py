"""Explorer: how much of an image one unit sees, by kernel, stride and depth."""

from functools import partial

import numpy as np
from ipywidgets import IntSlider
from matplotlib.patches import Rectangle

from course.visualize.receptive_cone import draw_cone, receptive_cone
from course.visualize.receptive_field import STRENGTH, receptive_fields
from course.visualize.style import COLORS, Picture, bare, picture, styled

from .explorer import Explorer


@styled
def draw_receptive_field(image: np.ndarray, kernel: int = 3, stride: int = 1, depth: int = 3) -> Picture:
    """A stack of equal layers: which units one unit sees along one axis, and which pixels of an image.

    Args:
        image: gray, (H, W), from 0 to 1; the unit looks at its middle.
        kernel: side of every kernel, at least 1.
        stride: of every layer, at least 1.
        depth: how many layers, at least 1.

    Raises:
        ValueError: the image is not (H, W), or a number is below 1.
    """
    image = np.asarray(image, dtype=float)
    if image.ndim != 2:
        raise ValueError(f"image has shape {image.shape}; it must be (H, W)")
    if min(kernel, stride, depth) < 1:
        raise ValueError(f"kernel={kernel}, stride={stride}, depth={depth} must each be at least 1")
    layers = [(kernel, stride)] * depth
    field = receptive_fields(layers)[-1]
    ways = receptive_cone(layers)[0].ways  # (pixels,)

    figure, axes = picture(1, 2, height=3.4, layout=None, width_ratios=[4, 3])
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.14, top=0.86, wspace=0.08)
    cone, photo = axes[0]
    draw_cone(cone, layers)
    cone.set_title(f"{depth} × kernel {kernel}, stride {stride}: sees {field.size}, jump {field.jump}")
    H, W = image.shape
    top, left = (H - field.size) // 2, (W - field.size) // 2
    photo.imshow(image, cmap="gray", vmin=0, vmax=1)
    strength = np.sqrt(np.outer(ways, ways)) / ways.max()
    place = (left - 0.5, left + field.size - 0.5, top + field.size - 0.5, top - 0.5)
    colors = np.ma.masked_equal(strength, 0)
    photo.imshow(colors, extent=place, cmap=STRENGTH, vmin=0, vmax=1)
    frame = Rectangle(
        (left - 0.5, top - 0.5), field.size, field.size, fill=False, color=COLORS[1], linewidth=2
    )
    photo.add_patch(frame)
    photo.set(xlim=(-0.5, W - 0.5), ylim=(H - 0.5, -0.5))
    bare(photo)
    larger = field.size > min(H, W)
    photo.set_title(
        "more than the whole picture" if larger else f"{field.size} × {field.size} of {H} × {W} pixels"
    )
    figure.many_colors = True
    figure.alt = (
        f"{depth} layers with kernel {kernel} and stride {stride}: one unit sees {field.size} x {field.size} "
        f"pixels, its neighbour is {field.jump} pixels further."
    )
    return figure


def receptive_field_explorer(image: np.ndarray) -> Explorer:
    """The receptive field of a stack, with controls for kernel, stride and depth.

    Args:
        image: gray, (H, W), from 0 to 1.
    """
    return Explorer(
        partial(draw_receptive_field, image),
        kernel=IntSlider(3, min=1, max=7),
        stride=IntSlider(1, min=1, max=3),
        depth=IntSlider(3, min=1, max=5, description="layers"),
    )
