"""Which pixels a unit can see: the arithmetic of receptive fields, for one operator of torch at a time.

For each array of activities, a `View` says what its first unit along one axis sees of the image: the pixels
from `first` to `last`, and by how many pixels that moves from one unit to the next, `jump`. A window of k
units with stride s and padding p sees

    first' = first - p · jump        last' = last + (k - 1 - p) · jump        jump' = jump · s

as in Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional neural networks". Padding may
take `first` outside the image: the size is that of a unit far from the border. Where branches meet, a unit
sees what any of them sees. Where positions are mixed, by a linear layer or a global pooling, a unit sees what
all of them see, and there is no jump any more.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

aten = torch.ops.aten


class View(NamedTuple):
    """What the units along one axis see; `jump` is None where the axis is gone."""

    first: int = 0
    last: int = 0
    jump: int | None = 1

    @property
    def size(self) -> int:
        """Pixels that a unit sees: the receptive field."""
        return self.last - self.first + 1

    def window(self, kernel: int, stride: int = 1, padding: int = 0) -> "View":
        """The view of a window of `kernel` units that starts `padding` units before ours."""
        if self.jump is None:
            return self
        first = self.first - padding * self.jump
        last = self.last + (kernel - 1 - padding) * self.jump
        return View(first, last, self.jump * stride)

    def all_of(self, positions: int) -> "View":
        """The view of something that reads every position."""
        return self.window(positions)._replace(jump=None)


Views = tuple[View, View]  # along height and width


def union(views: list[View]) -> View:
    """What at least one of them sees."""
    jump = max((view.jump for view in views if view.jump is not None), default=None)
    return View(min(view.first for view in views), max(view.last for view in views), jump)


def follow(operator: Any, args: tuple, inputs: list[tuple[Tensor, Views]], output: Tensor) -> Views:
    """The views of what an operator computes.

    Args:
        operator: An operator of `torch.ops.aten`, as a dispatch mode gets it.
        args: Its positional arguments.
        inputs: Those arrays among them that depend on the image, with their views.
        output: Its (first) result.
    """
    x = max((array for array, _ in inputs), key=Tensor.numel)
    merged = [union([views[axis] for _, views in inputs]) for axis in (0, 1)]
    windows = windows_of(operator, args, x)
    if windows is not None:
        return tuple(view.window(*window) for view, window in zip(merged, windows, strict=True))
    if x.ndim >= 4 and x.shape[-2:] == output.shape[-2:]:
        return tuple(merged)
    positions = x.shape[-2:] if x.ndim >= 4 else (1, 1)
    return tuple(view.all_of(count) for view, count in zip(merged, positions, strict=True))


def windows_of(operator: Any, args: tuple, x: Tensor) -> list[tuple[int, int, int]] | None:
    """Kernel, stride and padding along height and width, or None for an operator without a window."""
    packet = operator.overloadpacket
    if packet is aten.convolution:
        _, weight, _, stride, padding, dilation = args[:6]
        kernel = [(k - 1) * d + 1 for k, d in zip(weight.shape[2:], pair(dilation), strict=True)]
        return list(zip(kernel, pair(stride), pair(padding), strict=True))
    if packet in (aten.max_pool2d_with_indices, aten.max_pool2d, aten.avg_pool2d):
        kernel = args[1]
        stride = args[2] if len(args) > 2 else kernel
        padding = args[3] if len(args) > 3 else 0
        return list(zip(pair(kernel), pair(stride or kernel), pair(padding), strict=True))
    if packet is aten._adaptive_avg_pool2d:
        sizes = zip(x.shape[-2:], pair(args[1]), strict=True)
        return [(-(-size // out), max(1, size // out), 0) for size, out in sizes]
    if packet is aten.constant_pad_nd:
        left, _, top, _ = (*args[1], 0, 0)[:4]
        return [(1, 1, top), (1, 1, left)]
    if packet is aten.slice:
        _, dim, start, _, step = (*args, *(0, 0, None, None, 1)[len(args) :])
        axis = dim % x.ndim - (x.ndim - 2)
        if axis < 0:
            return None
        start = (start or 0) + (x.shape[dim] if (start or 0) < 0 else 0)
        return [(1, step, -start) if side == axis else (1, 1, 0) for side in (0, 1)]
    return None


def pair(value: int | list[int]) -> tuple[int, int]:
    """Height and width of an argument that may give one number for both."""
    values = [value] if isinstance(value, int) else value
    return values[0], values[-1]
