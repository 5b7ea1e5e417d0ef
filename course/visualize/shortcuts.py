"""ResNet's three shortcuts (He et al. 2015, arXiv:1512.03385, Section 4.1), as pictures and counts.

Each of them takes pixels at the distance of the stride and mixes channels with one matrix: a 1×1 convolution.
For the identity the matrix is the unit matrix; option A puts rows of zeros below it; a projection learns it.
"""

from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes

from course.models.resnet import SHORTCUTS, make_shortcut

from .style import COLORS, HATCHES, SIGNED_MAP, Picture, picture, styled, tint

BLOCKS = (3, 4, 6, 3)  # of ResNet-34, in its four stages
CHANNELS = (64, 128, 256, 512)
PLAIN34 = 21_623_848  # parameters of ResNet-34 without shortcuts


def shortcut_matrix(option: str, in_channels: int, out_channels: int, stride: int = 1) -> np.ndarray:
    """What a fresh shortcut does to the channels of a pixel that it takes, (out_channels, in_channels).

    The library's own shortcut runs on images that have a 1 in one channel and 0 in the others; batch norm,
    fresh and in evaluation mode, changes nothing but the fifth digit.

    Raises:
        ValueError: the option is not "A", "B" or "C".
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        shortcut = make_shortcut(option, in_channels, out_channels, stride)
        units = torch.eye(in_channels)[:, :, None, None]  # (in_channels, in_channels, 1, 1)
        outputs = units if shortcut is None else shortcut.eval()(units)  # (in_channels, out_channels, 1, 1)
    return outputs[:, :, 0, 0].T.numpy()


@cache
def shortcut_counts(option: str) -> tuple[int, int]:
    """How many projections ResNet-34 has with this option, and how many parameters they add.

    Raises:
        ValueError: the option is not "A", "B" or "C".
    """
    projections = parameters = in_channels = 0
    for blocks, channels in zip(BLOCKS, CHANNELS, strict=True):
        for number in range(blocks):
            in_channels = in_channels or channels
            stride = 2 if number == 0 and channels > CHANNELS[0] else 1
            with torch.device("meta"):
                shortcut = make_shortcut(option, in_channels, channels, stride)
            added = sum(p.numel() for p in shortcut.parameters()) if shortcut else 0
            projections, parameters, in_channels = projections + bool(added), parameters + added, channels
    return projections, parameters


@styled
def plot_shortcut(option: str = "A", in_channels: int = 4, out_channels: int = 8, stride: int = 2) -> Picture:
    """Draw which pixels a shortcut takes, what it does to the channels, and what it costs in ResNet-34.

    Args:
        option: "A", "B" or "C".
        in_channels, out_channels: of the block.
        stride: of the block.

    Raises:
        ValueError: the option is unknown, or A has fewer channels out than in.
    """
    if option == "A" and out_channels < in_channels:
        raise ValueError(
            f"out_channels={out_channels} must be at least in_channels={in_channels} for option A"
        )
    matrix = shortcut_matrix(option, in_channels, out_channels, stride)
    same_shape = stride == 1 and in_channels == out_channels
    learned = option == "C" or (option == "B" and not same_shape)
    what = "projection, learned" if learned else "identity" if same_shape else "identity and zeros"
    figure, axes = picture(1, 3, height=2.7, layout=None, width_ratios=[3, 3, 4])
    figure.subplots_adjust(left=0.03, right=0.97, bottom=0.2, top=0.74, wspace=0.4)
    draw_pixels(axes[0, 0], stride)
    draw_matrix(axes[0, 1], matrix)
    draw_costs(axes[0, 2], option)
    figure.text(0.02, 0.91, f"option {option}, {in_channels} to {out_channels} channels: {what}", fontsize=10)
    projections, added = shortcut_counts(option)
    figure.alt = (
        f"Option {option}, stride {stride}, {in_channels} to {out_channels} channels: {what}. ResNet-34 then "
        f"has {projections} projections and {PLAIN34 + added:,} parameters."
    )
    return figure


def draw_pixels(axes: Axes, stride: int, size: int = 8) -> None:
    """The map as squares, filled where the shortcut takes a pixel."""
    taken = np.zeros((size, size))
    taken[::stride, ::stride] = 1
    axes.pcolormesh(taken[::-1], cmap="Blues", vmin=0, vmax=1.6, edgecolors="#BBBBBB", linewidth=0.6)
    axes.set(aspect="equal", xticks=[], yticks=[], title=f"takes {int(taken.sum())} of {taken.size} pixels")


def draw_matrix(axes: Axes, matrix: np.ndarray) -> None:
    """The matrix of the channels, one row a channel of the output."""
    limit = abs(matrix).max()
    axes.pcolormesh(
        matrix[::-1], cmap=SIGNED_MAP, vmin=-limit, vmax=limit, edgecolors="#DDDDDD", linewidth=0.6
    )
    axes.set(aspect="equal", xticks=[], yticks=[], title="matrix of the channels")
    axes.set(xlabel=f"{matrix.shape[1]} in", ylabel=f"{matrix.shape[0]} out")


def draw_costs(axes: Axes, chosen: str) -> None:
    """Parameters that the shortcuts of ResNet-34 add, in thousands, the chosen option in full color."""
    for place, option in enumerate(SHORTCUTS):
        projections, parameters = shortcut_counts(option)
        color = COLORS[1] if option == chosen else tint(COLORS[1], 0.35)
        hatch = HATCHES[0] if option == chosen else HATCHES[1]
        axes.barh(place, parameters / 1e3, color=color, hatch=hatch, edgecolor="white")
        axes.text(parameters / 1e3, place, f" {parameters:,} ({projections})", va="center", fontsize=8)
    axes.set(ylim=(2.6, -0.6), xlim=(0, 2200), xlabel="thousands", xticks=[0, 1000, 2000])
    axes.set_yticks(range(3), SHORTCUTS)
    axes.set_title("ResNet-34: added weights\n(projections)", fontsize=9)
