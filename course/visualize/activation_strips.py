"""Activation histograms: what each layer puts out, from the first layer at the top to the last."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from .style import COLORS, Picture, headline, listing, picture, styled, tint, told


@dataclass(frozen=True)
class Strip:
    """One layer's histogram.

    Attributes:
        counts: values other than 0 in each bin, (bins,); the zeros of ReLU would hide them.
        std: standard deviation of the finite values (divided by n).
        zeros: share of exact zeros, which are in no bin.
        lost: share of values that are not finite or lie outside the bins.
    """

    counts: np.ndarray
    std: float
    zeros: float
    lost: float


def activation_strip(values: Tensor, edges: np.ndarray) -> Strip:
    """Count a layer's values.

    Args:
        values: of any shape, at least one.
        edges: of the bins, (bins + 1,), rising; the last bin holds its upper edge.

    Raises:
        ValueError: if there is no value.
    """
    values = torch.as_tensor(values).detach().double().flatten().cpu().numpy()
    if not values.size:
        raise ValueError("values is empty; a histogram needs at least one value")
    finite = values[np.isfinite(values)]
    counts, _ = np.histogram(finite[finite != 0], edges)
    zeros = float((values == 0).mean())
    std = float(finite.std()) if finite.size else float("nan")
    return Strip(counts, std, zeros, 1 - zeros - counts.sum() / values.size)


@styled
def plot_activation_strips(
    networks: Mapping[str, Mapping[str, Tensor]],
    value_range: tuple[float, float] | None = None,
    bins: int = 60,
    title: str = "",
) -> Picture:
    """Draw the histograms of each layer, one column a network; each is scaled to its own highest bin.

    Zeros are left out of the histograms, and their share is written beside them.

    Args:
        networks: title to layers, each layer's name to its values, of any shape. With
            `course.nn.Recorder(model, keep_values=True)` as recorder, the layers of one network are
            `{name: calls[0].values for name, calls in recorder.activations.items()}`.
        value_range: lowest and highest value drawn; by default of all finite values.
        bins: number of bins.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: if there is nothing to draw, or more than 4 networks.
    """
    if not 1 <= len(networks) <= 4 or not all(networks.values()):
        raise ValueError(f"networks has {len(networks)} entries; 1 to 4 fit, each with at least one layer")
    low, high = value_range or _finite_range(networks)
    edges = np.linspace(low, high, bins + 1)
    rows = max(len(layers) for layers in networks.values())
    figure, axes = picture(1, len(networks), height=0.8 + 0.42 * rows, sharey=True)
    for panel, (name, layers) in zip(axes[0], networks.items(), strict=True):
        draw_strips(panel, layers, edges, rows)
        panel.set(title=name)
    longest = max(networks.values(), key=len)
    axes[0, 0].set_yticks([rows - 0.8 - row for row in range(rows)], list(longest))
    headline(figure, title)
    figure.alt = told(title, f"Histograms of the outputs of {rows} layers for {listing(networks)}.")
    return figure


def draw_strips(panel: Axes, layers: Mapping[str, Tensor], edges: np.ndarray, rows: int) -> None:
    """Draw one network's histograms into axes with room for `rows` of them, the first layer at the top."""
    for row, values in enumerate(layers.values()):
        strip = activation_strip(values, edges)
        heights = 0.85 * strip.counts / max(strip.counts.max(), 1)
        floor = rows - 1 - row
        panel.stairs(floor + heights, edges, baseline=floor, fill=True, color=tint(COLORS[0], 0.5))
        right = panel.get_yaxis_transform()  # x as a share of the width
        panel.text(1, floor + 0.85, _numbers(strip), ha="right", va="top", fontsize=9, transform=right)
    panel.set(xlim=(edges[0], edges[-1]), ylim=(-0.05, rows), xlabel="output")
    panel.spines["left"].set_visible(False)
    panel.tick_params(axis="y", length=0)


def _finite_range(networks: Mapping[str, Mapping[str, Tensor]]) -> tuple[float, float]:
    """The lowest and highest finite value, (0, 1) if there is none; never two equal ones."""
    every = [values.detach().double().flatten() for layers in networks.values() for values in layers.values()]
    finite = [values[values.isfinite()] for values in every]
    low = min((values.min().item() for values in finite if len(values)), default=0.0)
    high = max((values.max().item() for values in finite if len(values)), default=1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _numbers(strip: Strip) -> str:
    """What stands beside a histogram."""
    shares = {"zero": strip.zeros, "outside": strip.lost}
    alt_text = [f"{share:.0%} {name}" for name, share in shares.items() if share >= 0.005]
    return f"std {strip.std:.2g}\n{', '.join(alt_text)}".strip()
