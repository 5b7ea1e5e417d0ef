"""Architecture diagram to scale: a slab for each layer, as high as its map, as wide as its channels.

Height is the root of the map's side in pixels and width the root of the number of channels, both on one scale
for all nets of a picture.

After the drawings of LeCun et al. 1998 (Figure 2), Krizhevsky et al. 2012 (Figure 2) and He et al. 2015
(Figure 3), but computed from what `course.models.describe` measured, not drawn by hand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby, pairwise, product

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Arc, Rectangle

from .net_slabs import Slab
from .style import COLORS, Picture, bare, headline, picture, styled, tint, told

KINDS = {
    "image": COLORS[7],
    "convolution": COLORS[0],
    "block": COLORS[2],
    "pooling": COLORS[4],
    "fully connected": COLORS[1],
}
GAP = 0.35  # between two slabs, in the unit of the width of 64 channels
BEHIND = 1.3  # behind the image
CROSSING = 2.6  # between two slabs where halves meet
TALLEST = 0.8  # inches of the largest map
WIDEST = 0.8  # inches of 64 channels, at most
ROOMY = 20  # units in a row, below which numbers of poolings have room
SAME = {"color": COLORS[6], "linewidth": 1.0, "linestyle": "-"}
OTHER = {**SAME, "linestyle": (0, (2, 1))}


@styled
def plot_nets(
    nets: Mapping[str, Sequence[Slab]],
    shortcuts: Mapping[str, str] | None = None,
    title: str = "",
    halves: Mapping[str, Collection[str]] | None = None,
) -> Picture:
    """Draw nets one below the other, all to one scale.

    Args:
        nets: by the name that stands above each, what `slabs` gives; at most six.
        shortcuts: by net, the beginning of the names of blocks that a shortcut leads around: "layer". A block
            is a slab, or neighbors whose names agree in their first two parts. The line is dashed where the
            block changes the shape, so that the shortcut cannot be the identity.
        title: what is to be seen, above the picture.
        halves: by net, the last parts of the names of layers that read both halves, such as
            `course.models.alexnet_towers.MEETING_POINTS`: the net is drawn as two halves with half of the
            channels each, which meet there.

    Raises:
        ValueError: there is no net, or there are more than six; or shortcuts or halves name another net.
    """
    shortcuts, halves = shortcuts or {}, halves or {}
    if not 1 <= len(nets) <= 6:
        raise ValueError(f"nets={list(nets)!r} must be one to six nets")
    for argument, chosen in (("shortcuts", shortcuts), ("halves", halves)):
        if strange := [name for name in chosen if name not in nets]:
            raise ValueError(f"{argument}={strange[0]!r} must be one of the nets: {', '.join(nets)}")
    largest = max(slab.side for net in nets.values() for slab in net)
    drawn = [_Drawn(name, net, largest, halves.get(name)) for name, net in nets.items()]
    right = max([6.7 / WIDEST, *(net.places[-1] for net in drawn)])
    figure, ((axes,),) = picture(height=sum(net.room for net in drawn) + (0.75 if title else 0.4))
    bare(axes)
    top = 0.0
    for net in drawn:
        net.draw(axes, top, with_pooling=right < ROOMY)
        net.draw_shortcuts(axes, top, shortcuts.get(net.name))
        top -= net.room
    axes.set(xlim=(-0.3, right + 0.3), ylim=(top, 0))
    _legend(figure, nets, any(shortcuts.values()))
    headline(figure, title)
    figure.alt = told(title, " ".join(f"{net.name}: {net.alt_text()}." for net in drawn))
    return figure


class _Drawn:
    """One net of a picture, in inches upwards and units of 64 channels to the right.

    Args:
        name, net, largest: its name, its slabs, and the largest side of all nets.
        meets: last parts of the names of layers that read both halves; None for a net in one piece.
    """

    def __init__(self, name: str, net: Sequence[Slab], largest: int, meets: Collection[str] | None) -> None:
        self.name, self.net, self.largest, self.meets = name, net, largest, meets
        self.lanes = 1 if meets is None else 2
        own = [self.height(slab) for slab in net if self.lanes == 1 or slab.kind != "image"]
        self.away = 0.0 if self.lanes == 1 else max(own) / 2 + 0.03  # of a half from the middle
        self.below = max(max(own) / 2 + self.away, max(map(self.height, net)) / 2)  # and above the middle
        self.room = 2 * self.below + 0.62
        self.places, place = [], 0.0  # where each slab begins, and where the last one ends
        for before, slab in zip([None, *net], net, strict=False):
            if before is not None and before.kind == "image":
                place += (BEHIND if self.lanes == 1 else CROSSING) - GAP
            elif self.crosses(before, slab):
                place += CROSSING - GAP
            self.places.append(place)
            place += self.width(slab) + GAP
        self.places.append(place - GAP)

    def crosses(self, before: Slab | None, slab: Slab) -> bool:
        """Whether both halves get what the slab before puts out."""
        meets = slab.name.split(".")[-1] in (self.meets or ())
        return before is not None and self.lanes == 2 and (meets or before.kind == "image")

    def height(self, slab: Slab) -> float:
        return TALLEST * (slab.side / self.largest) ** 0.5

    def share(self, slab: Slab) -> int:
        """Channels that are drawn as one slab."""
        return slab.channels if slab.kind == "image" else slab.channels // self.lanes

    def width(self, slab: Slab) -> float:
        return width_of(self.share(slab))

    def lanes_of(self, slab: Slab) -> tuple[float, ...]:
        """How far above the middle the slab's halves lie, or the slab itself."""
        return (0.0,) if self.lanes == 1 or slab.kind == "image" else (self.away, -self.away)

    def draw(self, axes: Axes, top: float, with_pooling: bool) -> None:
        """The name, the slabs and what crosses, and sizes below."""
        layers = sum(slab.layers for slab in self.net)
        name = f"{self.name}: {layers} convolutions and fully connected layers"
        axes.text(0, top - 0.12, name + (" in two halves" if self.meets else ""), va="center", fontsize=9.5)
        middle = self.middle(top)
        for slab, left in zip(self.net, self.places, strict=False):
            for number, lane in enumerate(lanes := self.lanes_of(slab), start=1):
                gid = f"{self.name}: {slab.name}" + (f", half {number}" if len(lanes) == 2 else "")
                at = (left, middle + lane, self.width(slab), self.height(slab))
                draw_slab(axes, *at, slab.kind, gid)
        for (before, slab), (left, right) in zip(pairwise(self.net), pairwise(self.places), strict=False):
            if self.crosses(before, slab):
                for start, end in product(self.lanes_of(before), self.lanes_of(slab)):
                    if start != end:
                        place = left + self.width(before)
                        draw_arrow(axes, (place, middle + start), (right, middle + end))
        self.write_sizes(axes, middle, with_pooling)

    def middle(self, top: float) -> float:
        return top - 0.27 - self.below

    def write_sizes(self, axes: Axes, middle: float, with_pooling: bool) -> None:
        """Channels and the side of the map, once below each run of equal layers."""
        left_out = ("image",) if with_pooling else ("image", "pooling")
        written = [pair for pair in zip(self.net, self.places, strict=False) if pair[0].kind not in left_out]
        for (channels, side), group in groupby(written, lambda pair: (self.share(pair[0]), pair[0].side)):
            run = list(group)
            center = (run[0][1] + run[-1][1] + width_of(channels)) / 2
            write_size(axes, center, middle - self.away - self.height(run[0][0]) / 2, channels, side)

    def draw_shortcuts(self, axes: Axes, top: float, beginning: str | None) -> None:
        """An arc around each block whose name begins so."""
        numbers, middle = range(len(self.net)), self.middle(top)
        for block, group in groupby(numbers, lambda i: ".".join(self.net[i].name.split(".")[:2])):
            if beginning is None or not block.startswith(beginning):
                continue
            first, *_, last = [*group] * 2
            same = first > 0 and self.net[first - 1][2:4] == self.net[last][2:4]
            left = self.places[first] - GAP / 2
            right = self.places[last] + self.width(self.net[last]) + GAP / 2
            above = middle + self.height(self.net[first]) / 2 + 0.02
            axes.add_patch(
                Arc(((left + right) / 2, above), right - left, 0.28, theta1=0, theta2=180,
                    gid=f"shortcut: {block}", **(SAME if same else OTHER))
            )  # fmt: skip

    def alt_text(self) -> str:
        """The slabs in words, equal neighbors counted."""
        words: list[list] = []
        for slab in self.net:
            halved = self.lanes == 2 and slab.kind != "image"
            size = f"{slab.kind} {'2 × ' if halved else ''}{self.share(slab)}"
            size += f" at {slab.side}×{slab.side}" if slab.side > 1 else ""
            if words and words[-1][1] == size:
                words[-1][0] += 1
            else:
                words.append([1, size])
        return ", ".join(f"{count} × {size}" if count > 1 else size for count, size in words)


def draw_slab(
    axes: Axes, left: float, middle: float, width: float, height: float, kind: str, name: str = ""
) -> None:
    """A rectangle in the colors of its kind; `name` is what it is found by."""
    color = KINDS[kind]
    fill = "white" if kind == "image" else tint(color, 0.55)
    axes.add_patch(Rectangle((left, middle - height / 2), width, height, facecolor=fill, edgecolor=color,
                             linewidth=0.8, gid=name))  # fmt: skip


def draw_arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """What flows from one slab to another."""
    arrow = {"arrowstyle": "-|>", "color": COLORS[7], "linewidth": 0.8, "mutation_scale": 7}
    axes.annotate("", end, start, arrowprops={**arrow, "shrinkA": 1, "shrinkB": 1})


def write_size(axes: Axes, center: float, edge: float, channels: int, side: int, above: bool = False) -> None:
    """Channels, and the side of a map, below the lower edge of a slab or above its upper edge."""
    text = f"{channels}\n@{side}" if side > 1 else str(channels)
    place = (edge + 0.03, "bottom") if above else (edge - 0.03, "top")
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}
    axes.text(center, place[0], text, ha="center", va=place[1], fontsize=6.5, linespacing=1.05, bbox=behind)


def width_of(channels: float) -> float:
    """In the unit of 64 channels."""
    return (channels / 64) ** 0.5


def _legend(figure: Picture, nets: Mapping[str, Sequence[Slab]], has_shortcuts: bool) -> None:
    used = {slab.kind for net in nets.values() for slab in net}
    handles = kind_handles([kind for kind in KINDS if kind in used])
    if has_shortcuts:
        handles.append(Line2D([], [], **SAME, label="shortcut"))
        handles.append(Line2D([], [], **OTHER, label="to another shape"))
    figure.legend(
        handles=handles, loc="outside lower left", ncols=len(handles), fontsize=8, columnspacing=1.4
    )


def kind_handles(kinds: Iterable[str], names: Mapping[str, str] | None = None) -> list:
    """What a legend shows for these kinds, under their own or other names."""
    return [
        Rectangle((0, 0), 1, 1, facecolor="white" if kind == "image" else tint(KINDS[kind], 0.55),
                  edgecolor=KINDS[kind], label=(names or {}).get(kind, kind))
        for kind in kinds
    ]  # fmt: skip
