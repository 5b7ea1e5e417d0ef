"""Bounding boxes on a photograph: what localization asks for beyond a name, and how it is judged."""

from collections.abc import Mapping

import numpy as np
from matplotlib.patches import Rectangle

from .style import COLORS, LINE_STYLES, Picture, bare, picture, styled

Box = tuple[float, float, float, float]


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes: the area of both together, as a part of the area of either.

    Args:
        a: left, top, right, bottom, in pixels, right and bottom outside.
        b: the same.

    Returns:
        From 0 (apart) to 1 (equal).

    Raises:
        ValueError: a box has no area.
    """
    for name, (left, top, right, bottom) in {"a": a, "b": b}.items():
        if right <= left or bottom <= top:
            raise ValueError(f"{name}={(left, top, right, bottom)} must have right > left and bottom > top")
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    both = max(width, 0) * max(height, 0)
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in (a, b)]
    return both / (sum(areas) - both)


@styled
def plot_boxes(image: np.ndarray, name: str, truth: Box, guesses: Mapping[str, Box]) -> Picture:
    """Draw the two tasks side by side: on the left only the name counts, on the right also the box.

    Args:
        image: (H, W, 3), uint8 or from 0 to 1.
        name: the right class.
        truth: its box: left, top, right, bottom in pixels.
        guesses: one to three boxes by name; each title tells its overlap with the true one.

    Raises:
        ValueError: the image is not (H, W, 3), or a box has no area.
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"image has shape {image.shape}; it must be (H, W, 3)")
    figure, axes = picture(1, 2, height=2.6, width=6.2)
    for panel in axes[0]:
        panel.imshow(image)
        bare(panel)
    left, right = axes[0]
    left.set_title(f"classification: “{name}”")
    right.set_title(f"localisation: “{name}”, here")
    for index, (label, box) in enumerate({"truth": truth, **guesses}.items()):
        share = overlap(truth, box)
        text = label if not index else f"{label}: {share:.2f}, {'right' if share >= 0.5 else 'wrong'}"
        color = ("white", COLORS[5], COLORS[4], COLORS[3])[index]
        look = {"edgecolor": color, "linestyle": LINE_STYLES[index], "linewidth": 2.2, "label": text}
        corner, size = (box[0], box[1]), (box[2] - box[0], box[3] - box[1])
        right.add_patch(Rectangle(corner, *size, fill=False, **look))
        # each name in another corner of its box: boxes that nearly agree share their corners
        x, ha = ((box[0] + 4, "left"), (box[2] - 4, "right"))[index // 2]
        y = (box[1] + 4, min(box[3] + 4, image.shape[0] - 20))[index % 2]
        right.text(
            x, y, text, color=color, fontsize=8, ha=ha, va="top",
            bbox={"facecolor": "black", "alpha": 0.7, "pad": 1, "edgecolor": "none"},
        )  # fmt: skip
    count = f"{len(guesses)} guess{'es' * (len(guesses) != 1)}"
    figure.alt = f"A photograph twice: with the name {name} alone, and with a true box and {count}."
    return figure
