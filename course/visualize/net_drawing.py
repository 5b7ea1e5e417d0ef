"""Whole nets to scale: each layer or block as a slab; its area grows with side times channels.

Height is the root of the map's side in pixels and width the root of the number of channels, both on one scale
for all nets of a picture.

After the drawings of LeCun et al. 1998 (Figure 2), Krizhevsky et al. 2012 (Figure 2) and He et al. 2015
(Figure 3), but computed from what `course.models.describe` measured, not drawn by hand.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matplotlib.patches import Arc, Rectangle

from .style import COLORS, Picture, bare, headline, picture, styled, tint, told

KINDS = {"convolution": COLORS[0], "block": COLORS[2], "pooling": COLORS[4], "linear": COLORS[1]}
GAP = 0.35  # between two slabs, in the unit of the width of 64 channels
HEIGHT = 1.6  # inches of one net
SHORTCUTS = ("shortcut", "downsample")  # in names of layers that are no part of a net's depth


class Slab(NamedTuple):
    """A layer, or a block of layers with one name. `side` is 1 where no map is left."""

    name: str
    kind: str
    channels: int
    side: int
    layers: int  # convolutions and linear layers, without those of shortcuts


def slabs(rows: Iterable, depth: int = 2, without: Sequence[str] = ()) -> list[Slab]:
    """Group the rows of a description into slabs.

    Args:
        rows: `describe(model, input_size).rows`: each has `layer`, `type`, `output_shape` and `parameters`.
        depth: how many parts of a layer's dotted name make a slab: 2 takes `layer1.0.conv1` and
            `layer1.0.conv2` together as the block `layer1.0`.
        without: beginnings of names that are left out, such as ("aux",).

    Raises:
        ValueError: the depth is below 1, or no row is left.
    """
    if depth < 1:
        raise ValueError(f"depth={depth!r} must be at least 1")
    groups: dict[str, list] = {}
    for row in rows:
        if not any(row.layer.startswith(start) for start in without):
            groups.setdefault(".".join(row.layer.split(".")[:depth]), []).append(row)
    found = [_slab(name, group) for name, group in groups.items()]
    found = [slab for slab in found if slab is not None]
    if not found:
        raise ValueError("rows hold no convolution, pooling or linear layer")
    return found


def _slab(name: str, rows: list) -> Slab | None:
    weighty = [row for row in rows if row.parameters and "Norm" not in row.type]
    shape = rows[-1].output_shape
    side = shape[-1] if len(shape) == 3 else 1
    counted = [row for row in weighty if not any(word in row.layer for word in SHORTCUTS)]
    if len(weighty) > 1:
        return Slab(name, "block", shape[0], side, len(counted))
    if weighty:
        kind = "convolution" if "Conv" in weighty[0].type else "linear"
        return Slab(name, kind, shape[0], side, 1)
    pooled = any("Pool" in row.type for row in rows)
    return Slab(name, "pooling", shape[0], side, 0) if pooled else None


@styled
def plot_nets(
    nets: dict[str, Sequence[Slab]], shortcuts: dict[str, str] | None = None, title: str = ""
) -> Picture:
    """Draw nets one below the other, all to one scale.

    Args:
        nets: by the name that stands beside each, what `slabs` gives; at most six.
        shortcuts: by net, the beginning of the names of slabs that a shortcut leads around: "layer".
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no net, or there are more than six.
    """
    if not 1 <= len(nets) <= 6:
        raise ValueError(f"nets={list(nets)!r} must be one to six nets")
    largest = max(slab.side for net in nets.values() for slab in net)
    figure, rows = picture(rows=len(nets), height=HEIGHT * len(nets) + 0.4)
    ends = [
        _draw(row[0], net, largest, (shortcuts or {}).get(name))
        for row, (name, net) in zip(rows, nets.items(), strict=True)
    ]
    for (axes,), name in zip(rows, nets, strict=True):
        axes.set(xlim=(-0.5, max(ends) + 0.5), ylim=(-0.78, 0.85))
        bare(axes)
        layers = sum(slab.layers for slab in nets[name])
        axes.set_title(f"{name}: {layers} convolutions and linear layers", loc="left", fontsize=10)
    figure.legend(
        handles=[
            Rectangle((0, 0), 1, 1, facecolor=tint(color, 0.55), edgecolor=color, label=kind)
            for kind, color in KINDS.items()
        ],
        loc="outside lower center",
        ncols=4,
    )
    headline(figure, title)
    figure.alt = told(title, " ".join(f"{name}: {_said(net)}." for name, net in nets.items()))
    return figure


def _draw(axes, net: Sequence[Slab], largest: int, shortcut: str | None) -> float:
    """Draw one net from the left; where it ends on the right."""
    place, before = 0.0, None
    for slab in net:
        width, height = max((slab.channels / 64) ** 0.5, 0.25), (slab.side / largest) ** 0.5
        color = KINDS[slab.kind]
        axes.add_patch(
            Rectangle(
                (place, -height / 2),
                width,
                height,
                facecolor=tint(color, 0.55),
                edgecolor=color,
                linewidth=0.8,
            )
        )
        if shortcut is not None and slab.name.startswith(shortcut):
            axes.add_patch(
                Arc(
                    (place + width / 2, height / 2),
                    width + GAP,
                    0.3,
                    theta1=0,
                    theta2=180,
                    color=COLORS[7],
                    linewidth=0.9,
                )
            )
        if slab.kind != "pooling" and (slab.channels, slab.side) != before:
            text = f"{slab.channels}\n@{slab.side}" if slab.side > 1 else f"{slab.channels}"
            axes.text(
                place + width / 2,
                -height / 2 - 0.05,
                text,
                ha="center",
                va="top",
                fontsize=6.5,
                color="#333333",
            )
            before = slab.channels, slab.side
        place += width + GAP
    return place


def _said(net: Sequence[Slab]) -> str:
    """The slabs in words, equal neighbours counted."""
    words: list[list] = []
    for slab in net:
        size = f"{slab.kind} {slab.channels}" + (f" at {slab.side}×{slab.side}" if slab.side > 1 else "")
        if words and words[-1][1] == size:
            words[-1][0] += 1
        else:
            words.append([1, size])
    return ", ".join(f"{count} × {size}" if count > 1 else size for count, size in words)
