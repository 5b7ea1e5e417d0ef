"""Inception module as a drawing: four branches side by side, naive and with reductions.

After Figure 2 (a) and (b) of Szegedy et al. 2014 (arXiv:1409.4842), the data flowing upwards.
"""

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from .inception_cost import BRANCHES, inception_channels, inception_layers
from .style import COLORS, Picture, bare, picture, styled, tint

WIDTH, HEIGHT = 0.82, 0.5
GRAY = "#777777"


@styled
def plot_inception_module(in_channels: int, outputs: Sequence[int], reductions: Sequence[int]) -> Picture:
    """Draw a module twice, without and with its reductions; each box tells its channels.

    Args:
        in_channels, outputs, reductions: as in `inception_layers`.

    Raises:
        ValueError: as in `inception_layers`.
    """
    figure, axes = picture(1, 2, height=3.1, layout=None)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.02, top=0.9, wspace=0.06)
    modules = {"naive": (0, 0, 0), "with reductions": tuple(reductions)}
    for panel, (name, chosen) in zip(axes[0], modules.items(), strict=True):
        panel.set_title(name)
        draw_module(panel, in_channels, outputs, chosen)
    given = [inception_channels(in_channels, outputs, chosen) for chosen in modules.values()]
    figure.alt = (
        f"Two inception modules for {in_channels} channels, each with four branches that are joined above: "
        f"the naive one gives {given[0]} channels, the one with 1×1 convolutions that reduce {given[1]}."
    )
    return figure


def draw_module(axes: Axes, in_channels: int, outputs: Sequence[int], reductions: Sequence[int]) -> None:
    """Input below, branches in the middle, their sum of channels above."""
    bare(axes)
    axes.set(xlim=(-0.55, 3.55), ylim=(-0.4, 3.4))
    layers = inception_layers(in_channels, outputs, reductions)
    total = inception_channels(in_channels, outputs, reductions)
    draw_box(axes, 1.5, 0, 3.8, f"input: {in_channels} channels", "white")
    draw_box(axes, 1.5, 3, 3.8, f"joined: {total} channels", "white")
    for place, branch in enumerate(BRANCHES):
        own = [layer for layer in layers if layer.branch == branch]
        boxes = [(f"{layer.kernel}×{layer.kernel}\n{layer.out_channels}", layer.reduction) for layer in own]
        if branch == "pool":
            boxes.insert(0, (f"pool 3×3\n{in_channels}", None))
        heights = [1, 2] if len(boxes) == 2 else [1.5]
        for height, (text, reduces) in zip(heights, boxes, strict=True):
            color = GRAY if reduces is None else COLORS[int(reduces)]
            draw_box(axes, place, height, WIDTH, text, tint(color, 0.3))
        stops = [0, *heights, 3]
        for low, high in pairwise(stops):
            arrow = {"arrowstyle": "-|>", "color": GRAY, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (place, high - HEIGHT / 2), (place, low + HEIGHT / 2), arrowprops=arrow)


def draw_box(
    axes: Axes, x: float, y: float, width: float, text: str, color: str | tuple[float, float, float]
) -> None:
    """A box with its middle at (x, y)."""
    box = FancyBboxPatch(
        (x - width / 2, y - HEIGHT / 2), width, HEIGHT,
        boxstyle="round,pad=0,rounding_size=0.06", facecolor=color, edgecolor=GRAY,
    )  # fmt: skip
    axes.add_patch(box)
    axes.text(x, y, text, ha="center", va="center", fontsize=8)
