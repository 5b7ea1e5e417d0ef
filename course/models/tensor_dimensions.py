"""Shape rules of torch's operators: slide windows, reorder, read a dimension as a whole.

Operators that are not named here work on each position by itself, as an activation or an addition does, or
have a result of another shape, which `receptive_field.follow` notices.
"""

from typing import Any

import torch

aten = torch.ops.aten

PRODUCTS = {aten.mm, aten.addmm, aten.bmm, aten.baddbmm}
RESHAPING = {
    *(aten.view, aten._unsafe_view, aten.reshape, aten._reshape_alias, aten.view_copy),
    *(aten.squeeze, aten.squeeze_, aten.unsqueeze, aten.unsqueeze_),
}
MOVING = {
    *(aten.roll, aten.flip, aten.sort, aten.topk, aten.cumsum, aten.gather, aten.as_strided, aten.im2col),
    *(aten.col2im, aten._fft_c2c, aten._fft_r2c, aten._fft_c2r, aten.tril, aten.triu, aten.grid_sampler_2d),
}
REDUCTIONS = {
    *(aten.mean, aten.sum, aten.amax, aten.amin, aten.max, aten.min, aten.var, aten.std, aten.prod),
    *(aten.var_mean, aten.std_mean, aten.logsumexp, aten.linalg_vector_norm, aten.argmax, aten.argmin),
}
AVERAGES = {aten.avg_pool2d, aten.avg_pool3d}
MAXIMA = {aten.max_pool2d_with_indices, aten.max_pool3d_with_indices}
ADAPTIVE = {
    *(aten._adaptive_avg_pool2d, aten._adaptive_avg_pool3d),
    *(aten.adaptive_max_pool2d, aten.adaptive_max_pool3d),
}
PADS = {
    aten.constant_pad_nd,
    *(aten.reflection_pad1d, aten.reflection_pad2d, aten.reflection_pad3d),
    *(aten.replication_pad1d, aten.replication_pad2d, aten.replication_pad3d),
}

Window = tuple[int | None, int, int]  # kernel, stride, padding; no kernel: the whole dimension


def moves(packet: Any, args: tuple, axes: set[int]) -> bool:
    """Whether units along one of the axes change places, are chosen by number, or come to lie denser."""
    if packet is aten.convolution:
        return args[6]  # transposed
    if packet is aten.index_select:
        return args[1] % args[0].ndim in axes
    if packet is aten.index:
        chosen = [dim for dim, index in enumerate(args[1]) if index is not None]
        return len(chosen) > 1 or args[1][chosen[0]].ndim != 1 or chosen[0] in axes
    return packet in MOVING


def windows_of(packet: Any, args: tuple, shape: torch.Size) -> dict[int, Window] | None:
    """The windows of an operator by dimension, or None for an operator without."""
    ndim = len(shape)
    if packet is aten.convolution:
        _, weight, _, stride, padding, dilation = args[:6]
        count = weight.ndim - 2
        windows = windows_by_axis(weight.shape[2:], stride, padding, dilation, count)
        return {ndim - count - 1: (None, 1, 0), **at_the_end(windows, ndim)}
    if packet in AVERAGES | MAXIMA:
        kernel, stride, padding = (*args[1:4], *(None, [], 0)[len(args[1:4]) :])
        dilation = args[4] if packet in MAXIMA and len(args) > 4 else 1
        return at_the_end(windows_by_axis(kernel, stride or kernel, padding, dilation, len(kernel)), ndim)
    if packet in ADAPTIVE:
        sizes = zip(shape[-len(args[1]) :], args[1], strict=True)
        return at_the_end([(-(-size // out), max(1, size // out), 0) for size, out in sizes], ndim)
    if packet in PADS:
        return at_the_end([(1, 1, before) for before in args[1][::2]][::-1], ndim)
    if packet is aten.slice:
        _, dim, start, _, step = (*args, *(0, 0, None, None, 1)[len(args) :])
        start = start or 0
        return {dim % ndim: (1, step, -(start if start >= 0 else max(0, start + shape[dim])))}
    return None


def windows_by_axis(kernel: Any, stride: Any, padding: Any, dilation: Any, count: int) -> list[Window]:
    """Windows from four arguments, each one number for all dimensions or one for each."""
    arguments = (kernel, stride, padding, dilation)
    lists = [[x] * count if isinstance(x, int) else [*x] * (count // len(x)) for x in arguments]
    return [((k - 1) * d + 1, s, p) for k, s, p, d in zip(*lists, strict=True)]


def at_the_end(windows: list[Window], ndim: int) -> dict[int, Window]:
    """Windows of the last dimensions."""
    return {ndim - len(windows) + index: window for index, window in enumerate(windows)}


def order_of(packet: Any, args: tuple, ndim: int) -> list[int] | None:
    """The old dimensions in their new order, or None for an operator that leaves the order."""
    if packet is aten.permute:
        return [dim % ndim for dim in args[1]]
    if packet in (aten.transpose, aten.transpose_, aten.t, aten.t_):
        order = list(range(ndim))
        first, second = args[1:3] if len(args) > 2 else (0, -1)
        order[first], order[second] = order[second], order[first]
        return order
    if packet is aten.stack:  # the new dimension comes from nowhere
        at = (args[1] if len(args) > 1 else 0) % (ndim + 1)
        return [*range(at), -1, *range(at, ndim)]
    return None


def read_by(packet: Any, args: tuple, ndim: int) -> list[int] | None:
    """The dimensions that an operator reads as a whole: those that it sums over or takes apart."""
    if packet in REDUCTIONS:
        at = 2 if packet is aten.linalg_vector_norm else 1  # after its order
        dims = args[at] if len(args) > at else None
        dims = [dims] if isinstance(dims, int) else dims or range(ndim)
        return [dim % ndim for dim in dims]
    if packet in (aten.select, aten.unbind):
        return [(args[1] if len(args) > 1 else 0) % ndim]
    return None
