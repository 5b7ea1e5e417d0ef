"""Cost of an inception module, branch by branch (Szegedy et al. 2014, arXiv:1409.4842, Fig. 2).

The naive module (a) puts 1×1, 3×3 and 5×5 convolutions and a 3×3 max pool side by side. The pool gives all
channels of the input back, so the output is always wider than the input. The module with reductions (b) has
a 1×1 convolution before the 3×3 and the 5×5, and one after the pool.

Multiply-adds are of the convolutions, for one image; stride 1 and padding keep the map's size.
"""

from collections.abc import Sequence
from typing import NamedTuple

from .style import COLORS, HATCHES, Picture, picture, styled, tint

BRANCHES = ("1×1", "3×3", "5×5", "pool")


class Layer(NamedTuple):
    """One convolution of a module.

    Attributes:
        branch: which of `BRANCHES` it stands in.
        kernel: side of the kernel.
        reduction: whether it is there to reduce the number of channels.
        in_channels: channels that it reads.
        out_channels: channels that it gives.
    """

    branch: str
    kernel: int
    reduction: bool
    in_channels: int
    out_channels: int

    @property
    def weights(self) -> int:
        """Weights without biases: kernel area times channels in and out."""
        return self.kernel**2 * self.in_channels * self.out_channels

    def multiply_adds(self, size: int) -> int:
        """Every weight is used once at every place of a size × size map."""
        return self.weights * size**2


def inception_layers(in_channels: int, outputs: Sequence[int], reductions: Sequence[int]) -> list[Layer]:
    """The convolutions of a module; a reduction of 0 is not there.

    Args:
        in_channels: channels of the input.
        outputs: channels after the 1×1, the 3×3 and the 5×5 convolution.
        reductions: channels of the 1×1 before the 3×3, before the 5×5, and after the pool; 0 for none.

    Raises:
        ValueError: there are not three outputs and three reductions, or one is too small.
    """
    if len(outputs) != 3 or min(in_channels, *outputs) < 1:
        raise ValueError(
            f"in_channels={in_channels}, outputs={tuple(outputs)} must be at least 1, three outputs"
        )
    if len(reductions) != 3 or min(reductions) < 0:
        raise ValueError(f"reductions={tuple(reductions)} must be three numbers, 0 for none")
    layers = [Layer("1×1", 1, False, in_channels, outputs[0])]
    for branch, kernel, channels, reduced in zip(
        BRANCHES[1:3], (3, 5), outputs[1:], reductions[:2], strict=True
    ):
        if reduced:
            layers.append(Layer(branch, 1, True, in_channels, reduced))
        layers.append(Layer(branch, kernel, False, reduced or in_channels, channels))
    if reductions[2]:
        layers.append(Layer("pool", 1, True, in_channels, reductions[2]))
    return layers


def inception_channels(in_channels: int, outputs: Sequence[int], reductions: Sequence[int]) -> int:
    """Channels of the output: of the three convolutions, and of the pool with or without its 1×1."""
    inception_layers(in_channels, outputs, reductions)  # for its checks
    return sum(outputs) + (reductions[2] or in_channels)


def inception_cost(
    in_channels: int, size: int, outputs: Sequence[int], reductions: Sequence[int]
) -> dict[str, int]:
    """Multiply-adds of each branch; that of a pool without a convolution is 0.

    Args:
        in_channels, outputs, reductions: as in `inception_layers`.
        size: height and width of the map.
    """
    costs = dict.fromkeys(BRANCHES, 0)
    for layer in inception_layers(in_channels, outputs, reductions):
        costs[layer.branch] += layer.multiply_adds(size)
    return costs


@styled
def plot_inception_cost(
    in_channels: int, size: int, outputs: Sequence[int], reductions: Sequence[int]
) -> Picture:
    """Draw the multiply-adds of each branch, naive above and with these reductions below.

    Args:
        in_channels, outputs, reductions: as in `inception_layers`.
        size: height and width of the map.

    Raises:
        ValueError: as in `inception_layers`.
    """
    figure, axes = picture(2, 1, height=3.6, layout=None, sharex=True)
    figure.subplots_adjust(left=0.08, right=0.86, bottom=0.13, top=0.83, hspace=0.55)
    modules = {"naive": (0, 0, 0), "with reductions": tuple(reductions)}
    totals, widths = [], []
    for panel, (name, chosen) in zip(axes[:, 0], modules.items(), strict=True):
        layers = inception_layers(in_channels, outputs, chosen)
        for layer in layers:
            draw_layer(panel, layer, layers, size)
        totals.append(sum(layer.multiply_adds(size) for layer in layers) / 1e6)
        widths.append(inception_channels(in_channels, outputs, chosen))
        panel.set_title(f"{name}: {totals[-1]:,.1f} million multiply-adds, {widths[-1]} channels out")
        panel.set_yticks(range(4), BRANCHES)
        panel.set_ylim(3.6, -0.6)
        costs = inception_cost(in_channels, size, outputs, chosen)
        for place, cost in enumerate(costs.values()):
            panel.text(cost / 1e6, place, f" {cost / 1e6:,.1f}", va="center", fontsize=9)
    axes[1, 0].set_xlabel("million multiply-adds; hatched: the 1×1 convolutions that reduce")
    place = f"{size}×{size}×{in_channels}"
    figure.text(0.02, 0.95, f"input {place}, reductions {modules['with reductions']}", fontsize=10)
    figure.alt = (
        f"Bars of the multiply-adds of four branches for an input of {place}. Naive: {totals[0]:.1f} million "
        f"and {widths[0]} channels. With reductions {modules['with reductions']}: {totals[1]:.1f} million "
        f"and {widths[1]} channels."
    )
    return figure


def draw_layer(axes, layer: Layer, layers: list[Layer], size: int) -> None:
    """One convolution as a piece of its branch's bar, after those before it."""
    place = BRANCHES.index(layer.branch)
    before = sum(
        other.multiply_adds(size) for other in layers[: layers.index(layer)] if other.branch == layer.branch
    )
    look = {"color": tint(COLORS[1], 0.55), "hatch": HATCHES[1]} if layer.reduction else {"color": COLORS[0]}
    axes.barh(
        place, layer.multiply_adds(size) / 1e6, left=before / 1e6, height=0.7, edgecolor="white", **look
    )
