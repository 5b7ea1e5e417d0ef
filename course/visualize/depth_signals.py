"""Signal propagation: how large signals and gradients are along a deep net, with and without shortcuts.

The block is that of He et al. 2015 (arXiv:1512.03385, Fig. 5 left): two 3×3 convolutions with batch norm. A
plain net puts it in a row; a residual net adds its input, y = relu(x + scale · F(x)). The factor is 1 in that
paper, and between 0.1 and 0.3 in Inception-ResNet (Szegedy et al. 2016, arXiv:1602.07261, Section 3.3).

All blocks have equally many channels and no stride: depth is the only thing that changes. The nets are fresh:
this is what the first step of a training meets.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from torch import Tensor, nn

from course.models.resnet import PlainBlock, initialize

from .series_styles import series_styles
from .style import Picture, picture, styled

CHANNELS, SIDE, IMAGES = 8, 8, 16
NAMES = ("plain", "residual")


@dataclass(frozen=True)
class DepthSignals:
    """Block by block, first to last.

    Attributes:
        outputs: standard deviation of each block's output, (blocks,).
        gradients: the same of the gradient of each block's output, that of the last being 1, (blocks,).
    """

    outputs: np.ndarray
    gradients: np.ndarray

    def __post_init__(self) -> None:
        for values in (self.outputs, self.gradients):
            values.setflags(write=False)  # the next caller may get the same arrays


class ScaledBlock(nn.Module):
    """relu(x + scale · F(x)), or relu(F(x)) without a shortcut.

    Shape:
        - Input: (N, C, H, W). Output: the same
    """

    def __init__(self, channels: int, shortcut: bool, batch_norm: bool, scale: float) -> None:
        super().__init__()
        self.block = PlainBlock(channels, channels)
        self.shortcut, self.scale = shortcut, scale
        if not batch_norm:
            self.block.bn1 = self.block.bn2 = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        residual = self.block.residual(x)
        return torch.relu(x + self.scale * residual if self.shortcut else residual)


@lru_cache(maxsize=128)  # one control of the explorer moves at a time: a net often stays as it was
def depth_signals(
    name: str, blocks: int, batch_norm: bool = True, scale: float = 1.0, seed: int = 0
) -> DepthSignals:
    """Send random images through a fresh net in training mode, and a random gradient back.

    Args:
        name: "plain" or "residual".
        blocks: how many, at least 1; each has two convolutions.
        batch_norm: whether batch norm follows each convolution.
        scale: factor of the residual; the plain net has none.
        seed: of weights, images and gradient.

    Raises:
        ValueError: the name is unknown, or there is no block.
    """
    if name not in NAMES:
        raise ValueError(f"name={name!r} must be one of {', '.join(NAMES)}")
    if blocks < 1:
        raise ValueError(f"blocks={blocks} must be at least 1")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(
            *(ScaledBlock(CHANNELS, name == "residual", batch_norm, scale) for _ in range(blocks))
        )
        initialize(net)
        x = torch.randn(IMAGES, CHANNELS, SIDE, SIDE).relu()
        direction = torch.randn(IMAGES, CHANNELS, SIDE, SIDE)
    outputs = []
    for block in net:
        x = block(x)  # (IMAGES, CHANNELS, SIDE, SIDE)
        x.retain_grad()
        outputs.append(x)
    x.backward(direction)
    gradients = np.array([output.grad.std().item() for output in outputs])
    return DepthSignals(np.array([output.std().item() for output in outputs]), gradients / gradients[-1])


@styled
def plot_depth_signals(blocks: int = 27, batch_norm: bool = True, scale: float = 1.0) -> Picture:
    """Draw outputs and gradients of a plain and a residual net, block by block.

    Args:
        blocks: how many, at least 1; 27 blocks have the 54 convolutions of a 56-layer net.
        batch_norm: whether batch norm follows each convolution.
        scale: factor of the residual.

    Raises:
        ValueError: there is no block.
    """
    factors = {"plain": 1.0, "residual": scale}  # a plain net has no factor
    measured = {name: depth_signals(name, blocks, batch_norm, factors[name]) for name in NAMES}
    figure, axes = picture(1, 2, height=3.2, layout=None)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.16, top=0.78, wspace=0.2)
    draw_trend(axes[0, 0], {name: signals.outputs for name, signals in measured.items()}, least=4)
    draw_trend(axes[0, 1], {name: signals.gradients for name, signals in measured.items()}, least=4)
    axes[0, 0].set_title("forward: outputs of each block")
    axes[0, 1].set_title("backward: gradients (last block = 1)")
    axes[0, 0].set_ylabel("standard deviation")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="upper right", ncols=2)
    alt_text = f"{blocks} blocks, {2 * blocks} convolutions, {'' if batch_norm else 'no '}batch norm"
    alt_text += f", residual × {scale:.3g}"
    figure.text(0.02, 0.92, alt_text, fontsize=10)
    figure.alt = (
        f"Two curves each of the outputs and of the gradients by block, plain and residual: {alt_text}. "
        "Logarithmic axes."
    )
    return figure


def draw_trend(axes: Axes, curves: dict[str, np.ndarray], least: float) -> None:
    """Curves over the blocks on a logarithmic axis that covers at least this many powers of ten."""
    for (name, values), style in zip(curves.items(), series_styles(curves), strict=True):
        axes.plot(np.arange(1, len(values) + 1), values, label=name, markersize=3.5, **style)
    logs = np.log10(np.concatenate(list(curves.values())))
    middle, half = (logs.max() + logs.min()) / 2, max(least, 1.15 * np.ptp(logs)) / 2
    axes.set(yscale="log", ylim=(10 ** (middle - half), 10 ** (middle + half)), xlabel="block")
    axes.yaxis.set_major_locator(LogLocator(numticks=7))
    axes.yaxis.set_major_formatter("{x:g}")  # powers of ten take five times as long to draw
    axes.yaxis.set_minor_locator(NullLocator())  # small ticks take longer than all the rest
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(True)
