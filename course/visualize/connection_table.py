"""Connection table as a picture: which maps of one layer feed which maps of the next.

After Table I of LeCun, Bottou, Bengio and Haffner 1998, "Gradient-Based Learning Applied to Document
Recognition": a row for each map of S2, a column for each map of C3, a cross where the second reads the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .style import COLORS, Picture, bare, listing, picture, styled, tint

Table = Sequence[Sequence[int]]


@dataclass(frozen=True)
class TableCount:
    """What a table costs.

    Attributes:
        links: how many crosses it has; each is a kernel of its own.
        parameters: of the convolution, a bias for each map included.
        full: parameters if every map read every map.
        uses: how many maps read each input map, (in_channels,).
    """

    links: int
    parameters: int
    full: int
    uses: np.ndarray


def connection_matrix(table: Table, in_channels: int) -> np.ndarray:
    """The table as a matrix, (in_channels, maps), bool: True where map j reads input i.

    Args:
        table: for each map, the numbers of the input maps that it reads; it may read none.
        in_channels: how many input maps there are.

    Raises:
        ValueError: a number is no input map.
    """
    matrix = np.zeros((in_channels, len(table)), dtype=bool)
    for column, inputs in enumerate(table):
        if not set(inputs) <= set(range(in_channels)):
            raise ValueError(f"table[{column}]={tuple(inputs)} must hold numbers from 0 to {in_channels - 1}")
        matrix[list(inputs), column] = True
    return matrix


def count_connections(table: Table, in_channels: int, kernel_size: int = 5) -> TableCount:
    """Links, parameters and uses of a table.

    Raises:
        ValueError: a number is no input map.
    """
    matrix = connection_matrix(table, in_channels)
    area, maps = kernel_size**2, matrix.shape[1]
    links = int(matrix.sum())
    return TableCount(links, links * area + maps, matrix.size * area + maps, matrix.sum(axis=1))


@styled
def plot_connection_table(
    table: Table, in_channels: int, chosen: int | None = None, kernel_size: int = 5
) -> Picture:
    """Draw the table, and beside it the maps that feed the chosen one.

    Args:
        table: for each map, the numbers of the input maps that it reads.
        in_channels: how many input maps there are.
        chosen: the map whose column is marked and drawn; without it, only the table is drawn.
        kernel_size: side of the kernels.

    Raises:
        ValueError: a number is no input map, or `chosen` is no column.
    """
    matrix = connection_matrix(table, in_channels)
    if chosen is not None and not 0 <= chosen < len(table):
        raise ValueError(f"chosen={chosen} must be from 0 to {len(table) - 1}")
    count = count_connections(table, in_channels, kernel_size)
    figure, axes = picture(1, 2, height=2.9, layout=None, width_ratios=[5, 2])
    figure.subplots_adjust(left=0.1, right=0.99, bottom=0.06, top=0.78, wspace=0.08)
    draw_table(axes[0, 0], matrix, chosen)
    draw_feeding(axes[0, 1], matrix, chosen, kernel_size)
    if chosen is None:
        axes[0, 1].set_visible(False)
    figure.suptitle(
        f"{count.links} links, {count.parameters:,} parameters (all: {count.full:,})", fontsize=10
    )
    figure.alt = (
        f"A table of {in_channels} rows and {len(table)} columns with {count.links} crosses: "
        f"{count.parameters:,} parameters."
    )
    if chosen is not None:
        figure.alt += f" {feeding_text(table, chosen)}."
    return figure


def feeding_text(table: Table, chosen: int) -> str:
    """Which maps feed a map, in words."""
    inputs = sorted(table[chosen])
    return f"Map {chosen} reads {listing(inputs)}" if inputs else f"Map {chosen} reads nothing"


def draw_table(axes: Axes, matrix: np.ndarray, chosen: int | None) -> None:
    """A square for each pair, filled and crossed where there is a link; the chosen column framed."""
    rows, columns = matrix.shape
    shade = np.where(matrix, 0.45, 0.0)
    if chosen is not None:
        shade[:, chosen] *= 2
    axes.imshow(shade, cmap="Blues", vmin=0, vmax=1.4, aspect="auto")
    row, column = np.nonzero(matrix)
    axes.plot(column, row, "x", color="black", markersize=5, markeredgewidth=1.3)
    axes.set_xticks(range(columns), range(columns), fontsize=8)
    axes.set_yticks(range(rows), range(rows), fontsize=8)
    axes.set_xticks(np.arange(0.5, columns - 1), minor=True)
    axes.set_yticks(np.arange(0.5, rows - 1), minor=True)
    axes.grid(True, which="minor", color="#BBBBBB", linewidth=0.6)
    axes.tick_params(which="both", length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set_ylabel("map of the layer below")
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("map of this layer")
    if chosen is not None:
        frame = {"fill": False, "edgecolor": COLORS[1], "linewidth": 2.5, "clip_on": False}
        axes.add_patch(Rectangle((chosen - 0.5, -0.5), 1, rows, **frame))


def draw_feeding(axes: Axes, matrix: np.ndarray, chosen: int | None, kernel_size: int) -> None:
    """The input maps as squares on the left, lines from those that the chosen map reads."""
    bare(axes)
    if chosen is None:
        return
    rows = len(matrix)
    middle = (rows - 1) / 2
    for row in range(rows):
        reads = matrix[row, chosen]
        if reads:
            axes.plot([0.5, 2.4], [row, middle], color=COLORS[1], linewidth=1.6, zorder=1)
        face = tint(COLORS[0], 0.6) if reads else "white"
        axes.add_patch(Rectangle((-0.4, row - 0.36), 0.8, 0.72, facecolor=face, edgecolor="#777777"))
        axes.text(0, row, str(row), ha="center", va="center", fontsize=9)
    axes.add_patch(
        Rectangle((2.4, middle - 0.6), 1.0, 1.2, facecolor="white", edgecolor=COLORS[1], linewidth=2)
    )
    axes.text(2.9, middle, str(chosen), ha="center", va="center", fontsize=11, weight="bold")
    links = int(matrix[:, chosen].sum())
    axes.text(
        1.6, rows - 0.05, f"{kernel_size}×{kernel_size}×{links} + 1 = {links * kernel_size**2 + 1}",
        ha="center", fontsize=9,
    )  # fmt: skip
    axes.set(xlim=(-0.6, 3.6), ylim=(rows + 0.2, -0.6))
