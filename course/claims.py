"""Assertions about measured numbers: a lecture shows numbers, and claims below what it concludes from them.

A cell that measures prints numbers, which differ a little from machine to machine and are never compared.
The sentence that rests on them is checked by `claim` in a cell below, tagged "claim". It holds on every
machine, or the run fails: under nbval and papermill, in the browser and in the book alike.
"""

from collections.abc import Sequence
from numbers import Real
from typing import Any


class ClaimError(AssertionError):
    """A claim that the numbers do not bear out."""


def claim(text: str, holds: Any, **numbers: Any) -> None:
    """Assert a sentence about measured numbers, and print it with a tick.

        >>> claim("k = 1 is within two standard errors of the best", 0.93 > 0.92, one=0.93, least=0.92)
        ✓ k = 1 is within two standard errors of the best

    Args:
        text: the sentence, without a full stop; the same on every machine, so without a measured digit.
        holds: whether it is true: one truth value, of Python, NumPy or torch.
        **numbers: what it rests on, by name; shown when it does not hold.

    Raises:
        ClaimError: it does not hold. The line names the sentence and the numbers.
        TypeError: `holds` is no single truth value, or no number is named.
        ValueError: the text says nothing.
    """
    if not text.strip(" .✓") or text.strip(" .").endswith(("True", "False")):
        raise ValueError(f"text={text!r} must be a sentence that the numbers bear out")
    if not numbers:
        raise TypeError(
            f"claim({text!r}, …) must name the numbers that it rests on, such as accuracy=accuracy"
        )
    if not is_truth(holds):
        raise TypeError(f"holds={holds!r} must be one truth value; join several with .all(), all() or and")
    if not holds:
        shown = ", ".join(f"{name} = {short(value)}" for name, value in numbers.items())
        raise ClaimError(f"✗ {text}: it does not hold with {shown}")
    print(f"✓ {text}")


def is_truth(value: Any) -> bool:
    """Whether a value is one truth value: a bool, or an array or tensor of one bool."""
    if isinstance(value, bool):
        return True
    kind = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return kind in ("bool", "bool_") and getattr(value, "shape", None) in ((), (1,))


def standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean of some measurements: their standard deviation (n − 1) over √n.

    Raises:
        ValueError: fewer than two values.
    """
    values = [float(value) for value in values]
    if len(values) < 2:
        raise ValueError(f"values={values} must be at least two measurements: one has no spread")
    mean = sum(values) / len(values)
    return (sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)) ** 0.5


def plus_minus(values: Sequence[float] | float, error: float | None = None) -> str:
    """A measured number with its standard error, as text: "0.934 ± 0.008".

    The error has one digit (two when that digit is a 1), the number ends at the same place.

    Args:
        values: measurements, of which mean and standard error are taken; or one number, with its `error`.
        error: the standard error of one number.

    Raises:
        ValueError: one number without an error, several with one, fewer than two, or a negative error.
    """
    single = isinstance(values, Real) or getattr(values, "ndim", None) == 0
    if single != (error is not None):
        raise ValueError(
            f"values={values!r}, error={error!r}: give several measurements, or one and its error"
        )
    error = float(error) if single else standard_error(values)
    mean = float(values) if single else sum(map(float, values)) / len(values)
    if error < 0:
        raise ValueError(f"error={error} must be at least 0")
    if not 1e-12 < error < float("inf"):
        return f"{short(mean)} ± {short(error)}"
    leading = f"{error:.1e}"  # "1.4e-02"
    places = -int(leading[4:]) + (leading[0] == "1")
    return f"{mean:z.{max(places, 0)}f} ± {error:.{max(places, 0)}f}"  # z: 0.000, never -0.000


def short(value: Any) -> str:
    """A number with three digits, thousands written out; several in brackets, everything else as it is."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {short(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(short, value)) + "]"
    if not isinstance(value, float):
        return str(value)
    rounded = f"{value:z.3g}"
    return f"{float(rounded):,.0f}" if 1000 <= abs(float(rounded)) < 1e6 else rounded
