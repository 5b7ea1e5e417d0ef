"""Gradient check: compare a gradient, entry by entry, with central differences.

    df/dx_i = (f(x + h e_i) - f(x - h e_i)) / 2h + O(h^2)

Double precision only: with h = 1e-5 the error is about 1e-10, from h^2 and from rounding alike; in single
precision rounding alone would leave two or three digits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor


@dataclass(frozen=True)
class GradientReport:
    """What `check_gradient` found; printed, it is one line.

    `excess` is each entry's difference divided by what is allowed; above 1 it fails, NaN counts as infinity.
    `worst` is the index of the entry with the largest excess, None for an empty gradient.
    """

    analytic: Tensor
    numeric: Tensor
    excess: Tensor
    rtol: float
    atol: float

    @property
    def passed(self) -> bool:
        return bool((self.excess <= 1).all())

    @property
    def worst(self) -> tuple[int, ...] | None:
        if self.excess.numel() == 0:
            return None
        flat = self.excess.argmax()
        return tuple(int(i) for i in torch.unravel_index(flat, self.excess.shape))

    def __str__(self) -> str:
        if self.worst is None:
            return "gradient is empty: nothing to compare"
        wrong, entries = int((self.excess > 1).sum()), self.excess.numel()
        analytic, numeric = self.analytic[self.worst].item(), self.numeric[self.worst].item()
        return (
            f"gradient differs in {wrong} of {entries} entries; worst at {list(self.worst)}: "
            f"analytic {analytic:.6g}, numeric {numeric:.6g}, difference {abs(analytic - numeric):.1e} "
            f"(allowed: {self.atol:.0e} + {self.rtol:.0e} of the larger)"
        )


def numeric_gradient(f: Callable[[Tensor], Tensor | float], x: Tensor, h: float = 1e-5) -> Tensor:
    """The gradient of f at x by central differences, two calls of f an entry.

    Args:
        f: takes x, of any shape, gives one number. It may also read x from elsewhere, as a layer its weight:
            x is changed in place, one entry at a time, and restored bit by bit, also when f raises.
        x: float64.
        h: half the distance between the two points.

    Raises:
        TypeError: x is not a float64 tensor.
        ValueError: h is not positive, entries of x share memory, or f gives more than one number.
    """
    if not isinstance(x, Tensor) or x.dtype != torch.float64:
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"x is {kind}; it must be a torch.float64 tensor")
    if not h > 0:
        raise ValueError(f"h={h} must be positive")
    if any(stride == 0 and size > 1 for stride, size in zip(x.stride(), x.shape, strict=True)):
        raise ValueError(f"x has shape {tuple(x.shape)} and entries that share memory; clone it first")
    gradient = torch.empty(x.shape, dtype=x.dtype)
    with torch.no_grad():
        for index in product(*map(range, x.shape)):
            before = x[index].item()
            try:
                x[index] = before + h
                above = _number(f(x))
                x[index] = before - h
                below = _number(f(x))
            finally:
                x[index] = before
            gradient[index] = (above - below) / (2 * h)
    return gradient


def check_gradient(
    f: Callable[[Tensor], Tensor | float],
    x: Tensor,
    analytic: Tensor,
    h: float = 1e-5,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> GradientReport:
    """Compare a gradient with central differences; entries may differ by atol + rtol * the larger of the two.

    Args:
        f, x, h: as for `numeric_gradient`.
        analytic: the gradient to check, of the shape of x.
        rtol, atol: relative and absolute tolerance.

    Raises:
        TypeError, ValueError: as for `numeric_gradient`; or analytic has another shape than x.
    """
    numeric = numeric_gradient(f, x, h)
    analytic = torch.as_tensor(analytic).detach().to("cpu", torch.float64)
    if analytic.shape != numeric.shape:
        raise ValueError(
            f"analytic has shape {tuple(analytic.shape)}, x {tuple(x.shape)}; they must be equal"
        )
    difference = (analytic - numeric).abs()
    allowed = atol + rtol * torch.maximum(analytic.abs(), numeric.abs())
    excess = torch.where(difference == 0, 0.0, difference / allowed)
    excess = excess.nan_to_num(nan=torch.inf, posinf=torch.inf)
    return GradientReport(analytic, numeric, excess, rtol, atol)


def _number(value: Tensor | float) -> float:
    if not isinstance(value, Tensor):
        return float(value)
    if value.numel() != 1:
        raise ValueError(f"f gave a tensor of shape {tuple(value.shape)}; it must give one number")
    return value.item()
