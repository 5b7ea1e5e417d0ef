"""Convolution, window by window: the numbers that are multiplied, and the map that they become.

What deep learning calls convolution is cross-correlation: the kernel is not turned around.

    y[i, j] = sum over u, v of x[i · stride + u, j · stride + v] · k[u, v]
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .numbers import plot_numbers
from .style import Picture

KERNELS: dict[str, np.ndarray] = {
    "blur": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "sharpen": np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "vertical edges": np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "horizontal edges": np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "all edges": np.array([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
    "nothing": np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
}
"""Well-known kernels of 3 x 3; those for vertical and horizontal edges are Sobel's."""


def correlate(image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0) -> np.ndarray:
    """Cross-correlation of one channel with one kernel.

    Args:
        image: (H, W).
        kernel: (height, width).
        stride: rows and columns from one window to the next.
        padding: rows and columns of zeros on each side.

    Returns:
        ((H + 2 · padding - height) // stride + 1, the same of the width).

    Raises:
        ValueError: the kernel is larger than the padded image.
    """
    padded = np.pad(np.asarray(image, dtype=float), padding)
    kernel = np.asarray(kernel, dtype=float)
    if any(k > n for k, n in zip(kernel.shape, padded.shape, strict=True)):
        raise ValueError(f"kernel of shape {kernel.shape} must fit into the padded image {padded.shape}")
    windows = sliding_window_view(padded, kernel.shape)[::stride, ::stride]  # (rows, columns, height, width)
    return np.einsum("ijuv,uv->ij", windows, kernel)


@dataclass(frozen=True)
class Step:
    """What happens at one window.

    Attributes:
        corner: row and column of the window in the image.
        window: the pixels below the kernel, (height, width).
        products: window times kernel, number by number, (height, width).
        output: the map, with NaN for what comes after this window in reading order.
    """

    corner: tuple[int, int]
    window: np.ndarray
    products: np.ndarray
    output: np.ndarray


def convolution_step(image: np.ndarray, kernel: np.ndarray, row: int, column: int, stride: int = 1) -> Step:
    """The window that makes the output at (row, column).

    Raises:
        ValueError: the output has no such row or column.
    """
    output = correlate(image, kernel, stride)
    if not (0 <= row < output.shape[0] and 0 <= column < output.shape[1]):
        raise ValueError(f"row={row}, column={column} must lie within the output {output.shape}")
    top, left = row * stride, column * stride
    height, width = np.shape(kernel)
    window = np.asarray(image, dtype=float)[top : top + height, left : left + width]
    output.flat[row * output.shape[1] + column + 1 :] = np.nan
    return Step((top, left), window, window * kernel, output)


def plot_convolution_step(
    image: np.ndarray,
    kernel: np.ndarray,
    row: int,
    column: int,
    stride: int = 1,
    spec: str = ".3g",
    pixels: tuple[float, float] | None = None,
) -> Picture:
    """Draw one step with all its numbers: image, kernel, products, and the output so far.

    Args:
        image: (H, W), small enough to read its numbers.
        kernel: (height, width).
        row, column: which output is computed.
        stride: rows and columns from one window to the next.
        spec: how a number is written, as in `format`.
        pixels: the values of black and white; the image is then drawn in gray.
    """
    step = convolution_step(image, kernel, row, column, stride)
    matrices = {"image": image, "kernel": kernel, "products": step.products, "output": step.output}
    frames = {"image": [(*step.corner, *np.shape(kernel))], "output": [(row, column, 1, 1)]}
    alt = (
        f"The window at row {step.corner[0]}, column {step.corner[1]} of the image, the kernel, their "
        f"products, and their sum at row {row}, column {column} of the output."
    )
    most = {"output": float(np.abs(correlate(image, kernel, stride)).max())}  # the same at every step
    return plot_numbers(matrices, frames, spec, alt, {"image": pixels} if pixels else None, most)
