"""Dropout masks as a picture: the net that is left, and the masks over the steps.

After Figure 1 of Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting":
(a) a standard net with two hidden layers, (b) the net after dropout, its dropped units crossed out.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from .style import COLORS, Picture, bare, picture, styled, tint


def kept_edges(masks: Sequence[Tensor]) -> list[np.ndarray]:
    """Which connections of a fully connected net are left: those with both ends kept.

    Args:
        masks: one a layer, (units,); 0 is dropped, anything else is kept.

    Returns:
        One a pair of neighboring layers, bool (units below, units above).
    """
    kept = [torch.as_tensor(mask).detach().cpu().numpy() != 0 for mask in masks]
    return [np.outer(below, above) for below, above in pairwise(kept)]


@styled
def plot_dropout_net(masks: Sequence[Tensor]) -> Picture:
    """Draw (a) the standard net and (b) the net after dropout.

    Args:
        masks: one a layer from the input up, (units,); 0 is dropped. `dropout_mask` of `course.nn.dropout`
            draws such.

    Raises:
        ValueError: if there are fewer than two layers, or a layer has no or more than 12 units.
    """
    masks = [torch.as_tensor(mask) for mask in masks]
    sizes = [len(mask) for mask in masks]
    if len(sizes) < 2 or not all(1 <= size <= 12 for size in sizes):
        raise ValueError(f"masks has layers of {sizes} units; at least two layers with 1 to 12 units fit")
    figure, axes = picture(1, 2, height=0.7 + 0.75 * len(sizes))
    draw_net(axes[0, 0], [torch.ones(size) for size in sizes])
    draw_net(axes[0, 1], masks)
    axes[0, 0].set_xlabel("(a) standard net")
    axes[0, 1].set_xlabel("(b) after dropout")
    dropped = [f"{int((mask == 0).sum())} of {len(mask)}" for mask in masks]
    figure.alt = (
        f"Two fully connected nets with {len(sizes)} layers: (a) the standard net, (b) after dropout. "
        f"Crossed out and without connections, from the input up: {', '.join(dropped)} units."
    )
    return figure


def draw_net(axes: Axes, masks: Sequence[Tensor]) -> None:
    """Units as circles, the input at the bottom; kept connections as lines; dropped units crossed out."""
    widest = max(len(mask) for mask in masks)
    places = [(widest - len(mask)) / 2 + np.arange(len(mask)) for mask in masks]  # x of each unit
    for layer, edges in enumerate(kept_edges(masks)):
        ends = [[(places[layer][i], layer), (places[layer + 1][j], layer + 1)] for i, j in np.argwhere(edges)]
        axes.add_collection(LineCollection(ends, colors="#555555", linewidths=0.7, zorder=1))
    for layer, mask in enumerate(masks):
        kept = mask.detach().cpu().numpy() != 0
        row = np.full(len(mask), layer)
        circle = {"marker": "o", "s": 190, "facecolor": "white", "linewidths": 1.4, "zorder": 2}
        axes.scatter(places[layer][kept], row[kept], edgecolor=COLORS[0], **circle)
        axes.scatter(places[layer][~kept], row[~kept], edgecolor="#888888", linestyle="--", **circle)
        axes.scatter(places[layer][~kept], row[~kept], marker="x", s=110, color=COLORS[1], zorder=3)
    axes.set(xlim=(-0.6, widest - 0.4), ylim=(-0.45, len(masks) - 0.55))
    bare(axes)


def keep_rates(masks: Tensor) -> np.ndarray:
    """How often each unit was kept.

    Args:
        masks: (steps, units); 0 is dropped.

    Returns:
        (units,), from 0 to 1.

    Raises:
        ValueError: if `masks` has another number of dimensions, or is empty.
    """
    masks = torch.as_tensor(masks)
    if masks.dim() != 2 or not masks.numel():
        raise ValueError(f"masks has shape {tuple(masks.shape)}; it must be (steps, units), not empty")
    return (masks != 0).double().mean(dim=0).cpu().numpy()


@styled
def plot_dropout_masks(masks: Tensor, p: float) -> Picture:
    """Draw which units were kept at which step, and how often each was kept.

    Args:
        masks: (steps, units); 0 is dropped.
        p: the probability of a zero with which they were drawn.

    Raises:
        ValueError: if `masks` is not (steps, units), or empty.
    """
    rates = keep_rates(masks)
    steps, units = masks.shape
    kept = (torch.as_tensor(masks) != 0).cpu().numpy()
    figure, axes = picture(1, 2, height=1.2 + 0.16 * min(units, 20), sharey=True, width_ratios=[4, 1])
    left, right = axes[0]
    colors = ListedColormap(["#333333", tint(COLORS[0])])
    left.imshow(kept.T, aspect="auto", origin="lower", cmap=colors, vmin=0, vmax=1)
    left.set(xlabel="step", ylabel="unit", title="kept (light) and dropped (dark)")
    right.barh(range(units), rates, height=0.7, color=COLORS[0])
    right.axvline(1 - p, color=COLORS[1], linestyle="--")
    right.set(xlim=(0, 1), xlabel="share kept", title="dashed: 1 - p")
    for axis in (left.xaxis, left.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    different = len({tuple(mask) for mask in kept})
    figure.alt = (
        f"Dropout masks of {units} units over {steps} steps with p = {p:g}; {different} different masks."
    )
    return figure
