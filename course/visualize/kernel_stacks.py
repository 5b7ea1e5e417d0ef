"""Stacked small kernels against one large kernel: what each sees, and what each costs.

After Section 2.3 of Simonyan and Zisserman 2014: two 3×3 layers see 5×5 pixels, three see 7×7, and so on.
"""

from collections.abc import Sequence
from typing import NamedTuple

from .receptive_cone import draw_cone
from .style import COLORS, Picture, picture, styled


class Stack(NamedTuple):
    """A stack of equal kernels with stride 1, for one channel in and one out, without biases.

    Attributes:
        depth: layers.
        field: side of the square that one unit sees.
        weights: of all layers together.
        single: weights of one kernel as large as the field.
    """

    depth: int
    field: int
    weights: int
    single: int


def stack(depth: int, kernel: int = 3) -> Stack:
    """What a stack sees and costs.

    >>> stack(3)
    Stack(depth=3, field=7, weights=27, single=49)

    Raises:
        ValueError: a number is below 1.
    """
    if min(depth, kernel) < 1:
        raise ValueError(f"depth={depth}, kernel={kernel} must each be at least 1")
    field = depth * (kernel - 1) + 1
    return Stack(depth, field, depth * kernel**2, field**2)


@styled
def plot_kernel_stacks(depths: Sequence[int], kernel: int = 3) -> Picture:
    """Draw the receptive field of each stack along one axis, and below the weights against one large kernel.

    Args:
        depths: two to six numbers of layers.
        kernel: side of the small kernels.

    Raises:
        ValueError: another number of depths, or a number below 1.
    """
    if not 2 <= len(depths) <= 6:
        raise ValueError(f"depths={list(depths)} must hold two to six")
    stacks = [stack(depth, kernel) for depth in depths]
    widest, tallest = max(each.field for each in stacks), max(each.depth for each in stacks)
    figure, axes = picture(2, len(stacks), height=4.0, layout=None, height_ratios=[3, 2])
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.1, top=0.93, hspace=0.32, wspace=0.2)
    for column, each in enumerate(stacks):
        cone, bars = axes[:, column]
        draw_cone(cone, [(kernel, 1)] * each.depth)
        cone.set(xlim=(-widest / 2, widest / 2), ylim=(-0.4, tallest + 0.4), xlabel="", xticks=[])
        cone.spines["bottom"].set_visible(False)
        middle = (cone.collections[-1].get_offsets()[:, 0]).mean()
        cone.set_xlim(middle - widest / 2 - 0.5, middle + widest / 2 + 0.5)
        heights = [] if column else range(tallest + 1)
        cone.set_yticks(heights, [f"layer {height}" if height else "pixels" for height in heights])
        cone.set_title(f"{each.depth} × {kernel}×{kernel} see {each.field}×{each.field}")
        names = [f"{each.depth} × {kernel}×{kernel}", f"{each.field}×{each.field}"]
        drawn = bars.bar(names, [each.weights, each.single], color=[COLORS[0], COLORS[4]], width=0.6)
        bars.bar_label(drawn, padding=1)
        bars.set(ylim=(0, 1.2 * max(other.single for other in stacks)), yticks=[])
        bars.spines["left"].set_visible(False)
    axes[1, 0].set_ylabel("weights")
    alt_text = [
        f"{each.depth} see {each.field}, {each.weights} weights against {each.single}" for each in stacks
    ]
    figure.alt = f"Stacks of {kernel}×{kernel} kernels and one large kernel: {'; '.join(alt_text)}."
    return figure
