"""What the transforms ask of their arguments: one line with name, value and what is allowed, or no word."""

import math
from collections.abc import Sequence
from numbers import Integral, Real

import torch
from torch import Tensor


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


def check_number(argument: str, value: float) -> None:
    """Raise a TypeError unless value is a real number."""
    if not isinstance(value, Real):
        raise TypeError(f"{argument}={value!r} must be a number")


def check_probability(argument: str, p: float) -> None:
    """Raise unless p is a number with 0 <= p <= 1; NaN fails too."""
    check_number(argument, p)
    if not 0 <= p <= 1:
        raise ValueError(f"{argument}={p} must be between 0 and 1")


def check_not_negative(argument: str, value: float) -> None:
    """Raise unless value is a finite number of at least 0."""
    check_number(argument, value)
    if not 0 <= value < math.inf:
        raise ValueError(f"{argument}={value} must be a finite number of at least 0")


def are_numbers(value: object) -> bool:
    """Whether value is a sequence of real numbers."""
    return isinstance(value, Sequence) and all(isinstance(part, Real) for part in value)


def check_fill(fill: float, dtype: torch.dtype) -> None:
    """Raise a ValueError for a value that pixels of uint8 cannot have."""
    if dtype == torch.uint8 and not (0 <= fill <= 255 and fill == int(fill)):
        raise ValueError(f"fill={fill} must be a whole number from 0 to 255, as the images are uint8")


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
