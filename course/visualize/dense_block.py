"""Dense block with its channels: who reads what, and what adds up (Huang et al. 2016, Figure 1)."""

from typing import NamedTuple

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from course.models.densenet import DenseBlock

from .line_labels import text_color
from .style import COLORS, Picture, picture, styled, tint


class Reading(NamedTuple):
    """What one layer reads and adds, in channels.

    Args:
        groups: channels of the block's input and of each layer before this one.
        reads: their sum.
        adds: channels of its own output.
    """

    groups: tuple[int, ...]
    reads: int
    adds: int


def dense_readings(block: DenseBlock) -> list[Reading]:
    """What each layer of a dense block reads and adds, from its weights.

    >>> from course.models.densenet_cifar import figure1_block
    >>> dense_readings(figure1_block())[1]
    Reading(groups=(4, 4), reads=8, adds=4)
    """
    readings: list[Reading] = []
    for layer in block.values():
        first = layer.conv1 if layer.bottleneck else layer.conv2
        groups = (*readings[-1].groups, readings[-1].adds) if readings else (first.in_channels,)
        readings.append(Reading(groups, first.in_channels, layer.conv2.out_channels))
    return readings


@styled
def plot_dense_block(block: DenseBlock) -> Picture:
    """Draw the maps of a dense block and its layers, with an arrow from all maps to each layer after them."""
    readings = dense_readings(block)
    layers = len(readings)
    groups = (*readings[-1].groups, readings[-1].adds)  # (layers + 1) groups of maps
    figure, axes = picture(height=3.4, layout=None)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.99)
    panel = axes[0, 0]
    panel.set(xlim=(-0.45, 2 * layers + 1.1), ylim=(-1.75, 2.5))
    panel.axis("off")
    for source, maps in enumerate(groups):
        color = COLORS[source % len(COLORS)]
        draw_maps(panel, 2 * source, maps, color)
        name = f"x{subscript(source)}\n{maps} maps"
        panel.text(2 * source, -0.68, name, ha="center", va="top", color=text_color(color))
        for layer in range(source, layers):
            bend = -0.45 if layer > source else 0.0
            style = f"arc3,rad={bend}"
            start, end = (2 * source + 0.25, 0.45 if bend else 0.0), (2 * layer + 0.75, 0.42 if bend else 0.0)
            panel.add_patch(
                FancyArrowPatch(
                    start, end, connectionstyle=style, arrowstyle="-|>", mutation_scale=8, color=color, lw=1.2
                )
            )
    for layer, reading in enumerate(readings):
        box = FancyBboxPatch(
            (2 * layer + 0.78, -0.4), 0.44, 0.8, boxstyle="round,pad=0.02", fc="white", ec="black"
        )
        panel.add_patch(box)
        panel.text(2 * layer + 1, 0, f"H{subscript(layer + 1)}", ha="center", va="center")
        panel.text(2 * layer + 1, -0.68, f"reads\n{reading.reads}", ha="center", va="top", fontsize=9)
        panel.annotate(
            "",
            (2 * layer + 1.75, 0),
            (2 * layer + 1.25, 0),
            arrowprops={"arrowstyle": "-|>", "color": "black"},
        )
    total = " + ".join(map(str, groups))
    panel.text(layers, -1.5, f"output: {total} = {sum(groups)} channels", ha="center", va="center")
    reads = ", ".join(str(reading.reads) for reading in readings)
    figure.alt = (
        f"A dense block of {layers} layers. From {groups[0]} channels on, the layers read {reads} channels; "
        f"each adds its own, and the output has {sum(groups)}."
    )
    return figure


def draw_maps(panel, x: float, maps: int, color: str) -> None:
    """A pile of feature maps around x; no more than eight are drawn."""
    shown = min(maps, 8)
    for place in range(shown):
        left = x - 0.17 + 0.06 * (place - (shown - 1) / 2)
        panel.add_patch(
            Rectangle((left, -0.55 + 0.05 * place), 0.28, 0.85, fc=tint(color, 0.4), ec=color, lw=0.8)
        )


def subscript(number: int) -> str:
    """5 as ₅."""
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(number))
