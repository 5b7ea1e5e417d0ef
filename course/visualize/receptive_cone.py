"""Receptive field cone: what one unit sees, layer by layer down to the pixels, along one axis.

Each unit of the cone is reached from the top on so many ways, one for every choice of a place in each kernel.
Pixels in the middle are reached on more ways than those at the border.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from .receptive_field import receptive_fields
from .style import COLORS, tint

FEW_UNITS = 50  # more are drawn as a surface


@dataclass(frozen=True)
class Level:
    """The units of one layer that the unit at the top sees.

    Attributes:
        positions: where they lie, in pixels of the input, (units,).
        ways: on how many ways each is reached from the top, (units,); 0 where strides leave holes.
    """

    positions: np.ndarray
    ways: np.ndarray


def receptive_cone(layers: Sequence[tuple[int, int]]) -> list[Level]:
    """The units that one unit of the last layer sees, in the input first and in the last layer last.

    Args:
        layers: (kernel size, stride) of each convolution or pooling, from the input on; without padding.

    >>> [level.ways.tolist() for level in receptive_cone([(3, 1), (3, 1)])]
    [[1.0, 2.0, 3.0, 2.0, 1.0], [1.0, 1.0, 1.0], [1.0]]
    """
    fields = [(1, 1), *receptive_fields(layers)]
    ways, levels = np.ones(1), []
    for depth in range(len(layers), -1, -1):
        size, jump = fields[depth]
        levels.append(Level(np.arange(len(ways)) * jump + (size - 1) / 2, ways))
        if depth:
            kernel, stride = layers[depth - 1]
            apart = np.zeros((len(ways) - 1) * stride + 1)
            apart[::stride] = ways
            ways = np.convolve(apart, np.ones(kernel))
    return levels[::-1]


def draw_cone(axes: Axes, layers: Sequence[tuple[int, int]]) -> None:
    """Draw the cone: the pixels at the bottom, the unit at the top, darker where more ways lead."""
    levels = receptive_cone(layers)
    for depth, (low, high) in enumerate(pairwise(levels)):
        kernel, stride = layers[depth]
        if len(low.ways) <= FEW_UNITS:
            ways = [
                ((high.positions[unit], depth + 1), (low.positions[unit * stride + place], depth))
                for unit in np.flatnonzero(high.ways)
                for place in range(kernel)
            ]
            axes.add_collection(
                LineCollection(ways, colors=[tint(COLORS[0], 0.35)], linewidths=0.7, zorder=1)
            )
        else:
            left = [low.positions[0], high.positions[0]]
            right = [low.positions[-1], high.positions[-1]]
            color = tint(COLORS[0], 0.2)
            axes.fill_betweenx([depth, depth + 1], left, right, color=color, linewidth=0, zorder=1)
    for depth, level in enumerate(levels):
        share = np.sqrt(level.ways / level.ways.max())
        size = 36 if len(level.ways) <= FEW_UNITS // 2 else 12 if len(level.ways) <= FEW_UNITS else 3
        axes.scatter(
            level.positions, np.full(len(share), depth), s=size, c=share, cmap="Blues", vmin=-0.3, vmax=1.0,
            edgecolors="#444444", linewidths=0.5 if size > 3 else 0, zorder=2,
        )  # fmt: skip
    names = ["pixels", *(f"layer {depth}" for depth in range(1, len(levels)))]
    axes.set_yticks(range(len(levels)), names)
    axes.set(ylim=(-0.4, len(levels) - 0.6), xlabel="pixels of the input")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
