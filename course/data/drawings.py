"""Rasterization of pen strokes: a drawing becomes a digit of MNIST's kind.

The makers of MNIST fitted each digit into a box of 20 x 20 pixels, keeping its proportions, and put its
center of mass on the center of 28 x 28 pixels (http://yann.lecun.com/exdb/mnist/). A net that has seen only
such digits reads a drawing well only when the drawing goes the same way.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

Stroke = Sequence[tuple[float, float]]

BOARD = 280  # pixels on each side of the board
PEN = 24  # width of a line on the board: in the box of 20 pixels, two to three, as in MNIST
BOX, SIDE = 20, 28
CENTER = 14  # row and column of the center of mass, counted from 0


def rasterize(strokes: Sequence[Stroke], size: int = BOARD, pen: float = PEN) -> np.ndarray:
    """Draw strokes with a round pen.

    Args:
        strokes: each a sequence of points (x, y) in pixels, x to the right and y down from the upper left
            corner; a stroke of one point is a dot. What lies outside of the board is not drawn.
        size: pixels on each side of the board.
        pen: width of a line in pixels.

    Returns:
        Ink, (size, size) float32: 1 where the pen was, 0 elsewhere.
    """
    image = Image.new("L", (size, size))
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in stroke]
        draw.line(points, fill=255, width=round(pen), joint="curve")
        for x, y in points:  # round ends, and a dot for a stroke of one point
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return np.asarray(image, dtype=np.float32) / 255


def center_digit(ink: np.ndarray) -> np.ndarray:
    """Fit a drawing into 20 x 20 pixels and center it by mass in 28 x 28, as the makers of MNIST did.

    Args:
        ink: (H, W), 0 for no ink and 1 for full ink, on a board of any size.

    Returns:
        (28, 28) float32 in [0, 1], white on black. Without ink it is black.

    Raises:
        ValueError: `ink` is no matrix, or has values outside of [0, 1].
    """
    ink = np.asarray(ink, dtype=np.float32)
    if ink.ndim != 2:
        raise ValueError(f"ink has shape {ink.shape}; it must be (H, W)")
    if ink.size and not (ink.min() >= 0 and ink.max() <= 1):  # a NaN fails too
        raise ValueError(f"ink has values from {ink.min():g} to {ink.max():g}; they must be from 0 to 1")
    digit = np.zeros((SIDE, SIDE), dtype=np.float32)
    rows, columns = np.nonzero(ink.any(axis=1))[0], np.nonzero(ink.any(axis=0))[0]
    if rows.size == 0:
        return digit
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(part.shape)
    height, width = (max(1, round(side * scale)) for side in part.shape)
    small = Image.fromarray(part).resize(
        (width, height), Image.Resampling.BOX
    )  # the average ink of each pixel
    small = np.asarray(small)
    mass = small.sum()
    top = round(CENTER - float(small.sum(axis=1) @ np.arange(height) / mass))
    left = round(CENTER - float(small.sum(axis=0) @ np.arange(width) / mass))
    top, left = min(max(top, 0), SIDE - height), min(max(left, 0), SIDE - width)  # no ink is lost
    digit[top : top + height, left : left + width] = small
    return digit
