"""Sliding windows of a convolution or a pooling along one axis, with stride and padding."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .style import COLORS, Picture, bare, picture, styled, tint


class Setting(NamedTuple):
    """Pixels of the input, and what the windows are like."""

    pixels: int
    kernel: int
    stride: int = 1
    padding: int = 0


def window_starts(setting: Setting) -> np.ndarray:
    """The first pixel of each window; padding lies at -padding to -1 and from `pixels` on.

    >>> window_starts(Setting(pixels=8, kernel=3, stride=2, padding=1)).tolist()
    [-1, 1, 3, 5]

    Raises:
        ValueError: the kernel is wider than input and padding, or a number is too small.
    """
    pixels, kernel, stride, padding = setting
    if min(pixels, kernel, stride) < 1 or padding < 0 or kernel > pixels + 2 * padding:
        raise ValueError(f"{setting} must have a kernel that fits, a stride from 1 and a padding from 0 on")
    return np.arange(-padding, pixels + padding - kernel + 1, stride)


def unseen_pixels(setting: Setting) -> list[int]:
    """The pixels of the input that lie in no window.

    >>> unseen_pixels(Setting(pixels=8, kernel=3, stride=2))
    [7]
    """
    seen = {pixel for start in window_starts(setting) for pixel in range(start, start + setting.kernel)}
    return [pixel for pixel in range(setting.pixels) if pixel not in seen]


@styled
def plot_windows(settings: Mapping[str, tuple[int, ...]]) -> Picture:
    """Draw one row of pixels a setting, and below it a bar for each window, with the number of its output.

    Padding is dotted; pixels that no window sees are hatched.

    Args:
        settings: title to (pixels, kernel, stride, padding); the last two may be missing.

    Raises:
        ValueError: nothing to draw, or a setting that is not possible.
    """
    if not settings:
        raise ValueError("settings={} must hold at least one setting")
    chosen = {title: Setting(*setting) for title, setting in settings.items()}
    lines = {title: -(-setting.kernel // setting.stride) for title, setting in chosen.items()}
    height = sum(1.9 + 0.45 * count for count in lines.values())
    most = max(setting.pixels + 2 * setting.padding for setting in chosen.values())
    figure, axes = picture(height=0.34 * height, width=min(7.0, 0.42 * (most + 2)), layout=None)
    figure.subplots_adjust(0.01, 0.01, 0.99, 0.99)
    panel = axes[0, 0]
    widest = max(setting.padding for setting in chosen.values())
    top, alt_text = 0.0, []
    for title, setting in chosen.items():
        draw_windows(panel, setting, top + 0.75)
        count, unseen = len(window_starts(setting)), len(unseen_pixels(setting))
        panel.text(-widest, top + 0.62, f"{title}: {setting.pixels} → {count}", ha="left", va="bottom")
        alt_text.append(
            f"{title}, {setting.pixels} pixels give {count} outputs" + f", {unseen} unseen" * bool(unseen)
        )
        top += 1.9 + 0.45 * lines[title]
    panel.set(xlim=(-widest - 0.2, most - widest + 0.2), ylim=(top, 0))
    bare(panel)
    figure.alt = f"Windows along one axis: {'; '.join(alt_text)}."
    return figure


def draw_windows(axes: Axes, setting: Setting, top: float) -> None:
    """Draw the pixels at height `top`, and the windows below, as many rows as they overlap; y points down."""
    unseen = unseen_pixels(setting)
    for pixel in range(-setting.padding, setting.pixels + setting.padding):
        inside = 0 <= pixel < setting.pixels
        look = {"facecolor": tint(COLORS[0], 0.25 if inside else 0.0), "edgecolor": "#777777"}
        look |= {"linestyle": "-" if inside else ":", "hatch": "////" if pixel in unseen else None}
        axes.add_patch(Rectangle((pixel + 0.05, top), 0.9, 0.75, **look))
    rows = -(-setting.kernel // setting.stride)
    for index, start in enumerate(window_starts(setting)):
        y = top + 1.12 + 0.45 * (index % rows)
        ends = (start + 0.12, start + setting.kernel - 0.12)
        axes.plot(ends, (y, y), color=COLORS[index % 2], linewidth=2.4, solid_capstyle="butt")
        middle = start + setting.kernel / 2
        axes.text(
            middle, y, str(index), ha="center", va="center", fontsize=7, backgroundcolor="white"
        ).set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6})
