"""Polynomial regression through noisy points: the smallest model that under- and overfits.

The example of Bishop, "Pattern Recognition and Machine Learning" (2006), section 1.1. Deviation: x runs from
-1 to 1, so that high powers stay small.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from .style import COLORS, Picture, headline, line_style, listing, picture, styled, told

CURVE = np.linspace(-1, 1, 401)
HEIGHT = 2.2  # of the picture, up and down: what a polynomial does beyond is cut off


def wave(x: np.ndarray) -> np.ndarray:
    """The truth that the points scatter about: one period of a sine for x from -1 to 1."""
    return np.sin(np.pi * x)


def noisy_points(count: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """x (count,) from -1 to 1 at equal distances, and y (count,) = wave(x) + noise.

    Args:
        count: how many points.
        noise: standard deviation of the noise, in the unit of y.
        rng: draws the noise.
    """
    x = np.linspace(-1, 1, count)
    return x, wave(x) + noise * rng.normal(size=count)


def fit_polynomial(x: np.ndarray, y: np.ndarray, degree: int) -> np.ndarray:
    """Coefficients (degree + 1,), lowest power first, with the least mean squared error.

    Args:
        x, y: the points, each (n,).
        degree: the highest power, below n; with n - 1 the polynomial goes through all points.

    Raises:
        ValueError: there are fewer points than coefficients.
    """
    n = len(x)
    if not 0 <= degree < n:
        raise ValueError(f"degree={degree} must be from 0 to {n - 1}, as there are {n} points")
    powers = x[:, None] ** np.arange(degree + 1)  # (n, degree + 1)
    return np.linalg.lstsq(powers, y, rcond=None)[0]


def evaluate_polynomial(coefficients: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Values at x, of any shape: c0 + c1 x + c2 x^2 + …"""
    return np.polynomial.polynomial.polyval(x, coefficients)


def mean_squared_error(coefficients: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    """The mean of (prediction - y)^2 over the points."""
    return float(np.mean((evaluate_polynomial(coefficients, x) - y) ** 2))


def errors_by_degree(
    degrees: Sequence[int], count: int, noise: float, rng: np.random.Generator, unseen: int = 500
) -> tuple[np.ndarray, np.ndarray]:
    """Fit each degree to the same points; its mean squared error on them, and on unseen ones.

    Args:
        degrees: all below `count`.
        count: points to fit to.
        noise: standard deviation of the noise.
        rng: draws the noise of both sets of points.
        unseen: points that no fit sees.

    Returns:
        Training and validation errors, each (degrees,).
    """
    x, y = noisy_points(count, noise, rng)
    new_x, new_y = noisy_points(unseen, noise, rng)
    fits = [fit_polynomial(x, y, degree) for degree in degrees]
    training = np.array([mean_squared_error(fit, x, y) for fit in fits])
    validation = np.array([mean_squared_error(fit, new_x, new_y) for fit in fits])
    return training, validation


@styled
def plot_polynomial_fits(x: np.ndarray, y: np.ndarray, degrees: Sequence[int], title: str = "") -> Picture:
    """Draw one panel a degree: the points, the truth and the fitted polynomial.

    Args:
        x, y: the points, each (n,), with x from -1 to 1.
        degrees: one to four, all below n.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: no degree or more than four, or one that `fit_polynomial` refuses.
    """
    if not 1 <= len(degrees) <= 4:
        raise ValueError(f"degrees={list(degrees)} must hold one to four")
    columns = len(degrees)
    figure, axes = picture(1, columns, height=2.7, sharey=True)
    for panel, degree in zip(axes[0], degrees, strict=True):
        draw_fit(panel, x, y, fit_polynomial(x, y, degree))
        panel.set(title=f"degree {degree}", xlabel="x")
    axes[0, 0].set_ylabel("y")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    headline(figure, title)
    alt_text = (
        f"{len(x)} noisy points of a sine, and polynomials of degree {listing(degrees)} fitted to them."
    )
    figure.alt = told(title, alt_text)
    return figure


def draw_fit(axes: Axes, x: np.ndarray, y: np.ndarray, coefficients: np.ndarray) -> None:
    """Draw points, truth and polynomial."""
    axes.plot(CURVE, wave(CURVE), label="truth", **{**line_style(7), "linestyle": "--"})
    axes.plot(CURVE, evaluate_polynomial(coefficients, CURVE), label="fitted polynomial", **line_style(0))
    axes.plot(x, y, "o", color=COLORS[1], markersize=4, label="training points")
    axes.set(xlim=(-1.03, 1.03), ylim=(-HEIGHT, HEIGHT))
