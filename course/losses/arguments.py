"""What the losses ask of their arguments; each check raises one line with name, value and what is allowed."""

import torch
from torch import Tensor


def check_floating_point(argument: str, x: object) -> None:
    """Raise a TypeError unless x is a tensor of floating point numbers."""
    if not isinstance(x, Tensor):
        raise TypeError(f"{argument} must be a torch tensor, not {type(x).__name__}")
    if not x.is_floating_point():
        raise TypeError(f"{argument} has dtype {x.dtype}; it must be a floating point dtype")


def class_indices(argument: str, scores: Tensor, target: Tensor) -> Tensor:
    """The target as int64; raise unless scores is (N, C), and target is (N,) with classes 0 to C - 1."""
    check_floating_point(argument, scores)
    if scores.dim() != 2 or scores.numel() == 0:
        raise ValueError(f"{argument} has shape {tuple(scores.shape)}; it must be (N, C), not empty")
    if not isinstance(target, Tensor):
        raise TypeError(f"target must be a torch tensor, not {type(target).__name__}")
    if target.is_floating_point() or target.is_complex() or target.dtype == torch.bool:
        raise TypeError(f"target has dtype {target.dtype}; it must be an integer dtype")
    N, C = scores.shape
    if target.shape != (N,):
        raise ValueError(f"target has shape {tuple(target.shape)}; it must be ({N},), one class a row")
    outside = (target < 0) | (target >= C)
    if outside.any():
        row = int(outside.nonzero()[0])
        raise ValueError(f"target[{row}]={target[row].item()} must be between 0 and {C - 1}, for {C} classes")
    return target.long()
