"""Batch normalization, forward and backward by hand (Ioffe & Szegedy 2015, Algorithms 1 and 2).

Each channel is brought to mean 0 and variance 1 over the batch, then scaled by `weight` (gamma in the
paper) and shifted by `bias` (beta). Testing uses running averages instead, and is then a linear map.
As in torch, the variance that normalizes is the biased one (divided by m), the one that is averaged is
unbiased (divided by m - 1).

The layers train with the backward pass below. Deviation from torch: it cannot be differentiated again.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from course.checks import (
    check_counts,
    check_dims,
    check_floating_point,
    check_not_negative,
    check_probability,
)


class BatchNormCache(NamedTuple):
    """What the backward pass needs (the first three), and the statistics for the running averages."""

    normalized: Tensor
    std: Tensor
    weight: Tensor
    mean: Tensor
    var: Tensor


def batch_norm_forward(
    x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> tuple[Tensor, BatchNormCache]:
    """Normalize with the statistics of this batch, as in training.

    Args:
        x: (N, C), (N, C, L) or (N, C, H, W); half precision is computed in float32.
        weight: (C,), gamma.
        bias: (C,), beta.
        eps: added to the variance, inside the square root.

    Returns:
        The output, of shape and dtype of x, and the cache for `batch_norm_backward`.

    Raises:
        TypeError: x is not a tensor of floating point numbers.
        ValueError: x has another shape, or one value per channel: its variance would be 0.
    """
    _check_input(x, weight)
    count = x[:, :1].numel()
    if count < 2:
        raise ValueError(f"x has shape {tuple(x.shape)}, {count} values a channel; training needs at least 2")
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    over = _all_but_channels(x)
    mean = wide.mean(over, keepdim=True)  # (1, C, 1, 1)
    centered = wide - mean
    var = (centered**2).mean(over, keepdim=True)  # (1, C, 1, 1)
    std = torch.sqrt(var + eps)
    normalized = centered / std
    out = normalized * _as_channels(weight, x) + _as_channels(bias, x)
    return out.to(x.dtype), BatchNormCache(normalized, std, weight, mean.flatten(), var.flatten())


def batch_norm_backward(dout: Tensor, cache: BatchNormCache) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of `batch_norm_forward`. Mean and variance depend on every x, hence the two averages:

        dx = (dout - xhat * mean(dout * xhat) - mean(dout)) * weight / std

    Args:
        dout: gradient of the output, of its shape.
        cache: what the forward pass gave back.

    Returns:
        dx, dweight and dbias.
    """
    xhat, std, weight = cache.normalized, cache.std, cache.weight
    over = _all_but_channels(dout)
    count = dout.numel() // dout.shape[1]
    dbias = dout.sum(over)  # (C,)
    dweight = (dout * xhat).sum(over)  # (C,)
    mean_of_product = _as_channels(dweight / count, dout)
    mean_of_dout = _as_channels(dbias / count, dout)
    dx = (dout - xhat * mean_of_product - mean_of_dout) * (_as_channels(weight, dout) / std)
    return dx, dweight, dbias


def batch_norm_inference(
    x: Tensor, running_mean: Tensor, running_var: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Normalize with running statistics, as in testing: one scale and one shift a channel.

    Args and Raises as in `batch_norm_forward`; the running statistics are (C,).
    """
    _check_input(x, weight)
    scale = weight / torch.sqrt(running_var + eps)
    shift = bias - running_mean * scale
    return (x * _as_channels(scale, x) + _as_channels(shift, x)).to(x.dtype)


def _all_but_channels(x: Tensor) -> list[int]:
    return [dim for dim in range(x.dim()) if dim != 1]


def _as_channels(values: Tensor, x: Tensor) -> Tensor:
    return values.view(1, -1, *[1] * (x.dim() - 2))  # (1, C, 1, 1)


def _check_input(x: Tensor, weight: Tensor) -> None:
    check_floating_point("x", x)
    check_dims("x", x, 2, 3, 4)
    if weight.shape != (x.shape[1],):
        raise ValueError(
            f"x has shape {tuple(x.shape)}; it must have {weight.numel()} channels in dimension 1"
        )


class _BatchNormFunction(torch.autograd.Function):
    """Lets autograd call the two passes above."""

    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        out, cache = batch_norm_forward(x, weight, bias, eps)
        ctx.save_for_backward(*cache)
        ctx.mark_non_differentiable(cache.mean, cache.var)
        return out, cache.mean, cache.var

    @staticmethod
    @once_differentiable
    def backward(ctx, dout, _dmean, _dvar):
        cache = BatchNormCache(*ctx.saved_tensors)
        dx, dweight, dbias = batch_norm_backward(dout.to(cache.std.dtype), cache)
        return dx.to(dout.dtype), dweight.to(cache.weight.dtype), dbias.to(cache.weight.dtype), None


class BatchNorm1d(nn.Module):
    """Batch normalization of (N, C) or (N, C, L); the state of torch.nn.BatchNorm1d, key by key.

    Args:
        num_features: C.
        eps: added to the variance.
        momentum: weight of the new batch in the running averages, in [0, 1]. (Not the momentum of an
            optimizer, and not None, torch's plain average.)

    A state of before 2018, without `num_batches_tracked`, loads as in torch.
    """

    dims = (2, 3)

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1):
        super().__init__()
        check_counts(num_features=num_features)
        check_not_negative("eps", eps)
        check_probability("momentum", momentum)
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        check_floating_point("x", x)
        check_dims("x", x, *self.dims)
        if not self.training:
            return batch_norm_inference(
                x, self.running_mean, self.running_var, self.weight, self.bias, self.eps
            )
        out, mean, var = _BatchNormFunction.apply(x, self.weight, self.bias, self.eps)
        self.update_running_statistics(mean, var, count=x.numel() // x.shape[1])
        return out

    @torch.no_grad()
    def update_running_statistics(self, mean: Tensor, var: Tensor, count: int) -> None:
        """Move the running averages towards the mean and the biased variance of `count` values a channel."""
        unbiased = var * count / (count - 1)
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), self.momentum)
        self.running_var.lerp_(unbiased.to(self.running_var.dtype), self.momentum)
        self.num_batches_tracked += 1

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        state_dict.setdefault(f"{prefix}num_batches_tracked", torch.tensor(0))
        super()._load_from_state_dict(state_dict, prefix, *args)

    def extra_repr(self) -> str:
        return f"{self.weight.numel()}, eps={self.eps}, momentum={self.momentum}"


class BatchNorm2d(BatchNorm1d):
    """Batch normalization of (N, C, H, W), over N, H and W; arguments as for `BatchNorm1d`."""

    dims = (4,)
