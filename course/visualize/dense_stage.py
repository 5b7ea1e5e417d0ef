"""Dense block and transition, to scale: every concatenation, and who gave which of its channels.

Width is the number of channels and height the side of the map, both in proportion, computed from what
`course.models.describe` measured of a DenseNet (Huang et al. 2016, arXiv:1608.06993, Table 1 and Equation 2).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .dense_block import subscript
from .net_drawing import draw_arrow
from .style import COLORS, Picture, bare, headline, picture, styled, tint, told

LAYER = re.compile(r"denseblock(\d+)\.denselayer(\d+)\.")
OWN = (COLORS[7], *COLORS[:6])  # the block's input, and its layers in turn
TALL = 1.0  # inches of the block's maps
FEW = 9  # groups, up to which there is room for more words
LANE = 1.62  # inches from the concatenations up to the layers


@dataclass(frozen=True)
class DenseStage:
    """Channels in a dense block and in the transition behind it.

    Attributes:
        groups: channels of the block's input, and of what each layer adds.
        hidden: channels of each layer's 1×1 convolution; 0 without a bottleneck.
        side: of the block's maps, in pixels.
        transition: channels behind the transition's 1×1 convolution; None after the last block.
        transition_side: of the maps behind the transition's pooling.
    """

    groups: tuple[int, ...]
    hidden: tuple[int, ...]
    side: int
    transition: int | None
    transition_side: int | None

    @property
    def reads(self) -> tuple[int, ...]:
        """Channels that each layer reads: the input's and those of all layers before it."""
        return tuple(sum(self.groups[:number]) for number in range(1, len(self.groups)))


def dense_stage(rows: Iterable, block: int = 1) -> DenseStage:
    """Find a block and its transition in the rows of a description.

    Args:
        rows: `describe(densenet, (3, 224, 224)).rows`, of ours or of torchvision's.
        block: its number, from 1 on.

    Raises:
        ValueError: there is no such block.
    """
    rows = list(rows)
    layers: dict[str, list] = {}
    for row in rows:
        match = LAYER.search(row.layer)
        if match and int(match[1]) == block:
            layers.setdefault(match[2], []).append(row)
    if not layers:
        blocks = sorted({match[1] for row in rows if (match := LAYER.search(row.layer))})
        raise ValueError(f"block={block!r} must be one of the dense blocks: {', '.join(blocks) or 'none'}")
    channels = [[row.output_shape[0] for row in layer if row.type == "Conv2d"] for layer in layers.values()]
    first = next(row for row in next(iter(layers.values())) if len(row.output_shape) == 3)
    behind = [row for row in rows if f"transition{block}." in f"{row.layer}."]
    convolution = next((row for row in behind if row.type == "Conv2d"), None)
    return DenseStage(
        groups=(first.output_shape[0], *(numbers[-1] for numbers in channels)),
        hidden=tuple(numbers[0] if len(numbers) > 1 else 0 for numbers in channels),
        side=first.output_shape[-1],
        transition=convolution and convolution.output_shape[0],
        transition_side=convolution and behind[-1].output_shape[-1],
    )


@styled
def plot_dense_stage(stage: DenseStage, title: str = "") -> Picture:
    """Draw each concatenation with a stripe for each layer that gave it, the layers above, the transition.

    Args:
        stage: as `dense_stage` gives it.
        title: what is to be seen, above the picture.
    """
    figure, ((axes,),) = picture(height=2.95 + (0.35 if title else 0))
    bare(axes)
    gap = sum(stage.groups) / 4
    left = max(0.0, (stage.hidden[0] + gap / 8 + stage.groups[1] - stage.groups[0]) / 2)
    for number, reads in enumerate(stage.reads, start=1):
        right = _concatenation(axes, left, stage, number)
        middle = left + reads / 2
        draw_arrow(axes, (middle, TALL / 2), (middle, LANE - TALL / 2))
        end = _layer(axes, middle, stage, number, gap / 8)
        left = max(right, end) + gap
        adds = stage.groups[number]
        draw_arrow(axes, (end - adds / 2, LANE - TALL / 2), (left + reads + adds / 2, TALL / 2))
        draw_arrow(axes, (right, 0), (left, 0))
    right = _concatenation(axes, left, stage, len(stage.groups))
    if stage.transition is not None:
        for side, name in ((stage.side, "1×1"), (stage.transition_side, "pool")):
            draw_arrow(axes, (right, 0), (right + gap, 0))
            right = _transition(axes, right + gap, stage, side, name)
    axes.set(xlim=(-gap / 4, right + gap / 4), ylim=(-TALL / 2 - 0.42, LANE + TALL / 2 + 0.24))
    headline(figure, title)
    figure.alt = told(title, _alt_text(stage))
    return figure


def _stripe(
    axes: Axes, left: float, middle: float, width: float, height: float, color: str, name: str, rim: float
) -> None:
    axes.add_patch(Rectangle((left, middle - height / 2), width, height, facecolor=tint(color, 0.55),
                             edgecolor=color, linewidth=rim, gid=name))  # fmt: skip


def _color(number: int) -> str:
    """Of the input (0) or of a layer."""
    return OWN[0] if number == 0 else OWN[1 + (number - 1) % (len(OWN) - 1)]


def _concatenation(axes: Axes, left: float, stage: DenseStage, number: int) -> float:
    """What layer `number` reads: a stripe for the input and one for each layer before; where it ends."""
    place, rim = left, 0.6 if len(stage.groups) <= FEW else 0.1
    for giver, channels in enumerate(stage.groups[:number]):
        _stripe(axes, place, 0, channels, TALL, _color(giver), f"concatenation {number}, x{giver}", rim)
        place += channels
    has_room = len(stage.groups) <= FEW or number in (1, len(stage.groups))
    text = f"{sum(stage.groups[:number])}" + (f"\n@{stage.side}" if has_room else "")
    axes.text((left + place) / 2, -TALL / 2 - 0.04, text, ha="center", va="top", fontsize=7.5)
    return place


def _layer(axes: Axes, middle: float, stage: DenseStage, number: int, seam: float) -> float:
    """A layer's 1×1 convolution, in white, and what its 3×3 one adds, in its color; where it ends."""
    hidden, adds, color = stage.hidden[number - 1], stage.groups[number], _color(number)
    seam = seam if hidden else 0
    left, added = middle - (hidden + seam + adds) / 2, middle + (hidden + seam - adds) / 2
    few = len(stage.groups) <= FEW
    if hidden:
        axes.add_patch(Rectangle((left, LANE - TALL / 2), hidden, TALL, facecolor="white", edgecolor=color,
                                 linewidth=0.8, gid=f"H{number}, 1×1"))  # fmt: skip
        if few:
            axes.text(left + hidden / 2, LANE, f"1×1\n{hidden}", ha="center", va="center", fontsize=7)
    _stripe(axes, added, LANE, adds, TALL, color, f"H{number}, 3×3", 0.6)
    label = f"H{subscript(number)}" + (f": +{adds}" if few else "")
    axes.text(middle, LANE + TALL / 2 + 0.04, label, ha="center", va="bottom", fontsize=8)
    return added + adds


def _transition(axes: Axes, left: float, stage: DenseStage, side: int, name: str) -> float:
    """The maps behind the transition's convolution, or behind its pooling; where they end."""
    height = TALL * side / stage.side
    _stripe(axes, left, 0, stage.transition, height, COLORS[7], f"transition, {name}", 0.6)
    middle = left + stage.transition / 2
    axes.text(middle, height / 2 + 0.04, name, ha="center", va="bottom", fontsize=8)
    axes.text(middle, -height / 2 - 0.04, f"{stage.transition}\n@{side}", ha="center", va="top", fontsize=7.5)
    return left + stage.transition


def _alt_text(stage: DenseStage) -> str:
    given = f"{stage.groups[0]} channels at {stage.side}×{stage.side}"
    alt_text = f"A dense block of {len(stage.reads)} layers. From {given} on, the layers read "
    alt_text += f"{', '.join(map(str, stage.reads))} channels; together {sum(stage.groups)} leave the block."
    if stage.transition is not None:
        alt_text += (
            f" The transition makes {stage.transition} of them, at "
            f"{stage.transition_side}×{stage.transition_side}."
        )
    return alt_text
