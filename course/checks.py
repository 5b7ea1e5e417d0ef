"""Argument validation: each check raises one line with the argument's name, its value and what is allowed.

A wrong type is a TypeError, a value out of range a ValueError. `as_…` also give the argument in
its one form.
"""

import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real

import torch
from torch import Tensor

from course.errors import unknown_name


def check_number(argument: str, value: float) -> None:
    """Raise a TypeError unless value is a real number."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{argument}={value!r} must be a number")


def check_not_negative(argument: str, value: float) -> None:
    """Raise unless value is a finite number of at least 0."""
    check_number(argument, value)
    if not 0 <= value < math.inf:
        raise ValueError(f"{argument}={value} must be a finite number of at least 0")


def check_probability(argument: str, p: float) -> None:
    """Raise unless 0 <= p <= 1; NaN fails too."""
    check_number(argument, p)
    if not 0 <= p <= 1:
        raise ValueError(f"{argument}={p} must be between 0 and 1")


def check_counts(**counts: int) -> None:
    """Raise unless all are whole numbers from 1 up, as in `check_counts(num_classes=num_classes)`."""
    for argument, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{argument}={value!r} must be a whole number of at least 1")
        if value < 1:
            raise ValueError(f"{argument}={value} must be a whole number of at least 1")


def check_option(argument: str, value: object, allowed: Iterable[str]) -> None:
    """Raise a ValueError unless value is in the list; the line names all that is allowed and the closest."""
    allowed = list(allowed)
    if value not in allowed:
        raise ValueError(unknown_name(argument, value, allowed))


def check_floating_point(argument: str, x: object) -> None:
    """Raise a TypeError unless x is a tensor of floating point numbers."""
    if not isinstance(x, Tensor):
        raise TypeError(f"{argument} must be a torch tensor, not {type(x).__name__}")
    if not x.is_floating_point():
        raise TypeError(f"{argument} has dtype {x.dtype}; it must be a floating point dtype")


def check_dims(argument: str, x: Tensor, *allowed: int) -> None:
    """Raise a ValueError unless x has one of the allowed numbers of dimensions (with N first)."""
    if x.dim() not in allowed:
        shapes = {2: "(N, C)", 3: "(N, C, L)", 4: "(N, C, H, W)"}
        wanted = " or ".join(shapes[dims] for dims in allowed)
        raise ValueError(f"{argument} has shape {tuple(x.shape)}; it must be {wanted}")


def check_size(model: str, size: int | tuple[int, int], least: int) -> None:
    """Raise a ValueError for an image, height and width in pixels, that the net would shrink to nothing."""
    height, width = (size, size) if isinstance(size, int) else size
    if min(height, width) < least:
        raise ValueError(f"input {height}×{width} is too small for {model}: at least {least}×{least}")


def check_input(model: str, x: Tensor, in_channels: int, least: int = 1, only: int | None = None) -> None:
    """Raise a ValueError for a batch that is not (N, in_channels, H, W), or does not suit the net.

    Args:
        least: Least height and width in pixels.
        only: The one height and width that fit, for a net that ends in a linear layer over all positions.
    """
    if x.ndim != 4 or x.shape[1] != in_channels:
        raise ValueError(f"input has shape {tuple(x.shape)}; {model} needs (N, {in_channels}, H, W)")
    height, width = x.shape[2:]
    check_size(model, (height, width), least)
    if only is not None and (height, width) != (only, only):
        raise ValueError(f"input {height}×{width} does not fit this {model}: it was built for {only}×{only}")


def as_class_indices(argument: str, scores: Tensor, target: Tensor) -> Tensor:
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


def as_rows(argument: str, X: object) -> Tensor:
    """X (N, D) in the dtype that distances are computed in: float64 stays, other floats become float32.

    Raises:
        TypeError: X is no tensor, or holds whole numbers (in uint8, 3 - 5 is 254).
        ValueError: another rank, or no columns.
    """
    check_floating_point(argument, X)
    if X.dim() != 2 or X.shape[1] == 0:
        raise ValueError(f"{argument} has shape {tuple(X.shape)}; it must be (N, D), for images flatten(1)")
    return X if X.dtype == torch.float64 else X.float()


def check_columns(argument: str, X: Tensor, columns: int) -> None:
    """Raise a ValueError unless X (N, D) has so many columns."""
    if X.shape[1] != columns:
        raise ValueError(f"{argument} has {X.shape[1]} columns; it must have {columns}, as the other side")


def as_batch(images: object) -> Tensor:
    """The images as (N, C, H, W); one image (C, H, W) becomes a batch of one.

    Raises:
        TypeError: not a tensor, or neither uint8 nor floating point.
        ValueError: another rank, or images without pixels.
    """
    if not isinstance(images, Tensor):
        raise TypeError(f"images must be a torch tensor, not {type(images).__name__}")
    if images.dtype != torch.uint8 and not images.is_floating_point():
        raise TypeError(f"images has dtype {images.dtype}; it must be torch.uint8 or a floating point dtype")
    if images.dim() not in (3, 4):
        raise ValueError(f"images has shape {tuple(images.shape)}; it must be (C, H, W) or (N, C, H, W)")
    if 0 in images.shape[-3:]:
        raise ValueError(f"images has shape {tuple(images.shape)}; C, H and W must be at least 1")
    return images if images.dim() == 4 else images[None]


def check_fill(fill: float, dtype: torch.dtype) -> None:
    """Raise a ValueError for a value that pixels of uint8 cannot have."""
    if dtype == torch.uint8 and not (0 <= fill <= 255 and fill == int(fill)):
        raise ValueError(f"fill={fill} must be a whole number from 0 to 255, as the images are uint8")


def are_numbers(value: object) -> bool:
    """Whether value is a sequence of real numbers."""
    return isinstance(value, Sequence) and all(isinstance(part, Real) for part in value)


def as_interval(argument: str, value: float | Sequence[float]) -> tuple[float, float]:
    """(min, max) as it is; a single number d >= 0 means (-d, d)."""
    ends = (-value, value) if isinstance(value, Real) else value
    if not are_numbers(ends) or len(ends) != 2 or not -math.inf < ends[0] <= ends[1] < math.inf:
        raise ValueError(f"{argument}={value!r} must be a number of at least 0 or (min, max) with min <= max")
    return float(ends[0]), float(ends[1])


def as_factors(argument: str, value: Sequence[float]) -> tuple[float, float]:
    """(min, max) of a factor, both above 0."""
    if not are_numbers(value) or len(value) != 2 or not 0 < value[0] <= value[1] < math.inf:
        raise ValueError(f"{argument}={value!r} must be (min, max) with 0 < min <= max")
    return float(value[0]), float(value[1])


def as_fractions(argument: str, value: Sequence[float]) -> tuple[float, float]:
    """Fractions of width and height."""
    if not are_numbers(value) or len(value) != 2 or not all(0 <= part <= 1 for part in value):
        raise ValueError(f"{argument}={value!r} must be two numbers between 0 and 1")
    return float(value[0]), float(value[1])


def as_whole_numbers(
    argument: str, value: int | Sequence[int], lengths: Sequence[int], low: int
) -> list[int]:
    """One whole number as a list of one, several as they are; each at least `low`.

    Raises:
        TypeError: a value is no whole number.
        ValueError: another length, or a value below `low`.
    """
    values = list(value) if isinstance(value, Sequence) else [value]
    if not all(isinstance(number, Integral) and not isinstance(number, bool) for number in values):
        raise TypeError(f"{argument}={value!r} must hold whole numbers")
    if len(values) not in lengths:
        allowed = " or ".join(str(length) for length in lengths)
        raise ValueError(f"{argument}={value!r} must hold {allowed} numbers")
    if min(values) < low:
        raise ValueError(f"{argument}={value!r} must hold numbers of at least {low}")
    return values
