"""Receptive field arithmetic: which pixels a unit can see, for one operator of torch at a time.

For each tensor a `View` of each axis of the image says what the first unit along it sees: the pixels from
`first` to `last`, and by how many pixels that moves from one unit to the next, `jump`. A window of k units
with stride s and padding p sees

    first' = first - p · jump        last' = last + (k - 1 - p) · jump        jump' = jump · s

as in Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional neural networks". Padding may
take `first` outside the image: the size is that of a unit far from the border. Where branches meet, a unit
sees what any of them sees. Where positions are mixed, by a linear layer, attention or a global pooling, a
unit sees what all of them see, and there is no jump any more.

Each view knows in which dimension of the tensor its axis lies, so a net may turn and flatten its maps. What
cuts an axis into pieces or moves units along it (windows of a Swin transformer, upsampling, rolling) is not
followed: from there on nothing is said. The mean and deviation of a normalization do not count as seeing.
"""

from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor

from . import tensor_dimensions as dimensions

aten = torch.ops.aten


NOWHERE = (0, -1)


class View(NamedTuple):
    """What the units along one axis of the image see.

    The first unit sees the pixels from `first` to `last`, the next one those `jump` further. `whole` is what
    every unit sees besides, from global poolings and attention. `jump` and `dim` are None where the axis is
    gone, and only `whole` is left; `length` is how many units it has in dimension `dim`.
    """

    first: int = 0
    last: int = 0
    jump: int | None = 1
    dim: int | None = None
    length: int = 1
    whole: tuple[int, int] = NOWHERE

    @property
    def size(self) -> int:
        """Pixels that a unit sees: the receptive field."""
        return 1 + max(self.last - self.first, self.whole[1] - self.whole[0])

    def window(self, kernel: int, stride: int, padding: int) -> "View":
        """The view of a window of `kernel` units that starts `padding` units before ours."""
        first = self.first - padding * self.jump
        last = self.last + (kernel - 1 - padding) * self.jump
        return self._replace(first=first, last=last, jump=self.jump * stride)

    def all_of(self) -> "View":
        """The view of something that reads every position."""
        if self.jump is None:
            return self
        every = self.window(self.length, 1, 0)
        return View(*NOWHERE, None, whole=hull([self.whole, (every.first, every.last)]))


def hull(intervals: list[tuple[int, int]]) -> tuple[int, int]:
    """From the first to the last pixel of several intervals."""
    some = [interval for interval in intervals if interval != NOWHERE] or [NOWHERE]
    return min(first for first, _ in some), max(last for _, last in some)


Views = tuple[View, ...]  # one for each axis of the image: height and width
Input = tuple[Tensor, torch.Size, Views | None]  # with its shape before the operator ran


def views_of(x: Tensor) -> Views:
    """The views of an image (N, C, ...) itself."""
    return tuple(View(dim=dim, length=x.shape[dim]) for dim in range(2, x.ndim))


def follow(operator: Any, args: tuple, inputs: list[Input], output: Tensor) -> Views | None:
    """The views of what an operator computes; None where they cannot be followed.

    Args:
        operator: An operator of `torch.ops.aten`, as a dispatch mode gets it.
        args: Its positional arguments.
        inputs: Those tensors among them that depend on the image, with their views.
        output: Its (first) result.
    """
    packet, per_input = operator.overloadpacket, []
    for x, shape, views in inputs:
        moved = None if views is None else contribution(packet, args, x, shape, views, output)
        if moved is None:
            return None
        per_input.append(moved)
    return tuple(map(union, zip(*per_input, strict=True))) if len({*map(len, per_input)}) == 1 else None


def union(views: tuple[View, ...]) -> View:
    """What any of them sees; all positions where the axis lies in two dimensions, as in attention."""
    if len({view.dim for view in views} - {None}) > 1:
        views = tuple(view.all_of() for view in views)
    first, last = hull([(view.first, view.last) for view in views])
    jump = max((view.jump for view in views if view.jump is not None), default=None)
    dim = max((view.dim for view in views if view.dim is not None), default=None)
    whole = hull([view.whole for view in views])
    return View(first, last, jump, dim, max(view.length for view in views), whole)


def contribution(
    packet: Any, args: tuple, x: Tensor, shape: torch.Size, views: Views, output: Tensor
) -> Views | None:
    """What one of the inputs contributes to the views of the output; None where it cannot be followed."""
    if dimensions.moves(packet, args, {view.dim for view in views} - {None}):
        return None
    if packet in dimensions.RESHAPING:
        return reshaped(views, shape, output.shape)
    if packet in dimensions.PRODUCTS and any(x is factor for factor in args[-2:]):
        left, right = args[-2:]
        read = ([len(shape) - 1] if x is left else []) + ([len(shape) - 2] if x is right else [])
        return placed(views, read, {})
    windows = dimensions.windows_of(packet, args, shape)
    if windows is not None:
        return slid(views, windows, output)
    if packet is aten.cat:
        return views
    order = dimensions.order_of(packet, args, len(shape))
    if order is not None:
        return placed(views, [], {old: new for new, old in enumerate(order)})
    read = dimensions.read_by(packet, args, len(shape))
    if packet is aten.select:  # one unit in place of all
        views = tuple(view._replace(length=1) if view.dim in read else view for view in views)
    if read is not None:
        kept = [dim for dim in range(len(shape)) if dim not in read or output.ndim == len(shape)]
        return placed(views, read, {dim: new for new, dim in enumerate(kept)})
    return aligned(views, shape, output)


def placed(views: Views, read: list[int], new: dict[int, int]) -> Views:
    """Views after some dimensions were read as a whole, and others got new places."""
    return tuple(
        view.all_of() if view.dim in read else view._replace(dim=new.get(view.dim, view.dim))
        for view in views
    )


def aligned(views: Views, shape: torch.Size, output: Tensor) -> Views | None:
    """Views after an operator on each position by itself: shapes are laid over each other from the right."""
    more, new_views = output.ndim - len(shape), []
    for view in views:
        if view.dim is None:
            new_views.append(view)
        elif view.dim + more >= 0 and output.shape[view.dim + more] == shape[view.dim]:
            new_views.append(view._replace(dim=view.dim + more))
        elif shape[view.dim] == 1:  # one unit is laid over all
            new_views.append(view.all_of())
        else:
            return None
    return tuple(new_views)


def slid(views: Views, windows: dict[int, dimensions.Window], output: Tensor) -> Views | None:
    """Views after windows by dimension; one without a size reads the whole dimension."""
    new_views = []
    for view in views:
        kernel, stride, padding = windows.get(view.dim, (1, 1, 0))
        shared = sum(other.dim == view.dim for other in views) > 1
        if view.dim is None or (kernel, stride, padding) == (1, 1, 0):
            new_views.append(view)
        elif kernel is None:
            new_views.append(view.all_of())
        elif not shared:
            new_views.append(view.window(kernel, stride, padding)._replace(length=output.shape[view.dim]))
        elif (kernel, stride) == (1, 1):  # without a class token
            new_views.append(view)
        else:
            return None
    return tuple(new_views)


def reshaped(views: Views, old: torch.Size, new: torch.Size) -> Views | None:
    """Views after the same numbers in the same order got another shape.

    Height and width may be laid end to end in one dimension and be taken apart again. A dimension that holds
    channels too, as after flattening for a linear layer, mixes the positions.
    """
    if 0 in old:
        return None
    new_views = []
    for view in views:
        if view.dim is None:
            new_views.append(view)
            continue
        start = prod(old[: view.dim])
        together = [other.length for other in views if other.dim == view.dim]
        if prod(together) == old[view.dim]:
            earlier = [other for other in views[: len(new_views)] if other.dim == view.dim]
            start *= prod(other.length for other in earlier)
            units = view.length
        else:  # with rows that are no positions, such as a class token
            units = old[view.dim]
        holders = [
            dim
            for dim in range(len(new))
            if prod(new[:dim]) <= start and start * units <= prod(new[: dim + 1])
        ]
        if not holders:
            return None
        new_views.append(view._replace(dim=max(holders, key=lambda dim: (new[dim] == units, new[dim] > 1))))
    return tuple(
        view if view.dim is None or is_pure(view, new_views, views, old, new) else view.all_of()
        for view in new_views
    )


def is_pure(view: View, new_views: list[View], views: Views, old: torch.Size, new: torch.Size) -> bool:
    """Whether the new dimension of a view holds positions alone, or what an old one held."""
    inside = [axis for axis, other in enumerate(new_views) if other.dim == view.dim]
    same = {old[views[axis].dim] for axis in inside} == {new[view.dim]}
    return same or prod(new_views[axis].length for axis in inside) == new[view.dim]
