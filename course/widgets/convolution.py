"""Explorer: what a kernel of 3 x 3 makes of a photograph, and how one number of the result comes about."""

from functools import partial

import numpy as np
from ipywidgets import IntSlider

from course.visualize.convolution import convolution_step, correlate
from course.visualize.numbers import draw_numbers
from course.visualize.style import COLORS, SIGNED_MAP, Picture, bare, picture, styled

from .explorer import Explorer
from .kernel_editor import Kernel, KernelEditor, kernel_named

PART = 5  # rows and columns of the part of the photograph whose numbers are shown
VERTICAL = kernel_named("vertical edges")


def part_of(image: np.ndarray, corner: tuple[int, int]) -> np.ndarray:
    """The 5 x 5 pixels from a corner on, from 0 to 100: whole numbers that can be read.

    Raises:
        ValueError: the image is not gray and of {PART} x {PART} pixels or more, or the part leaves it.
    """
    image = np.asarray(image, dtype=float)
    if image.ndim != 2 or min(image.shape) < PART:
        raise ValueError(f"image has shape {image.shape}; it must be (H, W), {PART} x {PART} or more")
    top, left = corner
    if not (0 <= top <= image.shape[0] - PART and 0 <= left <= image.shape[1] - PART):
        raise ValueError(f"corner={corner} must leave room for {PART} x {PART} pixels in {image.shape}")
    return np.round(100 * image[top : top + PART, left : left + PART])


@styled
def draw_convolution(
    image: np.ndarray, corner: tuple[int, int], kernel: Kernel = VERTICAL, row: int = 1, column: int = 1
) -> Picture:
    """A photograph before and after cross-correlation, and one window of it with all its numbers.

    Args:
        image: gray, (H, W), from 0 to 1.
        corner: upper left pixel of the part whose numbers are shown.
        kernel: three rows of three numbers.
        row, column: which output of this part is computed, each from 0 to 2.

    Raises:
        ValueError: the image is too small, or part, row or column leave it.
    """
    part, weights = part_of(image, corner), np.array(kernel)
    step = convolution_step(part, weights, row, column)
    result = correlate(image, weights)
    signed = bool(weights.sum() <= 0)
    most = max(np.abs(result).max(), 1e-9)
    after_look = {"cmap": SIGNED_MAP, "vmin": -most, "vmax": most} if signed else {"vmin": 0, "vmax": 1}

    figure, axes = picture(1, 2, height=4.6, layout=None)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.46, top=0.95, wspace=0.03)
    H, W = np.shape(image)
    inner = (0.5, W - 1.5, H - 1.5, 0.5)  # the result lacks one row and column on each side
    axes[0, 0].imshow(image, cmap="gray", vmin=0, vmax=1)
    axes[0, 1].imshow(result, **{"cmap": "gray", **after_look}, extent=inner)
    axes[0, 0].set_title("the photograph")
    axes[0, 1].set_title("after the kernel" + (", purple above 0, orange below" if signed else ""))
    for panel in axes[0]:
        middle = (corner[1] + column + 1, corner[0] + row + 1)
        panel.plot(*middle, "s", markersize=9, fillstyle="none", color=COLORS[1], markeredgewidth=1.8)
        panel.set(xlim=(-0.5, W - 0.5), ylim=(H - 0.5, -0.5))
        bare(panel)

    numbers = figure.add_axes((0.0, 0.0, 1.0, 0.40))
    matrices = {"pixels": part, "kernel": weights, "products": step.products, "output": step.output}
    frames = {"pixels": [(*step.corner, 3, 3)], "output": [(row, column, 1, 1)]}
    draw_numbers(numbers, matrices, frames, ".3g", cell=0.36, pixels={"pixels": (0, 100)})
    columns = PART + 3 + 3 + (PART - 2) + 5
    numbers.set(xlim=(0, columns), ylim=(PART + 0.2, -0.9))
    total = f"the products add up to {step.products.sum():.4g}"
    numbers.text(columns - 1, PART - 0.1, total, fontsize=10, ha="right", va="bottom", color=COLORS[1])
    figure.many_colors = True  # else grays of the photograph take the tints of the signed values
    figure.alt = (
        f"A photograph and what the kernel {np.round(weights, 3).tolist()} makes of it; below, the window at "
        f"row {row}, column {column} of 5 x 5 of its pixels, their products with the kernel, and the output."
    )
    return figure


def convolution_explorer(image: np.ndarray, corner: tuple[int, int]) -> Explorer:
    """A kernel on a photograph, with controls for the nine numbers and for the window that is computed.

    Args:
        image: gray, (H, W), from 0 to 1.
        corner: upper left pixel of the part whose numbers are shown.
    """
    last = PART - 3
    return Explorer(
        partial(draw_convolution, image, corner),
        kernel=KernelEditor("vertical edges"),
        row=IntSlider(1, min=0, max=last, description="window: row"),
        column=IntSlider(1, min=0, max=last, description="window: column"),
    )
