"""Slabs of an architecture diagram: each layer, or block of layers, with its kind, channels and side."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

SHORTCUTS = ("shortcut", "downsample")  # in names of layers that are no part of a net's depth


class Slab(NamedTuple):
    """A layer, or a block of layers with one name. `side` is 1 where no map is left."""

    name: str
    kind: str
    channels: int
    side: int
    layers: int  # convolutions and fully connected layers, without those of shortcuts


def slabs(
    rows: Iterable, depth: int = 2, without: Sequence[str] = (), image: tuple[int, int, int] | None = None
) -> list[Slab]:
    """Group the rows of a description into slabs.

    Args:
        rows: `describe(model, input_size).rows`: each has `layer`, `type`, `output_shape` and `parameters`.
        depth: how many parts of a layer's dotted name make a slab: 2 takes `layer1.0.conv1` and
            `layer1.0.conv2` together as the block `layer1.0`, 3 makes two slabs of them.
        without: beginnings of names that are left out, such as ("aux",).
        image: channels, height and width of the image, for a slab in front.

    Raises:
        ValueError: the depth is below 1, or no row is left.
    """
    if depth < 1:
        raise ValueError(f"depth={depth!r} must be at least 1")
    groups: dict[str, list] = {}
    for row in rows:
        if not any(row.layer.startswith(start) for start in without):
            groups.setdefault(".".join(row.layer.split(".")[:depth]), []).append(row)
    drawn_slabs = [slab for name, group in groups.items() if (slab := _slab(name, group)) is not None]
    if not drawn_slabs:
        raise ValueError("rows hold no convolution, pooling or fully connected layer")
    return [*([Slab("image", "image", image[0], image[-1], 0)] if image else []), *drawn_slabs]


def kind_of(row) -> str:
    """Which of `KINDS` a row of a description is; empty for what is not drawn, such as a batch norm."""
    if "Pool" in row.type or "Subsampling" in row.type:
        return "pooling"
    if "Conv" in row.type:
        return "convolution"
    drawn = row.parameters and "Norm" not in row.type
    return "fully connected" if drawn or row.type == "RBFOutput" else ""


def _slab(name: str, rows: list) -> Slab | None:
    drawn = [row for row in rows if kind_of(row)]
    layers = [row for row in drawn if kind_of(row) != "pooling"]
    counted = [row for row in layers if not any(word in row.layer for word in SHORTCUTS)]
    if not drawn or (layers and not counted):
        return None
    shape = rows[-1].output_shape
    kind = "block" if len(layers) > 1 else kind_of((layers or drawn)[0])
    return Slab(name, kind, shape[0], shape[-1] if len(shape) == 3 else 1, len(counted))
