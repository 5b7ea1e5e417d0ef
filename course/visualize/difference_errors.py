"""Finite-difference error by step h: truncation and rounding, a curve like a U.

With a large h the difference quotient misses the curvature of the function; with a small one it is made of
rounding errors, of the size (machine epsilon) / h.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from course.errors import unknown_name

from .line_labels import label_lines
from .series_styles import series_styles
from .style import Picture, headline, listing, picture, styled, told

Function = Callable[[np.ndarray], np.ndarray]


def forward_difference(f: Function, x: np.ndarray, h: np.floating) -> np.ndarray:
    return (f(x + h) - f(x)) / h


def central_difference(f: Function, x: np.ndarray, h: np.floating) -> np.ndarray:
    return (f(x + h) - f(x - h)) / (2 * h)


SCHEMES = {"forward": forward_difference, "central": central_difference}


def difference_errors(
    f: Function,
    derivative: Function,
    points: np.ndarray,
    steps: Sequence[float],
    scheme: str = "central",
    dtype: type = np.float64,
) -> np.ndarray:
    """The mean relative error of a numeric derivative, for each step.

    Args:
        f: works on each number of an array, in the array's precision.
        derivative: the exact one; asked in double precision.
        points: where to measure, (points,); the derivative must not be 0 there.
        steps: the steps h, all above 0.
        scheme: "forward" or "central".
        dtype: the precision in which f, the points and h are computed: np.float32 or np.float64.

    Returns:
        (steps,), the mean over the points of |numeric - exact| / |exact|.

    Raises:
        ValueError: the scheme is unknown, or a step is not positive.
    """
    if scheme not in SCHEMES:
        raise ValueError(unknown_name("scheme", scheme, SCHEMES))
    if not all(h > 0 for h in steps):
        raise ValueError(f"steps={list(steps)} must all be above 0")
    x = np.asarray(points, dtype)
    exact = derivative(x.astype(np.float64))
    numeric = [SCHEMES[scheme](f, x, dtype(h)).astype(np.float64) for h in steps]
    return np.mean(np.abs(np.array(numeric) - exact) / np.abs(exact), axis=1)


@styled
def plot_difference_errors(
    steps: Sequence[float], errors: Mapping[str, np.ndarray], title: str = ""
) -> Picture:
    """Draw the errors by the step, both on logarithmic axes, one curve a name.

    Args:
        steps: (steps,).
        errors: name to errors, (steps,); an error of exactly 0 leaves a gap.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no curve.
    """
    if not errors:
        raise ValueError("errors={} must hold at least one curve")
    figure, axes = picture(height=3.4)
    panel = axes[0, 0]
    lines = []
    for (name, values), style in zip(errors.items(), series_styles(errors), strict=True):
        shown = np.where(np.asarray(values) > 0, values, np.nan)
        lines += panel.plot(steps, shown, label=name, markevery=max(1, len(shown) // 12), **style)
    panel.set(xscale="log", yscale="log", xlabel="step h", ylabel="mean relative error")
    panel.margins(x=0.02)
    panel.grid(True)
    label_lines(figure, panel, lines)
    headline(figure, title)
    alt_text = f"Relative error of a numeric derivative by its step h, a curve each for {listing(errors)}."
    figure.alt = told(title, alt_text)
    return figure
