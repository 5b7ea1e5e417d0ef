"""Annotated matrices: small ones with their numbers written in, and frames around parts of them."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .style import COLORS, SIGNED_MAP, Picture, bare, listing, picture, styled, tint

FRAME_COLORS = (COLORS[1], COLORS[0], COLORS[2], COLORS[3])
CELL = 0.44  # inches, the widest
GAP = 1.0  # cells between two matrices

Frame = tuple[int, int, int, int]  # top, left, height, width


def cell_colors(matrix: np.ndarray, strongest: float | None = None) -> np.ndarray:
    """Pale colors (H, W, 3) for the cells: orange for negative, purple for positive, white for 0 and NaN.

    The strongest color stands for the largest absolute value, or for `strongest`.
    """
    size = np.nan_to_num(np.abs(matrix)).max(initial=0) if strongest is None else strongest
    shares = np.nan_to_num(matrix / size) if size else np.zeros(matrix.shape)
    return colormaps[SIGNED_MAP](0.5 + 0.25 * shares)[..., :3]


def pixel_colors(matrix: np.ndarray, black: float, white: float) -> np.ndarray:
    """Grays (H, W, 3) for cells that are pixels; NaN is white, and what lies beyond is cut off.

    Raises:
        ValueError: white does not lie above black.
    """
    if not white > black:
        raise ValueError(f"pixels=({black}, {white}) must be (black, white) with white above black")
    grays = np.nan_to_num((matrix - black) / (white - black), nan=1.0).clip(0, 1)
    return np.repeat(grays[..., None], 3, axis=2)


@styled
def plot_numbers(
    matrices: Mapping[str, np.ndarray],
    frames: Mapping[str, Sequence[Frame]] | None = None,
    spec: str = ".3g",
    alt: str = "",
    pixels: Mapping[str, tuple[float, float]] | None = None,
    strongest: Mapping[str, float] | None = None,
) -> Picture:
    """Draw matrices with a number in each cell; NaN is an empty cell, for what is not yet known.

    Args:
        matrices: title to numbers, (H, W).
        frames: title to frames around parts of that matrix, each (top, left, height, width). The first frames
            of all matrices have one color, the second ones another.
        spec: how a number is written, as in `format`.
        alt: what the picture shows; by default the titles and sizes.
        pixels: title to the values of black and white, for matrices that are images: they are drawn in gray.
        strongest: title to the value of the strongest color, for pictures that are to be compared.

    Raises:
        ValueError: nothing to draw, another number of dimensions, or frames or pixels of a matrix that is not
            there.
    """
    matrices = {title: np.asarray(matrix, dtype=float) for title, matrix in matrices.items()}
    if not matrices or any(matrix.ndim != 2 or not matrix.size for matrix in matrices.values()):
        shapes = {title: matrix.shape for title, matrix in matrices.items()}
        raise ValueError(f"matrices of shapes {shapes} must be one or more of shape (H, W), not empty")
    for argument, named in (("frames", frames), ("pixels", pixels), ("strongest", strongest)):
        for strange in sorted(set(named or {}) - set(matrices))[:1]:
            raise ValueError(f"{argument} names {strange!r}, which is none of {', '.join(matrices)}")
    columns = sum(matrix.shape[1] for matrix in matrices.values()) + GAP * (len(matrices) + 1)
    rows = max(len(matrix) for matrix in matrices.values())
    cell = min(CELL, 7.0 / columns)
    figure, axes = picture(width=cell * columns, height=cell * (rows + 0.4) + 0.35, layout=None)
    figure.subplots_adjust(0, 0, 1, 1 - 0.35 / figure.get_figheight())
    draw_numbers(axes[0, 0], matrices, frames or {}, spec, cell, pixels, strongest)
    axes[0, 0].set(xlim=(0, columns), ylim=(rows + 0.4, 0))
    alt_text = listing([f"{title} {len(matrix)} x {matrix.shape[1]}" for title, matrix in matrices.items()])
    figure.alt = alt or f"Numbers in cells: {alt_text}."
    return figure


def draw_numbers(
    axes: Axes,
    matrices: Mapping[str, np.ndarray],
    frames: Mapping[str, Sequence[Frame]],
    spec: str,
    cell: float,
    pixels: Mapping[str, tuple[float, float]] | None = None,
    strongest: Mapping[str, float] | None = None,
) -> None:
    """Draw the matrices into axes of one's own, one after the other, in units of cells; y points down.

    Args:
        cell: the side of a cell, in inches; a matrix's letters are as large as its longest number allows.
        pixels, strongest: as in `plot_numbers`.
    """
    left, pixels, strongest = GAP, pixels or {}, strongest or {}
    for title, matrix in matrices.items():
        H, W = matrix.shape
        texts = {place: f"{value:{spec}}" for place, value in np.ndenumerate(matrix) if not np.isnan(value)}
        fontsize = min(9.0, 0.85 * 72 * cell / (0.62 * max(map(len, texts.values()), default=1)))
        if title in pixels:
            colors = pixel_colors(matrix, *pixels[title])
        else:
            colors = cell_colors(matrix, strongest.get(title))
        axes.imshow(colors, extent=(left, left + W, H, 0), aspect="auto")
        edges = tint("#000000", 0.25)
        axes.vlines(left + np.arange(W + 1), 0, H, color=edges, linewidth=0.6)
        axes.hlines(np.arange(H + 1), left, left + W, color=edges, linewidth=0.6)
        for (row, column), text in texts.items():
            x, y = left + column + 0.5, row + 0.5
            ink = "white" if colors[row, column].mean() < 0.5 else "#1A1A1A"
            axes.text(x, y, text, ha="center", va="center_baseline", fontsize=fontsize, color=ink)
        for index, (top, start, height, width) in enumerate(frames.get(title, ())):
            color = FRAME_COLORS[index % len(FRAME_COLORS)]
            inside = 0.06 * (index % len(FRAME_COLORS))  # so that overlapping frames stay visible
            corner = (left + start + inside, top + inside)
            size = (width - 2 * inside, height - 2 * inside)
            axes.add_patch(Rectangle(corner, *size, fill=False, color=color, linewidth=2.2))
        axes.text(left + W / 2, -0.25, title, ha="center", va="bottom", fontsize=10)
        left += W + GAP
    bare(axes)
