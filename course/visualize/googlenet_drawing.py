"""Architecture diagram of GoogLeNet, to scale: stem, nine inception modules, two auxiliary classifiers.

After Figure 3 of Szegedy et al. 2014 (arXiv:1409.4842), turned on its side, but computed from what
`course.models.describe` measured. The scale is that of `plot_nets`: height is the root of the map's side,
width the root of the number of channels.

    net = get_model("googlenet")
    rows = describe(net, (3, 224, 224)).rows
    plot_googlenet(rows, {"inception4a": describe(net.aux1, (512, 14, 14)).rows,
                          "inception4d": describe(net.aux2, (528, 14, 14)).rows})
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from .net_drawing import GAP, KINDS, TALLEST, draw_slab, kind_handles, width_of, write_size
from .net_slabs import Slab, kind_of, slabs
from .style import COLORS, Picture, bare, headline, picture, styled, told

BRANCH = re.compile(r"(inception\w+)\.branch(\d)")
LEAD = 1.1  # from a slab to the branches that read it, in the unit of the width of 64 channels
PITCH = 0.06  # inches between two branches
HEAD = 0.93  # inches of a head above the middle
WIRE = {"color": COLORS[7], "linewidth": 0.6, "zorder": 0}
NAMES = {"block": "concatenation"}  # of kinds, in this picture


class InceptionSlabs(NamedTuple):
    """An inception module: the slabs of each branch, in the order of the data, and their concatenation."""

    name: str
    branches: tuple[tuple[Slab, ...], ...]
    joined: Slab


def googlenet_slabs(rows: Iterable) -> list[Slab | InceptionSlabs]:
    """The main path of GoogLeNet in the order of the data: slabs, and modules with their branches.

    Args:
        rows: `describe(googlenet, (3, 224, 224)).rows`, ours or torchvision's.

    Raises:
        ValueError: the rows hold no inception module.
    """
    parts: dict[str, Slab | dict] = {}
    joined: dict[str, Slab] = {}
    for row in rows:
        if branch_match := BRANCH.match(row.layer):
            if kind_of(row):
                branches = parts.setdefault(branch_match[1], {})
                branches.setdefault(branch_match[2], []).extend(slabs([row], depth=9))
        elif row.layer in parts:  # the module itself, which joins its branches
            channels, side, _ = row.output_shape
            joined[row.layer] = Slab(row.layer, "block", channels, side, 0)
        elif kind_of(row) and not row.layer.startswith("aux"):
            parts[row.layer] = slabs([row], depth=9)[0]
    if not joined:
        raise ValueError("rows hold no inception module; they must be those of describe(googlenet, …)")
    return [
        part
        if isinstance(part, Slab)
        else InceptionSlabs(name, tuple(map(tuple, part.values())), joined[name])
        for name, part in parts.items()
    ]


@styled
def plot_googlenet(rows: Iterable, heads: Mapping[str, Iterable] | None = None, title: str = "") -> Picture:
    """Draw the whole net from left to right, its modules with four branches each, its heads above them.

    Args:
        rows: `describe(googlenet, (3, 224, 224)).rows`.
        heads: by the name of the module that it stands on, the rows of an auxiliary classifier, which only
            runs in training: {"inception4a": describe(net.aux1, (512, 14, 14)).rows, …}.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: the rows hold no inception module, or a head stands on a module that is not there.
    """
    parts = googlenet_slabs(rows)
    tops = {name: slabs(head, depth=1) for name, head in (heads or {}).items()}
    modules = {part.name: part for part in parts if isinstance(part, InceptionSlabs)}
    if strange := [name for name in tops if name not in modules]:
        raise ValueError(f"heads={strange[0]!r} must stand on one of {', '.join(modules)}")
    figure, ((axes,),) = picture(height=(3.1 if tops else 2.5) + (0.35 if title else 0))
    bare(axes)
    largest = max(part.side for part in parts if isinstance(part, Slab))
    drawing = _Drawing(axes, largest)
    for part in parts:
        if isinstance(part, Slab):
            drawing.slab(part)
        else:
            drawing.module(part)
            if part.name in tops:
                drawing.head(part.joined, tops[part.name])
    axes.set(xlim=(-0.5, drawing.right + 0.5), ylim=(-0.95, HEAD + 0.35 if tops else 0.9))
    kinds = ("convolution", "pooling", "block", "fully connected")
    figure.legend(handles=kind_handles(kinds, NAMES), loc="outside lower left", ncols=4, fontsize=8)
    headline(figure, title)
    figure.alt = told(title, _alt_text(parts, tops))
    return figure


class _Drawing:
    """What is drawn so far ends at `right`, on the middle line."""

    def __init__(self, axes: Axes, largest: int) -> None:
        self.axes, self.largest, self.right = axes, largest, -GAP
        self.above = False  # where the next slab's size is written: neighbors take turns

    def height(self, slab: Slab) -> float:
        return TALLEST * (slab.side / self.largest) ** 0.5

    def draw(self, slab: Slab, left: float, middle: float) -> float:
        """A slab; where it ends on the right."""
        draw_slab(self.axes, left, middle, width_of(slab.channels), self.height(slab), slab.kind, slab.name)
        return left + width_of(slab.channels)

    def wire(self, *points: tuple[float, float]) -> None:
        self.axes.plot(*zip(*points, strict=True), **WIRE)

    def slab(self, slab: Slab) -> None:
        """One more slab on the middle line."""
        left = self.right + GAP
        if left > 0:
            self.wire((self.right, 0), (left, 0))
        self.right = self.draw(slab, left, 0)
        if slab.kind != "pooling":
            middle, edge = (left + self.right) / 2, self.height(slab) / (2 if self.above else -2)
            write_size(self.axes, middle, edge, slab.channels, slab.side, self.above)
            self.above = not self.above

    def module(self, part: InceptionSlabs) -> None:
        """Four branches one above the other, and what joins them."""
        start, first = self.right, self.right + LEAD
        columns = max(len(branch) for branch in part.branches)
        lefts = [first]
        for column in range(columns):
            widths = [width_of(branch[column].channels) for branch in part.branches if column < len(branch)]
            lefts.append(lefts[-1] + max(widths) + GAP)
        end = lefts.pop() - GAP + LEAD
        pitch = self.height(part.joined) + PITCH
        for number, branch in enumerate(part.branches):
            lane, right = (1.5 - number) * pitch, start
            for slab, left in zip(branch, lefts, strict=False):
                self.wire((right, lane if right != start else 0), (left, lane))
                right = self.draw(slab, left, lane)
            self.wire((right, lane), (end - LEAD, lane), (end, 0))
        name = part.name.removeprefix("inception")
        self.axes.text((first + end - LEAD) / 2, 2 * pitch, name, ha="center", va="bottom", fontsize=7)
        self.right = self.draw(part.joined, end, 0)
        self.stripes(part, end)
        self.above = False
        low = -self.height(part.joined) / 2
        write_size(self.axes, (end + self.right) / 2, low, part.joined.channels, part.joined.side)

    def stripes(self, part: InceptionSlabs, left: float) -> None:
        """Lines in the concatenation between what the branches gave, in proportion to their channels."""
        reach, width = self.height(part.joined) / 2, self.right - left
        given = [branch[-1].channels for branch in part.branches]
        for number in range(1, len(given)):
            place = left + width * sum(given[:number]) / sum(given)
            self.axes.plot([place, place], [-reach, reach], color=KINDS["block"], linewidth=0.6)

    def head(self, below: Slab, head: Sequence[Slab]) -> None:
        """An auxiliary classifier, above the module that it stands on."""
        place = self.right - width_of(below.channels) / 2
        left = place + 2.2 * GAP
        self.wire((place, self.height(below) / 2), (place, HEAD), (left, HEAD))
        for number, slab in enumerate(head):
            right = self.draw(slab, left, HEAD)
            if slab.kind != "pooling":
                edge = HEAD + self.height(slab) / 2
                write_size(self.axes, (left + right) / 2, edge, slab.channels, slab.side, above=True)
            left = right + 2.2 * GAP
            if number < len(head) - 1:
                self.wire((right, HEAD), (left, HEAD))
        self.axes.text(left, HEAD, "auxiliary\nclassifier", va="center", fontsize=6.5, linespacing=1.05)


def _alt_text(parts: Sequence[Slab | InceptionSlabs], heads: Mapping[str, Sequence[Slab]]) -> str:
    """The net in words: how long it is, what its modules give, where its heads stand."""
    modules = [part for part in parts if isinstance(part, InceptionSlabs)]
    longest = [
        max(sum(slab.layers for slab in branch) for branch in part.branches)
        if isinstance(part, InceptionSlabs)
        else part.layers
        for part in parts
    ]
    given = ", ".join(f"{part.joined.channels} at {part.joined.side}×{part.joined.side}" for part in modules)
    alt_text = f"GoogLeNet from left to right, {sum(longest)} layers with weights one after another. Its "
    alt_text += f"{len(modules)} inception modules of four branches give {given} channels."
    for name, head in heads.items():
        sizes = ", ".join(f"{slab.kind} {slab.channels}" for slab in head)
        alt_text += f" An auxiliary classifier stands on {name.removeprefix('inception')}: {sizes}."
    return alt_text
