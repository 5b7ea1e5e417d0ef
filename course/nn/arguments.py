"""What the layers ask of their arguments; each check raises one line with name, value and what is allowed."""

import math
from numbers import Real

from torch import Tensor


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


def check_positive(argument: str, value: int) -> None:
    """Raise unless value is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{argument}={value!r} must be a whole number")
    if value < 1:
        raise ValueError(f"{argument}={value} must be at least 1")
